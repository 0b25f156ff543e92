//! The `.cep` pattern language.

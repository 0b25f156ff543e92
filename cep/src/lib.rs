//! The façade crate of the cep engine.

//! The `cep` command.
fn main() {}

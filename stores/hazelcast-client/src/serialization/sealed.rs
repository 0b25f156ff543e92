//! What traits have whose implementations are all here, so that they can grow.

/// Nobody else can name it, and so nobody else implements what asks for it.
#[derive(Debug)]
pub struct Sealed;

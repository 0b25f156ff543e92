//! Pattern IR, NFA compiler, runtime and matcher: synchronous and pure.

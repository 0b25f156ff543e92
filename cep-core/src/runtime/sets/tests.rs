//! Unit tests of sets.

//! Without the feature `tracing` nothing is told, and nothing is paid.

use cep_core::expr::Panicked;
use cep_core::program;
use cep_core::runtime::RunError;
use cep_core::time::Watermark;

pub(crate) fn checking<T>(_: &str, work: impl FnOnce() -> T) -> T {
    work()
}

pub(crate) fn compiling<E>(
    work: impl FnOnce() -> Result<program::Program, E>,
) -> Result<program::Program, E> {
    work()
}

pub(crate) fn batch(_: &str, _: usize) {}

pub(crate) fn advance(_: Watermark) {}

pub(crate) fn idle(_: &str, _: bool) {}

pub(crate) fn stopped(_: &RunError) {}

pub(crate) fn panicked(_: &Panicked) {}

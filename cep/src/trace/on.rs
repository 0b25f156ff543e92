//! What is told with the feature `tracing`: targets `cep::compile` and `cep::matcher`.

use cep_core::expr::Panicked;
use cep_core::program;
use cep_core::runtime::RunError;
use cep_core::time::Watermark;
use tracing::{debug, debug_span, error, trace};

const COMPILE: &str = "cep::compile";
const MATCHER: &str = "cep::matcher";

/// Reads and checks a text or file.
pub(crate) fn checking<T>(name: &str, work: impl FnOnce() -> T) -> T {
    debug_span!(target: COMPILE, "check", name).in_scope(work)
}

/// Compiles what is checked.
pub(crate) fn compiling<E>(
    work: impl FnOnce() -> Result<program::Program, E>,
) -> Result<program::Program, E> {
    debug_span!(target: COMPILE, "compile").in_scope(|| {
        let compiled = work();
        match &compiled {
            Ok(program) => debug!(
                target: COMPILE,
                patterns = program.patterns().count(),
                streams = program.streams().iter().count(),
                families = program.families().len(),
                "compiled"
            ),
            Err(_) => debug!(target: COMPILE, "mistakes"),
        }
        compiled
    })
}

/// Many events go to the engine at once; single ones are not told.
pub(crate) fn batch(stream: &str, events: usize) {
    if events > 1 {
        trace!(target: MATCHER, stream, events, "batch");
    }
}

/// Time goes on by itself, or the input ends.
pub(crate) fn advance(to: Watermark) {
    match to {
        Watermark::MAX => debug!(target: MATCHER, "end of input"),
        Watermark(to) => debug!(target: MATCHER, to, "time advances"),
    }
}

/// A stream falls silent, or speaks again.
pub(crate) fn idle(stream: &str, idle: bool) {
    debug!(target: MATCHER, stream, idle, "stream");
}

/// A pattern asks for the run to stop.
pub(crate) fn stopped(reason: &RunError) {
    error!(target: MATCHER, pattern = reason.pattern_name, %reason, "stopped");
}

/// A function of the host panicked.
pub(crate) fn panicked(panicked: &Panicked) {
    error!(target: MATCHER, function = panicked.function, message = panicked.message, "function panicked");
}

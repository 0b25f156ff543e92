//! Order among calls: whoever is polled first goes first.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

/// Polls a future once, and says what came of it. What it does before it first waits is done then.
pub(crate) async fn begin<F: Future>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await
}

/// The end of a future that was begun.
pub(crate) async fn end<F: Future>(begun: Poll<F::Output>, future: Pin<&mut F>) -> F::Output {
    match begun {
        Poll::Ready(output) => output,
        Poll::Pending => future.await,
    }
}

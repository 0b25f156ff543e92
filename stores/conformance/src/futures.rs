//! Polling by hand: once, many side by side in a given order, and to the end on this thread.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// Polls once: the result, or none where it waits.
pub(crate) async fn poll_once<F: Future + ?Sized>(mut future: Pin<&mut F>) -> Option<F::Output> {
    let polled = poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await;
    match polled {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// Polls once and drops: the result, if there already was one.
pub(crate) async fn poll_and_drop<F: Future>(future: F) -> Option<F::Output> {
    let mut future = Box::pin(future);
    let output = poll_once(future.as_mut()).await;
    drop(future);
    output
}

/// All to their ends side by side, first polled in their order.
pub(crate) async fn all<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let order: Vec<usize> = (0..futures.len()).collect();
    all_by(&order, futures).await
}

/// All to their ends side by side, polled in `order` each time; results stand as the futures do.
pub(crate) async fn all_by<F: Future>(order: &[usize], futures: Vec<F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.into_iter().map(|future| Some(Box::pin(future))).collect();
    let mut outputs: Vec<_> = futures.iter().map(|_| None).collect();
    poll_fn(|context| {
        for &at in order {
            let Some(future) = &mut futures[at] else { continue };
            if let Poll::Ready(output) = future.as_mut().poll(context) {
                outputs[at] = Some(output);
                futures[at] = None;
            }
        }
        if futures.iter().all(Option::is_none) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    outputs.into_iter().flatten().collect()
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs a future to its end on this thread, which sleeps while there is nothing to poll: for stores that need no runtime.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

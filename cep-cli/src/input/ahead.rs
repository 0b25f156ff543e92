//! Inputs read on a thread of their own, a few batches ahead: while events are matched, the next are read. What is
//! delivered, and in which order, is the same as without.

use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::delivery::{Delivered, Delivery, Inputs, Tally};
use super::error::InputError;
use super::merge::Merge;
use crate::stop::Stop;

/// Deliveries that may wait: enough that neither side waits for the other because of one large batch, and few enough to stay
/// in the processor's cache.
const MOST_WAITING: usize = 4;

/// How long nothing may come before it is seen to whether the run is to stop.
const LOOK: Duration = Duration::from_millis(50);

/// Inputs read ahead.
#[derive(Debug)]
pub struct ReadAhead {
    deliveries: Receiver<Delivery>,
    live: bool,
    reader: Option<JoinHandle<()>>,
    stop: Stop,
    /// How far the inputs were with the last delivery.
    tally: Tally,
}

impl ReadAhead {
    /// Opens inputs and begins to read them. The thread ends with its inputs, once nobody takes what it reads, or with the
    /// process: a silent pipe holds nobody up.
    ///
    /// # Errors
    /// Where they cannot be opened.
    pub fn start(
        open: impl FnOnce() -> Result<Merge, InputError> + Send + 'static,
        stop: Stop,
    ) -> Result<Self, InputError> {
        let (opened, whether) = sync_channel(1);
        let (sender, deliveries) = sync_channel(MOST_WAITING);
        let reader = std::thread::spawn(move || match open() {
            Ok(inputs) => {
                // Both ends are held until the thread has begun.
                if opened.send(Ok(inputs.is_live())).is_ok() {
                    read(inputs, &sender);
                }
            }
            Err(error) => drop(opened.send(Err(error))),
        });
        match whether.recv() {
            Ok(Ok(live)) => {
                Ok(Self { deliveries, live, reader: Some(reader), stop, tally: Tally::default() })
            }
            Ok(Err(error)) => Err(error),
            Err(_) => pass_on_panic(Some(reader)),
        }
    }

    /// What comes next, if it comes within a time; whether the run is to stop is asked first.
    pub fn deliver_within(&mut self, time: Duration) -> Option<Delivery> {
        if self.stop.is_asked() {
            return Some(Delivery { what: Delivered::Stopped, tally: self.tally.clone() });
        }
        match self.deliveries.recv_timeout(time) {
            Ok(delivery) => {
                self.tally.clone_from(&delivery.tally);
                Some(delivery)
            }
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => pass_on_panic(self.reader.take()),
        }
    }
}

fn read(mut inputs: Merge, sender: &SyncSender<Delivery>) {
    loop {
        let delivery = inputs.deliver();
        let more = matches!(delivery.what, Delivered::Pulled(_));
        if sender.send(delivery).is_err() || !more {
            return;
        }
    }
}

impl Inputs for ReadAhead {
    fn is_live(&self) -> bool {
        self.live
    }

    fn deliver(&mut self) -> Delivery {
        loop {
            if let Some(delivery) = self.deliver_within(LOOK) {
                return delivery;
            }
        }
    }
}

/// The reading thread is gone without a word.
fn pass_on_panic(reader: Option<JoinHandle<()>>) -> ! {
    match reader.map(JoinHandle::join) {
        Some(Err(panic)) => resume_unwind(panic),
        _ => unreachable!("nothing is asked for behind the last delivery"),
    }
}

//! A log read on a thread of its own, some pieces ahead: while events are matched, the next are on their way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};

use cep_engine::log::{Log, LogEntry, LogError};
use cep_engine::store::{StoreError, StoreErrorKind};

use super::bell::Bell;
use super::buffer::Wait;

/// Pieces that may wait.
const MOST_WAITING: usize = 3;

/// What comes from a log.
#[derive(Debug)]
pub(super) enum Piece {
    Entries(Vec<LogEntry>),
    /// There are no more now.
    Nothing,
    Failed(LogError),
}

/// A log being read.
#[derive(Debug)]
pub(super) struct Fetch {
    pieces: Receiver<Piece>,
    /// Whether the log said last that there are no more now.
    is_at_end: bool,
    is_over: Arc<AtomicBool>,
}

impl Fetch {
    /// Reads on from where a log stands. The bell is rung with each piece.
    pub(super) fn start(log: Box<dyn Log>, bell: Bell) -> Self {
        let (sender, pieces) = sync_channel(MOST_WAITING);
        let is_over = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&is_over);
        std::thread::spawn(move || fetch(log, &sender, &bell, &over));
        Self { pieces, is_at_end: false, is_over }
    }

    /// The next piece, waited for unless the log has no more now or nobody wants to wait.
    pub(super) fn next(&mut self, wait: Wait) -> Option<Piece> {
        let piece = if self.is_at_end || wait == Wait::No {
            match self.pieces.try_recv() {
                Ok(piece) => piece,
                Err(TryRecvError::Empty) => return None,
                Err(TryRecvError::Disconnected) => broken(),
            }
        } else {
            self.pieces.recv().unwrap_or_else(|_| broken())
        };
        self.is_at_end = matches!(piece, Piece::Nothing);
        Some(piece)
    }
}

/// The reading thread ends with a piece that says why, so this one has not ended as it should.
fn broken() -> Piece {
    Piece::Failed(StoreError::new(StoreErrorKind::Misuse, "the thread that reads a log has ended").into())
}

impl Drop for Fetch {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Release);
    }
}

fn fetch(mut log: Box<dyn Log>, sender: &SyncSender<Piece>, bell: &Bell, is_over: &AtomicBool) {
    let mut is_at_end = false;
    while !is_over.load(Ordering::Acquire) {
        let piece = match log.next() {
            Ok(entries) if entries.is_empty() && is_at_end => match log.wait() {
                Ok(()) => continue,
                Err(error) => Piece::Failed(error),
            },
            Ok(entries) if entries.is_empty() => Piece::Nothing,
            Ok(entries) => Piece::Entries(entries),
            Err(error) => Piece::Failed(error),
        };
        is_at_end = matches!(piece, Piece::Nothing);
        let has_failed = matches!(piece, Piece::Failed(_));
        if sender.send(piece).is_err() || has_failed {
            return;
        }
        bell.ring();
    }
}

//! Commits in flight: rounds that cover all groups, in order. A round is over once all its commits are.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;

use crate::store::{GroupId, StoreError};

/// A commit on its way.
pub(crate) type Commit = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

/// An output that is committed: nothing takes it back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Released {
    /// The group whose outbox it is in.
    pub group: GroupId,
    /// Its number there.
    pub number: u64,
    /// What was made of it.
    pub bytes: Bytes,
}

/// The commits of all groups at one point of the input.
struct Round {
    commits: Vec<Commit>,
    outputs: Vec<Released>,
}

/// Rounds on their way, and the outputs of those that arrived.
#[derive(Default)]
pub(crate) struct Flight {
    rounds: VecDeque<Round>,
    released: Vec<Released>,
    /// Rounds that arrived since that was last asked.
    arrived: u64,
}

impl Flight {
    /// Adds a round: its commits are asked for the first time here, in order, behind those of the rounds before.
    pub(crate) async fn start(
        &mut self,
        commits: Vec<Commit>,
        outputs: Vec<Released>,
    ) -> Result<(), StoreError> {
        self.rounds.push_back(Round { commits, outputs });
        self.progress().await
    }

    /// Lets commits go on without waiting for any.
    pub(crate) async fn progress(&mut self) -> Result<(), StoreError> {
        poll_fn(|context| Poll::Ready(self.poll(context))).await
    }

    /// Waits until no more than so many rounds are on their way.
    pub(crate) async fn wait_for(&mut self, most: usize) -> Result<(), StoreError> {
        poll_fn(|context| match self.poll(context) {
            Ok(()) if self.rounds.len() > most => Poll::Pending,
            result => Poll::Ready(result),
        })
        .await
    }

    /// Releases outputs whatever becomes of their commits.
    pub(crate) fn release(&mut self, outputs: Vec<Released>) {
        self.released.extend(outputs);
    }

    /// How many rounds have arrived since this was last asked.
    pub(crate) fn take_arrived(&mut self) -> u64 {
        std::mem::take(&mut self.arrived)
    }

    /// The outputs released since this was last asked, in order.
    pub(crate) fn take_released(&mut self) -> Vec<Released> {
        std::mem::take(&mut self.released)
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Result<(), StoreError> {
        for round in &mut self.rounds {
            round.poll(context)?;
        }
        while let Some(round) = self.rounds.pop_front_if(|round| round.commits.is_empty()) {
            self.released.extend(round.outputs);
            self.arrived += 1;
        }
        Ok(())
    }
}

impl Round {
    fn poll(&mut self, context: &mut Context<'_>) -> Result<(), StoreError> {
        let mut failed = None;
        self.commits.retain_mut(|commit| match commit.as_mut().poll(context) {
            Poll::Pending => true,
            Poll::Ready(Ok(())) => false,
            Poll::Ready(Err(error)) => {
                failed.get_or_insert(error);
                false
            }
        });
        failed.map_or(Ok(()), Err)
    }
}

impl std::fmt::Debug for Flight {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Flight").field("rounds", &self.rounds.len()).finish_non_exhaustive()
    }
}

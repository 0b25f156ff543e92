//! What the writer is asked, and how it answers.

use std::path::Path;

use bytes::Bytes;
use cep_engine::store::{Changes, Fresh, GroupId, Namespace, Opened, StoreError, Version};
use futures_channel::oneshot::{Receiver, Sender, channel};

use super::settle;
use crate::tables::Tables;

/// Some work on a namespace, and who waits for its end.
pub(crate) struct Request {
    pub(super) namespace: Namespace,
    task: Task,
}

/// Work of one kind, which ends with a `T`.
pub(crate) trait Work<T> {
    fn task(self, job: Job<T>) -> Task;
}

/// Who waits, and what they will be told once it is durable.
pub(crate) struct Job<T> {
    waiter: Sender<Result<T, StoreError>>,
    end: Option<Result<T, StoreError>>,
}

/// The kinds of work.
pub(crate) enum Task {
    Open(Fresh, Job<Opened>),
    Plain(Plain, Job<()>),
}

/// Work that ends with nothing to tell.
pub(crate) enum Plain {
    Amend { expected: u64, about: Bytes },
    Commit { group: GroupId, expected: Version, changes: Changes },
    Trim { group: GroupId, epoch: u64, below: u64 },
    Drop,
}

impl Work<Opened> for Fresh {
    fn task(self, job: Job<Opened>) -> Task {
        Task::Open(self, job)
    }
}

impl Work<()> for Plain {
    fn task(self, job: Job<()>) -> Task {
        Task::Plain(self, job)
    }
}

impl Request {
    /// A request, and where its end will be told.
    pub(crate) fn new<T>(
        namespace: Namespace,
        work: impl Work<T>,
    ) -> (Self, Receiver<Result<T, StoreError>>) {
        let (waiter, end) = channel();
        (Self { namespace, task: work.task(Job { waiter, end: None }) }, end)
    }

    /// Carries it out within a batch. An error is the database's; a refusal is the request's own and is told at the end.
    pub(super) fn apply(&mut self, tables: &mut Tables<'_>, folder: &Path) -> Result<(), redb::Error> {
        let mut at = super::apply::At { tables, folder, namespace: &self.namespace };
        match &mut self.task {
            Task::Open(fresh, job) => job.end = Some(settle(at.open(fresh))?),
            Task::Plain(work, job) => job.end = Some(settle(at.plain(work))?),
        }
        Ok(())
    }

    /// Tells the end that it has come to; whoever has stopped waiting does not hear it.
    pub(super) fn answer(self) {
        match self.task {
            Task::Open(_, job) => job.answer(),
            Task::Plain(_, job) => job.answer(),
        }
    }

    pub(super) fn fail(self, error: StoreError) {
        match self.task {
            Task::Open(_, job) => drop(job.waiter.send(Err(error))),
            Task::Plain(_, job) => drop(job.waiter.send(Err(error))),
        }
    }

    /// About the bytes that it holds.
    pub(super) fn bytes(&self) -> usize {
        match &self.task {
            Task::Plain(Plain::Commit { changes, .. }, _) => {
                let puts = changes.puts.iter().map(|put| put.key.len() + put.value.len() + 100);
                let outbox = changes.outbox.iter().map(|entry| entry.len() + 50);
                let deletes = changes.deletes.iter().map(|key| key.len() + 50);
                changes.state.len() + puts.chain(outbox).chain(deletes).sum::<usize>()
            }
            Task::Plain(..) | Task::Open(..) => 1_000,
        }
    }

    pub(super) fn makes_garbage(&self) -> bool {
        matches!(self.task, Task::Plain(Plain::Drop, _))
    }
}

impl<T> Job<T> {
    fn answer(self) {
        if let Some(end) = self.end {
            drop(self.waiter.send(end));
        }
    }
}

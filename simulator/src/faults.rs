//! A store with every kind of trouble before and behind it: operations that fail before their effect, or after it; answers
//! that come late; operations that happen though nobody waits for them any more, as long as nobody has opened since; and a
//! server that comes back with less than it had acknowledged.

use std::collections::VecDeque;
use std::future::Future;
use std::path::PathBuf;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use cep::engine::time::Timestamp;
use cep_engine::store::{
    Changes, Due, DueCursor, Entry, Fresh, GroupId, Header, Namespace, Opened, Page, StateStore, StoreError,
    StoreErrorKind, Version,
};
use cep_store_memory::MemoryStore;

use crate::random::Random;

/// What is wrong on purpose: a rule of the contract that the store breaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Broken {
    /// A commit is written though the version is not the expected one.
    NoFence,
    /// Opening does not raise the epoch.
    NoEpoch,
    /// A commit that is refused has written its entries all the same.
    NotAtomic,
}

/// A handle onto the store.
#[derive(Clone)]
pub(crate) struct FaultyStore {
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    inner: MemoryStore,
    random: Random,
    /// The chance of trouble, of a hundred.
    trouble: u64,
    /// The one operation that meets trouble, by its number, and which.
    only: Option<(u64, Fate)>,
    /// How many operations there were.
    count: u64,
    broken: Option<Broken>,
    /// The operations on their way, in the order in which they take effect.
    order: VecDeque<u64>,
    next: u64,
    /// Operations that nobody waits for and that may still happen.
    adrift: VecDeque<Work>,
    /// Kept for a roll-back.
    copy: Option<PathBuf>,
    namespace: Namespace,
}

/// Something to be done to the memory store.
type Work = Box<dyn FnOnce(&MemoryStore) + Send>;

/// The same with an answer.
type Ask<T> = Box<dyn FnOnce(&MemoryStore) -> Result<T, StoreError> + Send>;

/// What becomes of an operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fate {
    Done,
    /// It fails before it has had any effect.
    Lost,
    /// It is done, and nobody hears of it.
    Unheard,
}

impl FaultyStore {
    pub(crate) fn new(seed: u64, broken: Option<Broken>) -> Self {
        let namespace: Namespace = "simulated".parse().expect("it is a name");
        let shared = Shared {
            inner: MemoryStore::new(namespace.clone()),
            random: Random::new(seed ^ 0xfa17),
            trouble: 0,
            only: None,
            count: 0,
            broken,
            order: VecDeque::new(),
            next: 0,
            adrift: VecDeque::new(),
            copy: None,
            namespace,
        };
        Self { shared: Arc::new(Mutex::new(shared)) }
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().expect("nobody panics while holding it")
    }

    /// From now on so many of a hundred operations meet trouble.
    pub(crate) fn set_trouble(&self, percent: u64) {
        self.shared().trouble = percent;
    }

    /// One operation, by its number, meets trouble.
    pub(crate) fn set_only(&self, number: u64, fate: Fate) {
        self.shared().only = Some((number, fate));
    }

    /// How many operations there were.
    pub(crate) fn count(&self) -> u64 {
        self.shared().count
    }

    /// The store without trouble.
    pub(crate) fn inner(&self) -> MemoryStore {
        self.shared().inner.clone()
    }

    /// Some of what is adrift happens.
    pub(crate) fn drift(&self) {
        let mut shared = self.shared();
        let inner = shared.inner.clone();
        while shared.random.percent(60)
            && let Some(work) = shared.adrift.pop_front()
        {
            work(&inner);
        }
    }

    /// What is adrift happens now or never.
    fn settle(&self) {
        self.drift();
        self.shared().adrift.clear();
    }

    /// Keeps a copy to come back to.
    pub(crate) fn remember(&self, file: PathBuf) {
        let mut shared = self.shared();
        shared.inner.save(&file).expect("there is room for a copy");
        shared.copy = Some(file);
    }

    /// There is no copy to come back to any more.
    pub(crate) fn forget_copy(&self) {
        self.shared().copy = None;
    }

    /// Comes back as it was when it was last remembered; false where it was not.
    pub(crate) fn roll_back(&self) -> bool {
        let mut shared = self.shared();
        let Some(copy) = shared.copy.clone() else { return false };
        let namespace = shared.namespace.clone();
        shared.inner = MemoryStore::restore(&copy, namespace).expect("the copy is whole");
        shared.adrift.clear();
        true
    }

    /// An operation that changes something, with its troubles: behind those before it.
    fn operation<T: Send + 'static>(
        &self,
        work: impl FnOnce(&MemoryStore) -> Result<T, StoreError> + Send + 'static,
    ) -> Operation<T> {
        let mut operation = self.read(work);
        operation.in_order = true;
        operation
    }

    /// One that only reads: it sees what has arrived, not what is on its way.
    fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&MemoryStore) -> Result<T, StoreError> + Send + 'static,
    ) -> Operation<T> {
        let mut shared = self.shared();
        let trouble = shared.trouble;
        shared.count += 1;
        let (count, only) = (shared.count, shared.only);
        let random = &mut shared.random;
        let fate = match random.below(100) {
            chance if chance < trouble / 2 => Fate::Lost,
            chance if chance < trouble => Fate::Unheard,
            _ => only.filter(|(number, _)| *number == count).map_or(Fate::Done, |(_, fate)| fate),
        };
        let late = if random.percent(trouble + 10) { random.below(6) } else { 0 };
        Operation {
            store: self.clone(),
            work: Some(Box::new(work)),
            fate,
            late,
            in_order: false,
            ticket: None,
        }
    }
}

/// An operation on its way.
struct Operation<T: 'static> {
    store: FaultyStore,
    work: Option<Ask<T>>,
    fate: Fate,
    /// How often it is asked for before it is there.
    late: u64,
    in_order: bool,
    /// Its place in the order, once it is on its way.
    ticket: Option<u64>,
}

impl<T: 'static> Operation<T> {
    fn begin(&mut self) -> u64 {
        let mut shared = self.store.shared();
        let ticket = shared.next;
        shared.next += 1;
        shared.order.push_back(ticket);
        drop(shared);
        self.ticket = Some(ticket);
        ticket
    }
}

impl<T: 'static> Future for Operation<T> {
    type Output = Result<T, StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let ticket = match self.ticket {
            Some(ticket) => ticket,
            None => self.begin(),
        };
        let has_turn = !self.in_order || self.store.shared().order.front() == Some(&ticket);
        if self.late > 0 || !has_turn {
            self.late = self.late.saturating_sub(1);
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.store.shared().order.retain(|other| *other != ticket);
        let work = self.work.take().expect("it is not asked for again");
        let inner = self.store.inner();
        Poll::Ready(match self.fate {
            Fate::Done => work(&inner),
            Fate::Lost => Err(StoreError::new(StoreErrorKind::Unavailable, "lost on the way there")),
            Fate::Unheard => {
                drop(work(&inner));
                Err(StoreError::new(StoreErrorKind::Unknown, "the answer was lost"))
            }
        })
    }
}

impl<T: 'static> Drop for Operation<T> {
    fn drop(&mut self) {
        let Some(work) = self.work.take() else { return };
        let Some(ticket) = self.ticket else { return };
        let mut shared = self.store.shared();
        shared.order.retain(|other| *other != ticket);
        if shared.random.percent(50) {
            shared.adrift.push_back(Box::new(move |inner: &MemoryStore| drop(work(inner))));
        }
    }
}

/// What a memory store says, which it says at once.
pub(crate) fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("memory keeps nobody waiting"),
    }
}

/// The version of a group, whoever owns it.
fn version(inner: &MemoryStore, group: GroupId) -> Version {
    let opened = now(inner.look()).ok().flatten();
    opened.map_or_else(Version::default, |opened| opened.groups[usize::from(group.0)].version)
}

/// The header of a group, whoever owns it.
fn header(inner: &MemoryStore, group: GroupId) -> Header {
    let opened = now(inner.look()).ok().flatten();
    opened.map_or_else(Header::default, |opened| opened.groups[usize::from(group.0)].clone())
}

fn commit(
    inner: &MemoryStore,
    group: GroupId,
    expected: Version,
    changes: Changes,
    broken: Option<Broken>,
) -> Result<(), StoreError> {
    if broken == Some(Broken::NoFence) {
        let first_outbox = header(inner, group).next_outbox;
        return now(inner.commit(group, version(inner, group), Changes { first_outbox, ..changes }));
    }
    let result = now(inner.commit(group, expected, changes.clone()));
    if broken == Some(Broken::NotAtomic) && result.is_err() {
        let Header { version, next_outbox: first_outbox, state, .. } = header(inner, group);
        let half = Changes { outbox: Vec::new(), first_outbox, state, ..changes };
        drop(now(inner.commit(group, version, half)));
    }
    result
}

impl StateStore for FaultyStore {
    fn open(&self, fresh: Fresh) -> impl Future<Output = Result<Opened, StoreError>> + Send {
        let broken = self.shared().broken;
        if broken != Some(Broken::NoEpoch) {
            self.settle();
        }
        self.operation(move |inner| match now(inner.look())? {
            Some(opened) if broken == Some(Broken::NoEpoch) => Ok(opened),
            _ => now(inner.open(fresh)),
        })
    }

    fn look(&self) -> impl Future<Output = Result<Option<Opened>, StoreError>> + Send {
        self.read(|inner| now(inner.look()))
    }

    fn amend(&self, expected: u64, about: Bytes) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.operation(move |inner| now(inner.amend(expected, about)))
    }

    fn load(
        &self,
        group: GroupId,
        owner: Option<Version>,
        keys: &[Bytes],
    ) -> impl Future<Output = Result<Vec<Option<Bytes>>, StoreError>> + Send {
        let keys = keys.to_vec();
        self.read(move |inner| now(inner.load(group, owner, &keys)))
    }

    fn commit(
        &self,
        group: GroupId,
        expected: Version,
        changes: Changes,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        let broken = self.shared().broken;
        self.operation(move |inner| commit(inner, group, expected, changes, broken))
    }

    fn due(
        &self,
        group: GroupId,
        owner: Option<Version>,
        until: Timestamp,
        after: Option<DueCursor>,
        limit: usize,
    ) -> impl Future<Output = Result<Page<Due, DueCursor>, StoreError>> + Send {
        self.read(move |inner| now(inner.due(group, owner, until, after, limit)))
    }

    fn scan(
        &self,
        group: GroupId,
        owner: Option<Version>,
        prefix: &[u8],
        after: Option<Bytes>,
        limit: usize,
    ) -> impl Future<Output = Result<Page<Entry, Bytes>, StoreError>> + Send {
        let prefix = prefix.to_vec();
        let is_again = self.shared().random.percent(30);
        self.read(move |inner| {
            let mut page = now(inner.scan(group, owner, &prefix, after, limit))?;
            // As the contract allows.
            if is_again && let Some(entry) = page.items.first().cloned() {
                page.items.push(entry);
            }
            Ok(page)
        })
    }

    fn outbox(
        &self,
        group: GroupId,
        from: u64,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<(u64, Bytes)>, StoreError>> + Send {
        self.read(move |inner| now(inner.outbox(group, from, limit)))
    }

    fn trim(
        &self,
        group: GroupId,
        epoch: u64,
        below: u64,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.operation(move |inner| now(inner.trim(group, epoch, below)))
    }

    fn drop_namespace(&self) -> impl Future<Output = Result<(), StoreError>> + Send {
        self.operation(|inner| now(inner.drop_namespace()))
    }

    fn namespaces(&self) -> impl Future<Output = Result<Vec<Namespace>, StoreError>> + Send {
        self.read(|inner| now(inner.namespaces()))
    }
}

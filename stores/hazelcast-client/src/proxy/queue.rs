//! Queues: first in, first out, all of it on one member, with backups.

use std::borrow::Borrow;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::named::Named;
use super::{millis, next};
use crate::client::Alive;
use crate::codec::{
    Event as _, QueueAddAll, QueueClear, QueueContains, QueueDrain, QueueDrainSome, QueueEvent, QueueItems,
    QueueListen, QueueOffer, QueuePeek, QueuePoll, QueuePut, QueueRemainingCapacity, QueueRemove, QueueSize,
    QueueTake, QueueUnlisten,
};
use crate::data::Data;
use crate::error::{Error, ErrorKind};
use crate::frame::Message;
use crate::invocation::Outgoing;
use crate::listener::{self, Event, Listening, Sink, Source};
use crate::serialization::{FromData, ToData};

/// A queue of the cluster. Handles are cheap.
///
/// Taking an item is not repeated when the connection is lost on the way: the item may be gone with the answer. A future
/// that waits for an item and is dropped may have taken one, too.
///
/// ```no_run
/// # use hazelcast_client::{Client, Error};
/// # async fn example(client: Client) -> Result<(), Error> {
/// let jobs = client.queue::<String>("jobs");
/// jobs.put("sweep").await?;
/// assert_eq!(jobs.take().await?, "sweep");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Queue<T> {
    named: Named,
    item: PhantomData<fn() -> T>,
}

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        Self { named: self.named.clone(), item: PhantomData }
    }
}

impl<T> Queue<T> {
    pub(crate) fn new(client: Alive, name: &str) -> Self {
        Self { named: Named::new(client, name), item: PhantomData }
    }

    /// The queue's name.
    pub fn name(&self) -> &str {
        &self.named.name
    }

    /// Puts an item at the end, if there is room within some time; tells whether it was put.
    ///
    /// # Errors
    /// As all methods: where members cannot be reached, refuse, or hold what is no `T`.
    pub async fn offer<I>(&self, item: &I, patience: Duration) -> Result<bool, Error>
    where
        T: Borrow<I>,
        I: ToData + ?Sized,
    {
        let value = self.named.data(item).await?;
        let request = QueueOffer { timeout: millis(patience), name: &self.named.name, value: &value };
        self.named.client.call_slowly(&request, self.named.target(), Some(patience)).await
    }

    /// Puts an item at the end, and waits until there is room.
    ///
    /// # Errors
    /// As [`offer`](Self::offer).
    pub async fn put<I>(&self, item: &I) -> Result<(), Error>
    where
        T: Borrow<I>,
        I: ToData + ?Sized,
    {
        let value = self.named.data(item).await?;
        let request = QueuePut { name: &self.named.name, value: &value };
        self.named.client.call_slowly(&request, self.named.target(), None).await
    }

    /// Puts all items at the end, one behind the other, or none where there is no room; tells whether they were put.
    ///
    /// # Errors
    /// As [`offer`](Self::offer).
    pub async fn add_all<'i, I>(&self, items: impl IntoIterator<Item = &'i I>) -> Result<bool, Error>
    where
        T: Borrow<I>,
        I: ToData + ?Sized + 'i,
    {
        let values = self.named.all_data(items).await?;
        self.named.call(&QueueAddAll { name: &self.named.name, values: &values }).await
    }

    /// Takes the first item, if there is one within some time.
    ///
    /// # Errors
    /// As [`offer`](Self::offer).
    pub async fn poll(&self, patience: Duration) -> Result<Option<T>, Error>
    where
        T: FromData,
    {
        let request = QueuePoll { timeout: millis(patience), name: &self.named.name };
        let found = self.named.client.call_slowly(&request, self.named.target(), Some(patience)).await?;
        self.named.value(found).await
    }

    /// Takes the first item, and waits until there is one.
    ///
    /// # Errors
    /// As [`offer`](Self::offer).
    pub async fn take(&self) -> Result<T, Error>
    where
        T: FromData,
    {
        let request = QueueTake { name: &self.named.name };
        let found = self.named.client.call_slowly(&request, self.named.target(), None).await?;
        let nothing = || Error::new(ErrorKind::Protocol, "QueueTake: the answer is null");
        self.named.value(found).await?.ok_or_else(nothing)
    }

    /// The first item, which stays.
    ///
    /// # Errors
    /// As [`offer`](Self::offer).
    pub async fn peek(&self) -> Result<Option<T>, Error>
    where
        T: FromData,
    {
        let found = self.named.call(&QueuePeek { name: &self.named.name }).await?;
        self.named.value(found).await
    }

    /// Takes all items, or the first so many.
    ///
    /// # Errors
    /// As [`offer`](Self::offer).
    pub async fn drain(&self, most: Option<usize>) -> Result<Vec<T>, Error>
    where
        T: FromData,
    {
        let name = &*self.named.name;
        let found = match most.map(i32::try_from) {
            Some(Ok(most)) => self.named.call(&QueueDrainSome { most, name }).await?,
            _ => self.named.call(&QueueDrain { name }).await?,
        };
        self.named.values(found).await
    }

    /// All items, which stay.
    ///
    /// # Errors
    /// As [`offer`](Self::offer).
    pub async fn items(&self) -> Result<Vec<T>, Error>
    where
        T: FromData,
    {
        let found = self.named.call(&QueueItems { name: &self.named.name }).await?;
        self.named.values(found).await
    }

    /// Takes the first item that equals this one; tells whether there was one.
    ///
    /// # Errors
    /// As [`offer`](Self::offer).
    pub async fn remove<I>(&self, item: &I) -> Result<bool, Error>
    where
        T: Borrow<I>,
        I: ToData + ?Sized,
    {
        let value = self.named.data(item).await?;
        self.named.call(&QueueRemove { name: &self.named.name, value: &value }).await
    }

    /// Whether there is such an item.
    ///
    /// # Errors
    /// As [`offer`](Self::offer).
    pub async fn contains<I>(&self, item: &I) -> Result<bool, Error>
    where
        T: Borrow<I>,
        I: ToData + ?Sized,
    {
        let value = self.named.data(item).await?;
        self.named.call(&QueueContains { name: &self.named.name, value: &value }).await
    }

    /// How many items there are.
    ///
    /// # Errors
    /// As [`offer`](Self::offer).
    pub async fn size(&self) -> Result<usize, Error> {
        let size = self.named.call(&QueueSize { name: &self.named.name }).await?;
        Ok(usize::try_from(size).unwrap_or_default())
    }

    /// For how many more items there is room.
    ///
    /// # Errors
    /// As [`offer`](Self::offer).
    pub async fn remaining_capacity(&self) -> Result<usize, Error> {
        let room = self.named.call(&QueueRemainingCapacity { name: &self.named.name }).await?;
        Ok(usize::try_from(room).unwrap_or_default())
    }

    /// Takes all items away.
    ///
    /// # Errors
    /// As [`offer`](Self::offer).
    pub async fn clear(&self) -> Result<(), Error> {
        self.named.call(&QueueClear { name: &self.named.name }).await
    }

    /// Listens to items that come and go.
    ///
    /// # Errors
    /// As [`offer`](Self::offer).
    pub async fn listen(&self) -> Result<ItemEvents<T>, Error> {
        let (sink, queue) = listener::queue(self.named.client.config.event_queue);
        let source = QueueSource { name: Arc::clone(&self.named.name), sink };
        let listening = self.named.client.listen(Arc::new(source)).await?;
        Ok(ItemEvents { named: self.named.clone(), queue, _listening: listening, item: PhantomData })
    }
}

/// What happened to an item.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ItemEventKind {
    /// It was put into the queue.
    Added,
    /// It was taken.
    Removed,
}

/// An item that has come or gone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ItemEvent<T> {
    /// What happened.
    pub kind: ItemEventKind,
    /// The item.
    pub item: Option<T>,
    /// The member that tells.
    pub member: Uuid,
}

/// Items that come and go, one after the other. Dropping it ends the listening.
#[derive(Debug)]
pub struct ItemEvents<T> {
    named: Named,
    queue: listener::Queue<ItemEvent<Data>>,
    _listening: Listening,
    item: PhantomData<fn() -> T>,
}

impl<T: FromData> ItemEvents<T> {
    /// The next event; none when the client is closed.
    pub async fn next(&mut self) -> Option<Result<Event<ItemEvent<T>>, Error>> {
        match next(&self.named.client, &mut self.queue).await? {
            Event::Gap(gap) => Some(Ok(Event::Gap(gap))),
            Event::Item(ItemEvent { kind, item, member }) => {
                let item = self.named.value(item).await;
                Some(item.map(|item| Event::Item(ItemEvent { kind, item, member })))
            }
        }
    }
}

#[derive(Debug)]
struct QueueSource {
    name: Arc<str>,
    sink: Sink<ItemEvent<Data>>,
}

impl Source for QueueSource {
    fn add(&self, is_local: bool) -> Box<dyn Outgoing + '_> {
        Box::new(QueueListen { with_values: true, is_local, name: &self.name })
    }

    fn remove(&self, registration: Uuid) -> Box<dyn Outgoing + '_> {
        Box::new(QueueUnlisten { registration, name: &self.name })
    }

    fn event(&self, message: &Message) {
        let Ok(QueueEvent { member, kind, item }) = QueueEvent::read(message) else { return };
        let kind = match kind {
            1 => ItemEventKind::Added,
            2 => ItemEventKind::Removed,
            _ => return,
        };
        self.sink.item(ItemEvent { kind, item, member });
    }

    fn lost(&self) {
        self.sink.lost();
    }
}

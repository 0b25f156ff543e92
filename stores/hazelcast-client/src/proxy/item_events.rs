//! Listening to what comes into a collection and goes.

use std::marker::PhantomData;
use std::sync::Arc;

use uuid::Uuid;

use super::collection::Collection;
use super::named::Named;
use super::next;
use crate::codec::{
    Event as _, ListEvent, ListListen, ListUnlisten, QueueEvent, QueueListen, QueueUnlisten, SetEvent,
    SetListen, SetUnlisten,
};
use crate::data::Data;
use crate::error::Error;
use crate::frame::Message;
use crate::invocation::Outgoing;
use crate::listener::{self, Event, Listening, Sink, Source};
use crate::serialization::FromData;
use crate::streamed::streamed;

/// What happened to an item.
///
/// ```no_run
/// # async fn example(queue: hazelcast_client::Queue<String>) -> Result<(), hazelcast_client::Error> {
/// let mut events = queue.listen().await?;
/// if let Some(Ok(hazelcast_client::Event::Item(event))) = events.next().await {
///     let was_added = event.kind == hazelcast_client::ItemEventKind::Added;
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ItemEventKind {
    /// It was put there.
    Added,
    /// It was taken.
    Removed,
}

/// An item that has come or gone.
///
/// ```no_run
/// # async fn example(queue: hazelcast_client::Queue<String>) -> Result<(), hazelcast_client::Error> {
/// let mut events = queue.listen().await?;
/// if let Some(Ok(hazelcast_client::Event::Item(event))) = events.next().await {
///     println!("{:?} {:?}", event.kind, event.item);
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ItemEvent<T> {
    /// What happened.
    pub kind: ItemEventKind,
    /// The item; none where it was taken by its index, as members do not tell it then.
    pub item: Option<T>,
    /// The member that tells.
    pub member: Uuid,
}

/// Items that come and go, one after the other. Dropping it ends the listening.
///
/// ```no_run
/// # async fn example(queue: hazelcast_client::Queue<String>) -> Result<(), hazelcast_client::Error> {
/// let mut events = queue.listen().await?;
/// while let Some(event) = events.next().await {
///     println!("{:?}", event?);
/// }
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct ItemEvents<T> {
    named: Named,
    queue: listener::Queue<ItemEvent<Data>>,
    _listening: Listening,
    item: PhantomData<fn() -> T>,
}

impl<T> ItemEvents<T> {
    pub(super) async fn listen(named: &Named, collection: Collection) -> Result<Self, Error> {
        let (sink, queue) = listener::queue(named.client.config.event_queue);
        let source = ItemSource { collection, name: Arc::clone(&named.name), sink };
        let listening = named.client.listen(Arc::new(source)).await?;
        Ok(Self { named: named.clone(), queue, _listening: listening, item: PhantomData })
    }
}

impl<T: FromData> ItemEvents<T> {
    streamed!(
        Result<Event<ItemEvent<T>>, Error>,
        "queue: hazelcast_client::Queue<String>",
        "queue.listen().await?"
    );

    /// The next event; none when the client is closed.
    ///
    /// ```no_run
    /// # async fn example(queue: hazelcast_client::Queue<String>) -> Result<(), hazelcast_client::Error> {
    /// let mut events = queue.listen().await?;
    /// while let Some(event) = events.next().await {
    ///     println!("{:?}", event?);
    /// }
    /// # Ok(()) }
    /// ```
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
struct ItemSource {
    collection: Collection,
    name: Arc<str>,
    sink: Sink<ItemEvent<Data>>,
}

impl Source for ItemSource {
    fn add(&self, is_local: bool) -> Box<dyn Outgoing + '_> {
        let (name, with_values) = (&*self.name, true);
        match self.collection {
            Collection::Queue => Box::new(QueueListen { with_values, is_local, name }),
            Collection::List => Box::new(ListListen { with_values, is_local, name }),
            Collection::Set => Box::new(SetListen { with_values, is_local, name }),
        }
    }

    fn remove(&self, registration: Uuid) -> Box<dyn Outgoing + '_> {
        let name = &*self.name;
        match self.collection {
            Collection::Queue => Box::new(QueueUnlisten { registration, name }),
            Collection::List => Box::new(ListUnlisten { registration, name }),
            Collection::Set => Box::new(SetUnlisten { registration, name }),
        }
    }

    fn event(&self, message: &Message) {
        let Some((member, kind, item)) = read_event(message) else { return };
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

/// None where it is an event of another kind, which newer members may have.
fn read_event(message: &Message) -> Option<(Uuid, i32, Option<Data>)> {
    macro_rules! any {
        ($($event:ty),*) => {
            None$(.or_else(|| <$event>::read(message).ok().map(|event| (event.member, event.kind, event.item))))*
        };
    }
    any!(QueueEvent, ListEvent, SetEvent)
}

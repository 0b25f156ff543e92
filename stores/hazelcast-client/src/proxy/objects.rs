//! Distributed objects as such: which there are, making them, destroying them, listening to their coming and going.

use std::sync::Arc;

use futures_util::future::try_join_all;
use uuid::Uuid;

use super::next;
use crate::client::{Alive, Client};
use crate::cluster::Core;
use crate::codec::{
    CreateObject, DestroyObject, Event as _, ListObjects, ListenToObjects, ObjectEvent as WireEvent,
    UnlistenToObjects,
};
use crate::error::Error;
use crate::frame::Message;
use crate::invocation::{Outgoing, Target};
use crate::listener::{self, Event, Listening, Sink, Source};
use crate::streamed::streamed;

/// What a distributed object is.
///
/// ```
/// use hazelcast_client::ObjectKind;
///
/// assert_eq!(ObjectKind::Map.service(), "hz:impl:mapService");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ObjectKind {
    /// A map.
    Map,
    /// A map that every member has whole.
    ReplicatedMap,
    /// A map with several values a key.
    MultiMap,
    /// A queue.
    Queue,
    /// A list.
    List,
    /// A set.
    Set,
    /// A topic.
    Topic,
    /// A topic whose messages are kept.
    ReliableTopic,
    /// A ringbuffer.
    Ringbuffer,
    /// A counter that several members count.
    PnCounter,
    /// A generator of ids.
    FlakeIdGenerator,
    /// An executor.
    Executor,
    /// Of a service of this name.
    Other(String),
}

/// Kinds with the names of their services.
const SERVICES: [(ObjectKind, &str); 12] = [
    (ObjectKind::Map, "hz:impl:mapService"),
    (ObjectKind::ReplicatedMap, "hz:impl:replicatedMapService"),
    (ObjectKind::MultiMap, "hz:impl:multiMapService"),
    (ObjectKind::Queue, "hz:impl:queueService"),
    (ObjectKind::List, "hz:impl:listService"),
    (ObjectKind::Set, "hz:impl:setService"),
    (ObjectKind::Topic, "hz:impl:topicService"),
    (ObjectKind::ReliableTopic, "hz:impl:reliableTopicService"),
    (ObjectKind::Ringbuffer, "hz:impl:ringbufferService"),
    (ObjectKind::PnCounter, "hz:impl:PNCounterService"),
    (ObjectKind::FlakeIdGenerator, "hz:impl:flakeIdGeneratorService"),
    (ObjectKind::Executor, "hz:impl:executorService"),
];

impl ObjectKind {
    /// The name of the service that has such objects.
    ///
    /// ```
    /// assert_eq!(hazelcast_client::ObjectKind::Map.service(), "hz:impl:mapService");
    /// ```
    pub fn service(&self) -> &str {
        match self {
            Self::Other(service) => service,
            kind => SERVICES.iter().find(|(known, _)| known == kind).map_or("", |(_, service)| service),
        }
    }

    fn of(service: &str) -> Self {
        let known = SERVICES.iter().find(|(_, name)| *name == service);
        known.map_or_else(|| Self::Other(service.to_owned()), |(kind, _)| kind.clone())
    }
}

/// A distributed object, by what it is and its name.
///
/// ```
/// use hazelcast_client::{DistributedObject, ObjectKind};
///
/// let stock = DistributedObject::new(ObjectKind::Map, "stock");
/// assert_eq!(stock.name, "stock");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct DistributedObject {
    /// What it is.
    pub kind: ObjectKind,
    /// Its name.
    pub name: String,
}

impl DistributedObject {
    /// An object of this name, whether it is there or not.
    ///
    /// ```
    /// use hazelcast_client::{DistributedObject, ObjectKind};
    ///
    /// let object = DistributedObject::new(ObjectKind::Map, "cards");
    /// ```
    pub fn new(kind: ObjectKind, name: impl Into<String>) -> Self {
        Self { kind, name: name.into() }
    }

    fn of(service: &str, name: String) -> Self {
        Self { kind: ObjectKind::of(service), name }
    }
}

/// An object came, or went.
///
/// ```
/// use hazelcast_client::ObjectEvent;
///
/// fn tell(event: &ObjectEvent) {
///     println!("{}: {}", event.object.name, if event.is_created { "new" } else { "gone" });
/// }
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ObjectEvent {
    /// Which object.
    pub object: DistributedObject,
    /// Whether it came; else it went.
    pub is_created: bool,
    /// The client or the member that made or destroyed it.
    pub source: Uuid,
}

/// Objects that come and go, one after the other. Dropping it ends the listening.
///
/// ```no_run
/// # use hazelcast_client::{Client, Error, Event};
/// # async fn example(client: Client) -> Result<(), Error> {
/// let mut events = client.listen_to_objects().await?;
/// while let Some(Event::Item(event)) = events.next().await {
///     println!("{event:?}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct ObjectEvents {
    client: Alive,
    queue: listener::Queue<ObjectEvent>,
    _listening: Listening,
}

impl ObjectEvents {
    streamed!(Event<ObjectEvent>, "client: hazelcast_client::Client", "client.listen_to_objects().await?");

    /// The next event; none when the client is closed. Nothing is lost where the future is dropped.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// let mut events = client.listen_to_objects().await?;
    /// while let Some(event) = events.next().await {
    ///     println!("{event:?}");
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn next(&mut self) -> Option<Event<ObjectEvent>> {
        next(&self.client, &mut self.queue).await
    }
}

impl Client {
    /// All objects that there are, those that Hazelcast has for itself included.
    ///
    /// ```no_run
    /// # use hazelcast_client::{Client, Error};
    /// # async fn example(client: Client) -> Result<(), Error> {
    /// for object in client.objects().await? {
    ///     println!("{:?} {}", object.kind, object.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Where members cannot be reached.
    pub async fn objects(&self) -> Result<Vec<DistributedObject>, Error> {
        let found = self.alive.call(&ListObjects {}, Target::Any).await?;
        Ok(found.into_iter().map(|object| DistributedObject::of(&object.service, object.name)).collect())
    }

    /// Makes objects before they are used. Other members hear of them a moment later. There is no need to: whatever is used is there. But members check
    /// their configuration, listeners hear of it, and SQL knows the maps. The client makes them again where it connects to a
    /// cluster that was started anew, until they are [destroyed](Self::destroy_object).
    ///
    /// They are made all at once, in no order. A future that is dropped may have made them; making them again does nothing.
    ///
    /// ```no_run
    /// # use hazelcast_client::{Client, DistributedObject, Error, ObjectKind};
    /// # async fn example(client: Client) -> Result<(), Error> {
    /// client.create_objects(&[DistributedObject::new(ObjectKind::Map, "stock")]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Where members cannot be reached, or their configuration is wrong.
    pub async fn create_objects(&self, objects: &[DistributedObject]) -> Result<(), Error> {
        let create = |object: &DistributedObject| {
            let (name, service) = (object.name.clone(), object.kind.service().to_owned());
            async move {
                self.alive.call(&CreateObject { name: &name, service: &service }, Target::Any).await?;
                self.alive.created.add(&name, &service);
                Ok(())
            }
        };
        try_join_all(objects.iter().map(create)).await.map(drop)
    }

    /// Destroys an object on all members, with what it holds.
    ///
    /// A future that is dropped may have destroyed it.
    ///
    /// ```no_run
    /// # use hazelcast_client::{Client, DistributedObject, Error, ObjectKind};
    /// # async fn example(client: Client) -> Result<(), Error> {
    /// client.destroy_object(&DistributedObject::new(ObjectKind::Queue, "jobs")).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Where members cannot be reached.
    pub async fn destroy_object(&self, object: &DistributedObject) -> Result<(), Error> {
        self.alive.destroy(&object.name, &object.kind).await
    }

    /// Listens to objects that come and go. When it returns, all that comes and goes from now on is told, at most once.
    ///
    /// # Errors
    /// Where members cannot be reached.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// let mut events = client.listen_to_objects().await?;
    /// while let Some(event) = events.next().await {
    ///     println!("{event:?}");
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn listen_to_objects(&self) -> Result<ObjectEvents, Error> {
        let (sink, queue) = listener::queue(self.alive.config.event_queue);
        let listening = self.alive.listen(Arc::new(ObjectSource { sink })).await?;
        Ok(ObjectEvents { client: self.alive.clone(), queue, _listening: listening })
    }
}

impl Core {
    /// Destroys an object, which is not made again in a cluster that was started again.
    pub(super) async fn destroy(&self, name: &str, kind: &ObjectKind) -> Result<(), Error> {
        let service = kind.service();
        self.created.remove(name, service);
        self.call(&DestroyObject { name, service }, Target::Any).await
    }
}

#[derive(Debug)]
struct ObjectSource {
    sink: Sink<ObjectEvent>,
}

impl Source for ObjectSource {
    fn add(&self, is_local: bool) -> Box<dyn Outgoing + '_> {
        Box::new(ListenToObjects { is_local })
    }

    fn remove(&self, registration: Uuid) -> Box<dyn Outgoing + '_> {
        Box::new(UnlistenToObjects { registration })
    }

    fn event(&self, message: &Message) {
        let Ok(WireEvent { source, name, service, kind }) = WireEvent::read(message) else { return };
        let is_created = match kind.as_str() {
            "CREATED" => true,
            "DESTROYED" => false,
            // What newer members may tell.
            _ => return,
        };
        self.sink.item(ObjectEvent { object: DistributedObject::of(&service, name), is_created, source });
    }

    fn lost(&self) {
        self.sink.lost();
    }
}

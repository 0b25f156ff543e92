//! The client as its users hold it.

use std::ops::Deref;
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::watch;
use uuid::Uuid;

use crate::cluster::{Core, Member, State};
use crate::config::Config;
use crate::error::Error;
use crate::proxy::{Map, Queue, ReliableTopic, ReplicatedMap, Ringbuffer, Topic};
use crate::serialization::Serializer;

/// A client of a cluster. It is cheap to clone, and closed when the last clone, and the last object made from one, is gone.
///
/// ```no_run
/// use hazelcast_client::{Client, Config};
///
/// # async fn example() -> Result<(), hazelcast_client::Error> {
/// let client = Client::connect(Config::new(["127.0.0.1:5701"])).await?;
/// let capitals = client.map::<String, String>("capitals");
/// capitals.set("France", "Paris").await?;
/// assert_eq!(capitals.get("France").await?.as_deref(), Some("Paris"));
/// client.shutdown().await;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) alive: Alive,
}

/// Keeps the client alive.
#[derive(Clone, Debug)]
pub(crate) struct Alive(Arc<Last>);

#[derive(Debug)]
struct Last(Arc<Core>);

impl Deref for Alive {
    type Target = Arc<Core>;

    fn deref(&self) -> &Arc<Core> {
        &self.0.0
    }
}

impl Drop for Last {
    fn drop(&mut self) {
        self.0.shut_down();
    }
}

impl Client {
    /// Connects to a cluster. It has to be called within a runtime of tokio, with its drivers of I/O and time.
    ///
    /// # Errors
    /// [`Setup`](crate::ErrorKind::Setup) where all members turn this client away; [`Unavailable`](crate::ErrorKind::Unavailable)
    /// where no member could be reached for as long as the configuration says.
    pub async fn connect(config: Config) -> Result<Self, Error> {
        let core = Arc::new(Core::new(config, Handle::current()));
        // Whatever happens to this future, nothing is left running.
        let client = Self { alive: Alive(Arc::new(Last(Arc::clone(&core)))) };
        core.start().await?;
        Ok(client)
    }

    /// A map. Keys and values are what its handles say: nothing checks that all clients say the same.
    pub fn map<K, V>(&self, name: &str) -> Map<K, V> {
        Map::new(self.alive.clone(), name)
    }

    /// A map that every member has whole.
    pub fn replicated_map<K, V>(&self, name: &str) -> ReplicatedMap<K, V> {
        ReplicatedMap::new(self.alive.clone(), name)
    }

    /// A queue.
    pub fn queue<T>(&self, name: &str) -> Queue<T> {
        Queue::new(self.alive.clone(), name)
    }

    /// A topic: messages to whoever listens just then.
    pub fn topic<T>(&self, name: &str) -> Topic<T> {
        Topic::new(self.alive.clone(), name)
    }

    /// A topic whose messages are kept for those who listen.
    pub fn reliable_topic<T>(&self, name: &str) -> ReliableTopic<T> {
        ReliableTopic::new(self.alive.clone(), name)
    }

    /// A ringbuffer.
    pub fn ringbuffer<T>(&self, name: &str) -> Ringbuffer<T> {
        Ringbuffer::new(self.alive.clone(), name)
    }

    /// The client's name, as members show it.
    pub fn name(&self) -> &str {
        &self.alive.name
    }

    /// The client's id, as members tell it in events.
    pub fn id(&self) -> Uuid {
        self.alive.id
    }

    /// The members of the cluster, as far as is known now.
    pub fn members(&self) -> Vec<Member> {
        self.alive.view().members.clone()
    }

    /// How many partitions there are.
    pub fn partition_count(&self) -> i32 {
        self.alive.routes().partition_count
    }

    /// Where the client is in its life now.
    pub fn state(&self) -> State {
        self.alive.state()
    }

    /// The client's life as it goes on: each state that it enters can be waited for.
    pub fn states(&self) -> watch::Receiver<State> {
        self.alive.state.subscribe()
    }

    /// Makes bytes of values as this client does.
    pub fn serializer(&self) -> &Serializer {
        &self.alive.serializer
    }

    /// Closes the client: what is under way fails, listeners end.
    pub async fn shutdown(&self) {
        self.alive.shut_down();
        // Connections are gone when nothing is left of them in the view.
        let mut changes = self.alive.changes.subscribe();
        while !self.alive.view().links.is_empty() {
            if changes.changed().await.is_err() {
                break;
            }
        }
    }
}

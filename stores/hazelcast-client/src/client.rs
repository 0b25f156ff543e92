//! The client as its users hold it.

use std::ops::Deref;
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::watch;
use uuid::Uuid;

use crate::cluster::{Core, Lifecycle, Member, Metrics, State};
use crate::codec::Ping;
use crate::config::Config;
use crate::error::Error;
use crate::invocation::Target;
use crate::proxy::{
    DistributedList, DistributedSet, Map, MultiMap, Queue, ReliableTopic, ReplicatedMap, Ringbuffer, Topic,
};
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
    /// **Cancelling**: a future that is dropped before it is ready leaves no connection and no task behind.
    ///
    /// # Errors
    /// [`Setup`](crate::ErrorKind::Setup) where all members turn this client away; [`Unavailable`](crate::ErrorKind::Unavailable)
    /// where no member could be reached for as long as the configuration says.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), hazelcast_client::Error> {
    /// use hazelcast_client::{Client, Config};
    ///
    /// let client = Client::connect(Config::new(["10.0.0.1:5701"]).cluster_name("prod")).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn connect(config: Config) -> Result<Self, Error> {
        let core = Arc::new(Core::new(config, Handle::current()));
        // Whatever happens to this future, nothing is left running.
        let client = Self { alive: Alive(Arc::new(Last(Arc::clone(&core)))) };
        core.start().await?;
        Ok(client)
    }

    /// A map. Keys and values are what its handles say: nothing checks that all clients say the same.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// let stock = client.map::<String, i32>("stock");
    /// stock.set("apples", &3).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn map<K, V>(&self, name: &str) -> Map<K, V> {
        Map::new(self.alive.clone(), name)
    }

    /// A map that every member has whole.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// let rates = client.replicated_map::<String, f64>("rates");
    /// rates.put("EUR", &1.1).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn replicated_map<K, V>(&self, name: &str) -> ReplicatedMap<K, V> {
        ReplicatedMap::new(self.alive.clone(), name)
    }

    /// A map with several values a key.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// let cards = client.multi_map::<String, i64>("cards");
    /// cards.put("ann", &4111).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn multi_map<K, V>(&self, name: &str) -> MultiMap<K, V> {
        MultiMap::new(self.alive.clone(), name)
    }

    /// A queue.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// client.queue::<String>("jobs").put("first").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn queue<T>(&self, name: &str) -> Queue<T> {
        Queue::new(self.alive.clone(), name)
    }

    /// A list.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// client.list::<String>("steps").add("first").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn list<T>(&self, name: &str) -> DistributedList<T> {
        DistributedList::new(self.alive.clone(), name)
    }

    /// A set.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// client.set::<String>("seen").add("first").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn set<T>(&self, name: &str) -> DistributedSet<T> {
        DistributedSet::new(self.alive.clone(), name)
    }

    /// A topic: messages to whoever listens just then.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// client.topic::<String>("news").publish("hello").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn topic<T>(&self, name: &str) -> Topic<T> {
        Topic::new(self.alive.clone(), name)
    }

    /// A topic whose messages are kept for those who listen.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// client.reliable_topic::<String>("orders").publish("hello").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn reliable_topic<T>(&self, name: &str) -> ReliableTopic<T> {
        ReliableTopic::new(self.alive.clone(), name)
    }

    /// A ringbuffer.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// let tail = client.ringbuffer::<i64>("readings").tail_sequence().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn ringbuffer<T>(&self, name: &str) -> Ringbuffer<T> {
        Ringbuffer::new(self.alive.clone(), name)
    }

    /// The client's name, as members show it.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// println!("{}", client.name());
    /// # Ok(())
    /// # }
    /// ```
    pub fn name(&self) -> &str {
        &self.alive.name
    }

    /// The client's id, as members tell it in events.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// println!("{}", client.id());
    /// # Ok(())
    /// # }
    /// ```
    pub fn id(&self) -> Uuid {
        self.alive.id
    }

    /// The members of the cluster, as far as is known now.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// for member in client.members() {
    ///     println!("{} at {}", member.uuid(), member.address());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn members(&self) -> Vec<Member> {
        self.alive.view().members.clone()
    }

    /// How many partitions there are.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// let key = client.serializer().to_data("apples")?;
    /// println!("in partition {} of {}", key.partition(client.partition_count()), client.partition_count());
    /// # Ok(())
    /// # }
    /// ```
    pub fn partition_count(&self) -> i32 {
        self.alive.partition_count()
    }

    /// Where the client is in its life now.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// assert_eq!(client.state(), hazelcast_client::State::Connected);
    /// # Ok(())
    /// # }
    /// ```
    pub fn state(&self) -> State {
        self.alive.state()
    }

    /// The client's life as it goes on: each state that it enters can be waited for.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// use hazelcast_client::State;
    ///
    /// let mut states = client.states();
    /// drop(states.wait_for(|state| *state == State::Disconnected).await);
    /// # Ok(())
    /// # }
    /// ```
    pub fn states(&self) -> watch::Receiver<State> {
        self.alive.state.subscribe()
    }

    /// What happens in the client's life from now on, event by event.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) {
    /// let mut life = client.lifecycle();
    /// while let Some(event) = life.next().await {
    ///     println!("{event:?}");
    /// }
    /// # }
    /// ```
    pub fn lifecycle(&self) -> Lifecycle {
        self.alive.lives.listen()
    }

    /// The id of the cluster that the client is in, or was in last: another one after it has gone to another cluster, and after
    /// all members were started again.
    ///
    /// ```no_run
    /// # fn example(client: &hazelcast_client::Client) {
    /// println!("{:?}", client.cluster_id());
    /// # }
    /// ```
    pub fn cluster_id(&self) -> Option<Uuid> {
        self.alive.view().cluster
    }

    /// What the client has counted until now.
    ///
    /// ```no_run
    /// # fn example(client: &hazelcast_client::Client) {
    /// println!("{} bytes sent", client.metrics().bytes_sent);
    /// # }
    /// ```
    pub fn metrics(&self) -> Metrics {
        self.alive.metrics()
    }

    /// Asks a member for a sign of life: what it takes is what every request takes at least.
    ///
    /// # Errors
    /// [`Unavailable`](crate::ErrorKind::Unavailable) where no member answers in time. Dropping the future does no harm.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// let asked = std::time::Instant::now();
    /// client.ping().await?;
    /// println!("there and back in {:?}", asked.elapsed());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn ping(&self) -> Result<(), Error> {
        self.alive.call(&Ping {}, Target::Any).await
    }

    /// Makes bytes of values as this client does.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// let data = client.serializer().to_data(&7)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn serializer(&self) -> &Serializer {
        &self.alive.serializer
    }

    /// Closes the client: what is under way fails, listeners end. It is closed at once; waited for is that connections are
    /// gone, and dropping the future only ends the waiting.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// client.shutdown().await;
    /// assert_eq!(client.state(), hazelcast_client::State::Closed);
    /// # Ok(())
    /// # }
    /// ```
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

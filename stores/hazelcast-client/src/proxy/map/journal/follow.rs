//! Reading the journals of all partitions at once.

use std::collections::VecDeque;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;

use super::{Fetched, Journal, JournalEvent, Wanted, fetch};
use crate::client::Alive;
use crate::cluster::State;
use crate::data::Data;
use crate::error::Error;
use crate::listener::{Event, Gap};
use crate::serialization::FromData;
use crate::streamed::streamed;

/// Events that are read of a partition at once.
const BATCH: usize = 100;

/// Where to begin.
///
/// ```
/// use hazelcast_client::JournalStart;
///
/// // Where another run has stopped: the next number of each partition.
/// let start = JournalStart::At(vec![0; 271]);
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum JournalStart {
    /// With the oldest events that there are.
    Oldest,
    /// With what happens from now on.
    Newest,
    /// With an event of each partition, as [`JournalEvents::positions`] has told before.
    At(Vec<i64>),
}

/// Events of all partitions. Members are asked for more of a partition when what was read of it has been taken. Dropping it
/// leaves them with a question a partition, which the next event there ends.
///
/// **Cancelling**: nothing is lost where the future of [`next`](Self::next) is dropped.
///
/// ```no_run
/// # use hazelcast_client::{Error, Event, JournalStart, Map};
/// # async fn example(stock: Map<String, i32>, read: Vec<i64>) -> Result<(), Error> {
/// let mut events = stock.journal().follow(JournalStart::At(read)).await?;
/// if let Some(Event::Item(event)) = events.next().await.transpose()? {
///     println!("{event:?}");
/// }
/// let read = events.positions();
/// # Ok(())
/// # }
/// ```
pub struct JournalEvents<K, V> {
    client: Alive,
    name: Arc<str>,
    filter: Option<Data>,
    /// By partition, the number of the event that is taken next.
    positions: Vec<i64>,
    reads: FuturesUnordered<BoxFuture<'static, (Wanted, Result<Fetched, Error>)>>,
    /// What was read of one partition and not taken, the number behind it, and what is to be told first.
    read: VecDeque<JournalEvent<Data, Data>>,
    then: Option<(Wanted, i64)>,
    missed: u64,
    types: PhantomData<fn() -> (K, V)>,
}

impl<K, V> fmt::Debug for JournalEvents<K, V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("JournalEvents").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<K, V> Journal<K, V> {
    /// Follows the journals of all partitions.
    ///
    /// A future that is dropped has done nothing.
    ///
    /// # Errors
    /// As [`ends`](Self::ends).
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let mut events = map.journal().follow(hazelcast_client::JournalStart::Oldest).await?;
    /// let first = events.next().await;
    /// # Ok(()) }
    /// ```
    pub async fn follow(&self, start: JournalStart) -> Result<JournalEvents<K, V>, Error> {
        let count = self.client.partition_count();
        let positions = match start {
            JournalStart::At(mut positions) => {
                positions.resize(usize::try_from(count).unwrap_or_default(), 0);
                positions
            }
            start => {
                let ends = (0..count).map(|partition| self.ends(partition));
                let ends = futures_util::future::try_join_all(ends).await?;
                let is_oldest = start == JournalStart::Oldest;
                ends.iter().map(|ends| if is_oldest { ends.oldest } else { ends.newest + 1 }).collect()
            }
        };
        let events = JournalEvents {
            client: self.client.clone(),
            name: Arc::clone(&self.name),
            filter: self.filter_data().await?,
            positions,
            reads: FuturesUnordered::new(),
            read: VecDeque::new(),
            then: None,
            missed: 0,
            types: PhantomData,
        };
        for (partition, start) in (0..count).zip(events.positions.clone()) {
            events.ask(Wanted { partition, start, least: 1, most: BATCH });
        }
        Ok(events)
    }
}

impl<K, V> JournalEvents<K, V> {
    /// By partition, the number of the event that is taken next: to go on there with [`JournalStart::At`].
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let mut events = map.journal().follow(hazelcast_client::JournalStart::Oldest).await?;
    /// let positions = events.positions();
    /// # Ok(()) }
    /// ```
    pub fn positions(&self) -> Vec<i64> {
        self.positions.clone()
    }

    fn ask(&self, wanted: Wanted) {
        let (client, name, filter) = (self.client.clone(), Arc::clone(&self.name), self.filter.clone());
        let read = async move { (wanted, fetch(&client, &name, filter.as_ref(), wanted).await) };
        self.reads.push(Box::pin(read));
    }

    fn go_to(&mut self, partition: i32, next: i64) {
        let position = usize::try_from(partition).ok().and_then(|index| self.positions.get_mut(index));
        if let Some(position) = position {
            *position = next;
        }
    }
}

impl<K: FromData, V: FromData> JournalEvents<K, V> {
    streamed!(
        Result<Event<JournalEvent<K, V>>, Error>,
        "map: hazelcast_client::Map<String, i64>",
        "map.journal().follow(hazelcast_client::JournalStart::Oldest).await?"
    );

    /// The next event; none when the client is closed. Events that gave way before they were read are a [`Gap::Overflow`]:
    /// so many, or fewer where they are filtered. After an error it can be asked again: nothing is lost by that, but an
    /// event whose key or value is of another type is passed over.
    ///
    /// ```no_run
    /// # async fn example(map: hazelcast_client::Map<String, i64>) -> Result<(), hazelcast_client::Error> {
    /// let mut events = map.journal().follow(hazelcast_client::JournalStart::Oldest).await?;
    /// while let Some(event) = events.next().await {
    ///     println!("{:?}", event?);
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn next(&mut self) -> Option<Result<Event<JournalEvent<K, V>>, Error>> {
        loop {
            let missed = std::mem::take(&mut self.missed);
            if missed > 0 {
                return Some(Ok(Event::Gap(Gap::Overflow(missed))));
            }
            if let Some(event) = self.read.front() {
                let (partition, next) = (event.partition, event.sequence + 1);
                let event = event.read(&self.client).await;
                self.read.pop_front();
                self.go_to(partition, next);
                return Some(event.map(Event::Item));
            }
            if let Some((wanted, next)) = self.then.take() {
                self.go_to(wanted.partition, next);
                self.ask(Wanted { start: next, ..wanted });
            }
            let mut states = self.client.state.subscribe();
            let read = tokio::select! {
                biased;
                _ = states.wait_for(|state| *state == State::Closed) => return None,
                read = self.reads.next() => read,
            };
            match read? {
                (wanted, Ok(fetched)) => {
                    self.then = Some((wanted, fetched.next));
                    self.missed = fetched.missed;
                    self.read = fetched.events.into();
                }
                (wanted, Err(error)) => {
                    self.then = Some((wanted, wanted.start));
                    return Some(Err(error));
                }
            }
        }
    }
}

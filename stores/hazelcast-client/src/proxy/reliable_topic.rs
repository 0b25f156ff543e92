//! Reliable topics: messages in a ringbuffer, read by each listener at its own pace.

use std::borrow::Borrow;
use std::collections::VecDeque;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::sleep;
use uuid::Uuid;

use super::{Overflow, Ringbuffer, TopicMessage};
use crate::client::Alive;
use crate::cluster::State;
use crate::data::Data;
use crate::error::Error;
use crate::listener::{Event, Gap};
use crate::serialization::{DataError, FromData, Input, Output, ToData, types};
use crate::streamed::streamed;

/// What the ringbuffer behind a topic is named.
const PREFIX: &str = "_hz_rb_";

/// Messages that are read at once.
const BATCH: usize = 100;

/// While there is no room.
const PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// A topic whose messages lie in a ringbuffer: who listens gets each at least once, as long as it keeps up with the
/// ringbuffer's capacity, also over lost connections. Handles are cheap.
///
/// ```no_run
/// # use hazelcast_client::{Client, Error, Event};
/// # async fn example(client: Client) -> Result<(), Error> {
/// let news = client.reliable_topic::<String>("news");
/// let mut messages = news.listen().await?;
/// news.publish("rain").await?;
/// if let Some(Ok(Event::Item(message))) = messages.next().await {
///     assert_eq!(message.message, "rain");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ReliableTopic<T> {
    ring: Ringbuffer<Envelope>,
    name: String,
    message: std::marker::PhantomData<fn() -> T>,
}

impl<T> ReliableTopic<T> {
    pub(crate) fn new(client: Alive, name: &str) -> Self {
        let ring = Ringbuffer::new(client, &format!("{PREFIX}{name}"));
        Self { ring, name: name.to_owned(), message: std::marker::PhantomData }
    }

    /// The topic's name.
    ///
    /// ```no_run
    /// # async fn example(topic: hazelcast_client::ReliableTopic<String>) -> Result<(), hazelcast_client::Error> {
    /// println!("{}", topic.name());
    /// # Ok(()) }
    /// ```
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Sends a message; waits while there is no room for it, as older ones have a time to live and have it still.
    ///
    /// # Errors
    /// Where members cannot be reached, or refuse.
    ///
    /// ```no_run
    /// # async fn example(topic: hazelcast_client::ReliableTopic<String>) -> Result<(), hazelcast_client::Error> {
    /// topic.publish("hello").await?;
    /// # Ok(()) }
    /// ```
    pub async fn publish<M>(&self, message: &M) -> Result<(), Error>
    where
        T: Borrow<M>,
        M: ToData + ?Sized,
    {
        let message = self.ring.client().to_data(message).await?;
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let envelope = Envelope { published_millis: super::millis(since), message };
        let mut pause = PAUSE;
        while self.ring.add(&envelope, Overflow::Fail).await?.is_none() {
            sleep(pause).await;
            pause = LONGEST_PAUSE.min(pause * 2);
        }
        Ok(())
    }

    /// Listens to all messages that are sent from now on.
    ///
    /// # Errors
    /// As [`publish`](Self::publish).
    ///
    /// ```no_run
    /// # async fn example(topic: hazelcast_client::ReliableTopic<String>) -> Result<(), hazelcast_client::Error> {
    /// let mut messages = topic.listen().await?;
    /// while let Some(message) = messages.next().await {
    ///     println!("{:?}", message?);
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn listen(&self) -> Result<ReliableMessages<T>, Error> {
        let next = self.ring.tail_sequence().await? + 1;
        Ok(self.listen_from(next))
    }

    /// Listens to messages from a number on, which [`ReliableMessages::sequence`] has told before: to go on where one was.
    ///
    /// ```no_run
    /// # async fn example(topic: hazelcast_client::ReliableTopic<String>) -> Result<(), hazelcast_client::Error> {
    /// // From the oldest message that is still there.
    /// let mut messages = topic.listen_from(0);
    /// let first = messages.next().await;
    /// # Ok(()) }
    /// ```
    pub fn listen_from(&self, sequence: i64) -> ReliableMessages<T> {
        let ring = self.ring.clone();
        ReliableMessages { ring, next: sequence, read: VecDeque::new(), message: std::marker::PhantomData }
    }
}

/// Messages, one after the other.
///
/// ```no_run
/// # async fn example(topic: hazelcast_client::ReliableTopic<String>) -> Result<(), hazelcast_client::Error> {
/// let mut messages = topic.listen().await?;
/// while let Some(message) = messages.next().await {
///     println!("{:?}", message?);
/// }
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct ReliableMessages<T> {
    ring: Ringbuffer<Envelope>,
    /// Where reading goes on.
    next: i64,
    /// What was read and not taken.
    read: VecDeque<(i64, Envelope)>,
    message: std::marker::PhantomData<fn() -> T>,
}

impl<T: FromData> ReliableMessages<T> {
    streamed!(
        Result<Event<TopicMessage<T>>, Error>,
        "topic: hazelcast_client::ReliableTopic<String>",
        "topic.listen().await?"
    );

    /// The number of the message that comes next.
    ///
    /// ```no_run
    /// # async fn example(topic: hazelcast_client::ReliableTopic<String>) -> Result<(), hazelcast_client::Error> {
    /// let messages = topic.listen().await?;
    /// // Another listener goes on from here.
    /// let position = messages.sequence();
    /// # Ok(()) }
    /// ```
    pub fn sequence(&self) -> i64 {
        self.read.front().map_or(self.next, |(sequence, _)| *sequence)
    }

    /// The next message; none when the client is closed. Messages that gave way before they were read are a
    /// [`Gap::Overflow`]. After an error it can be asked again: nothing is lost by that, but a message that is no `T` is
    /// passed over. Nothing is lost where the future is dropped.
    ///
    /// ```no_run
    /// # async fn example(topic: hazelcast_client::ReliableTopic<String>) -> Result<(), hazelcast_client::Error> {
    /// let mut messages = topic.listen().await?;
    /// while let Some(message) = messages.next().await {
    ///     println!("{:?}", message?);
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn next(&mut self) -> Option<Result<Event<TopicMessage<T>>, Error>> {
        while self.read.is_empty() {
            let client = self.ring.client().clone();
            let mut states = client.state.subscribe();
            let batch = tokio::select! {
                biased;
                _ = states.wait_for(|state| *state == State::Closed) => return None,
                batch = self.ring.read_many(self.next, 1, BATCH) => batch,
            };
            match batch {
                Ok(batch) => {
                    // What has given way is passed over by the member without a word.
                    let first = batch.items.first().map_or(self.next, |(sequence, _)| *sequence);
                    let missed = u64::try_from(first.saturating_sub(self.next)).unwrap_or_default();
                    self.next = batch.next;
                    self.read.extend(batch.items);
                    if missed > 0 {
                        return Some(Ok(Event::Gap(Gap::Overflow(missed))));
                    }
                }
                Err(error) => return Some(Err(error)),
            }
        }
        let (_, envelope) = self.read.front()?;
        let (published_millis, member) = (envelope.published_millis, Uuid::nil());
        let message = self.ring.client().to_value(&envelope.message).await;
        self.read.pop_front();
        Some(message.map(|message| Event::Item(TopicMessage { message, published_millis, member })))
    }
}

/// A message as it lies in the ringbuffer.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Envelope {
    published_millis: i64,
    message: Data,
}

const FACTORY: i32 = -9;
const CLASS: i32 = 2;

impl ToData for Envelope {
    fn type_id(&self) -> i32 {
        types::IDENTIFIED
    }

    fn write(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        output.u8(1);
        output.i32(FACTORY);
        output.i32(CLASS);
        output.i64(self.published_millis);
        // Who has sent it: members tell their addresses, clients have none.
        output.i32(types::NULL);
        output.length(self.message.as_bytes().len());
        output.bytes(self.message.as_bytes());
        Ok(())
    }
}

impl FromData for Envelope {
    fn read(type_id: i32, input: &mut Input<'_>) -> Result<Self, DataError> {
        let other = DataError::Type { expected: "a message of a reliable topic", found: type_id };
        if type_id != types::IDENTIFIED {
            return Err(other);
        }
        if (input.u8()?, input.i32()?, input.i32()?) != (1, FACTORY, CLASS) {
            return Err(other);
        }
        let published_millis = input.i64()?;
        address(input)?;
        let length = input.length()?.ok_or(DataError::Null { expected: "a message" })?;
        let message = Data::from_bytes(input.bytes(length)?.to_vec().into()).ok_or(DataError::Short)?;
        Ok(Self { published_millis, message })
    }
}

/// Passes over the address of a member: port, kind, host.
fn address(input: &mut Input<'_>) -> Result<(), DataError> {
    match input.i32()? {
        types::NULL => Ok(()),
        types::IDENTIFIED => {
            let _identified = (input.u8()?, input.i32()?, input.i32()?);
            let _address = (input.i32()?, input.u8()?, input.text()?);
            Ok(())
        }
        found => Err(DataError::Type { expected: "an address", found }),
    }
}

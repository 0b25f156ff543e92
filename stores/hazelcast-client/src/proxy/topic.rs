//! Topics: messages to whoever listens just then.

use std::borrow::Borrow;
use std::marker::PhantomData;
use std::sync::Arc;

use uuid::Uuid;

use super::named::Named;
use super::next;
use crate::client::Alive;
use crate::codec::{Event as _, TopicEvent, TopicListen, TopicPublish, TopicPublishAll, TopicUnlisten};
use crate::data::Data;
use crate::error::Error;
use crate::frame::Message;
use crate::invocation::Outgoing;
use crate::listener::{self, Event, Listening, Sink, Source};
use crate::serialization::{FromData, ToData};
use crate::streamed::streamed;

/// A topic of the cluster: each message goes to all who listen, at most once. Handles are cheap.
///
/// **Cancelling**: a message whose future is dropped before it is ready may have been published or not.
///
/// ```no_run
/// # use hazelcast_client::{Client, Error, Event};
/// # async fn example(client: Client) -> Result<(), Error> {
/// let news = client.topic::<String>("news");
/// let mut messages = news.listen().await?;
/// news.publish("rain").await?;
/// while let Some(message) = messages.next().await {
///     if let Event::Item(message) = message? {
///         println!("{}", message.message);
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Topic<T> {
    named: Named,
    message: PhantomData<fn() -> T>,
}

impl<T> Clone for Topic<T> {
    fn clone(&self) -> Self {
        Self { named: self.named.clone(), message: PhantomData }
    }
}

impl<T> Topic<T> {
    pub(crate) fn new(client: Alive, name: &str) -> Self {
        Self { named: Named::new(client, name), message: PhantomData }
    }

    /// The topic's name.
    ///
    /// ```no_run
    /// # async fn example(topic: hazelcast_client::Topic<String>) -> Result<(), hazelcast_client::Error> {
    /// println!("{}", topic.name());
    /// # Ok(()) }
    /// ```
    pub fn name(&self) -> &str {
        &self.named.name
    }

    /// Sends a message to all who listen.
    ///
    /// # Errors
    /// Where members cannot be reached, or refuse.
    ///
    /// ```no_run
    /// # async fn example(topic: hazelcast_client::Topic<String>) -> Result<(), hazelcast_client::Error> {
    /// topic.publish("hello").await?;
    /// # Ok(()) }
    /// ```
    pub async fn publish<M>(&self, message: &M) -> Result<(), Error>
    where
        T: Borrow<M>,
        M: ToData + ?Sized,
    {
        let message = self.named.data(message).await?;
        self.named.call(&TopicPublish { name: &self.named.name, message: &message }).await
    }

    /// Sends messages one after the other.
    ///
    /// # Errors
    /// As [`publish`](Self::publish).
    ///
    /// ```no_run
    /// # async fn example(topic: hazelcast_client::Topic<String>) -> Result<(), hazelcast_client::Error> {
    /// topic.publish_all(["hello", "world"]).await?;
    /// # Ok(()) }
    /// ```
    pub async fn publish_all<'m, M>(&self, messages: impl IntoIterator<Item = &'m M>) -> Result<(), Error>
    where
        T: Borrow<M>,
        M: ToData + ?Sized + 'm,
    {
        let messages = self.named.all_data(messages).await?;
        self.named.call(&TopicPublishAll { name: &self.named.name, messages: &messages }).await
    }

    /// Listens; when it returns, all messages that are sent from now on come.
    ///
    /// # Errors
    /// As [`publish`](Self::publish).
    ///
    /// ```no_run
    /// # async fn example(topic: hazelcast_client::Topic<String>) -> Result<(), hazelcast_client::Error> {
    /// let mut messages = topic.listen().await?;
    /// while let Some(message) = messages.next().await {
    ///     println!("{:?}", message?);
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn listen(&self) -> Result<TopicMessages<T>, Error> {
        let (sink, queue) = listener::queue(self.named.client.config.event_queue);
        let source = TopicSource { name: Arc::clone(&self.named.name), sink };
        let listening = self.named.client.listen(Arc::new(source)).await?;
        Ok(TopicMessages { named: self.named.clone(), queue, _listening: listening, message: PhantomData })
    }
}

/// A message, as whoever listens gets it.
///
/// ```no_run
/// # async fn example(topic: hazelcast_client::Topic<String>) -> Result<(), hazelcast_client::Error> {
/// let mut messages = topic.listen().await?;
/// if let Some(Ok(hazelcast_client::Event::Item(message))) = messages.next().await {
///     println!("{message:?}");
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TopicMessage<T> {
    /// What was sent.
    pub message: T,
    /// When the member took it, in milliseconds since 1970.
    pub published_millis: i64,
    /// The member that took it; nil where that is not known.
    pub member: Uuid,
}

/// Messages, one after the other. Dropping it ends the listening.
///
/// ```no_run
/// # async fn example(topic: hazelcast_client::Topic<String>) -> Result<(), hazelcast_client::Error> {
/// let mut messages = topic.listen().await?;
/// while let Some(message) = messages.next().await {
///     println!("{:?}", message?);
/// }
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct TopicMessages<T> {
    named: Named,
    queue: listener::Queue<TopicMessage<Data>>,
    _listening: Listening,
    message: PhantomData<fn() -> T>,
}

impl<T: FromData> TopicMessages<T> {
    streamed!(
        Result<Event<TopicMessage<T>>, Error>,
        "topic: hazelcast_client::Topic<String>",
        "topic.listen().await?"
    );

    /// The next message; none when the client is closed.
    ///
    /// ```no_run
    /// # async fn example(topic: hazelcast_client::Topic<String>) -> Result<(), hazelcast_client::Error> {
    /// let mut messages = topic.listen().await?;
    /// while let Some(message) = messages.next().await {
    ///     println!("{:?}", message?);
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn next(&mut self) -> Option<Result<Event<TopicMessage<T>>, Error>> {
        match next(&self.named.client, &mut self.queue).await? {
            Event::Gap(gap) => Some(Ok(Event::Gap(gap))),
            Event::Item(TopicMessage { message, published_millis, member }) => {
                let message = self.named.client.to_value(&message).await;
                Some(message.map(|message| Event::Item(TopicMessage { message, published_millis, member })))
            }
        }
    }
}

#[derive(Debug)]
struct TopicSource {
    name: Arc<str>,
    sink: Sink<TopicMessage<Data>>,
}

impl Source for TopicSource {
    fn add(&self, is_local: bool) -> Box<dyn Outgoing + '_> {
        Box::new(TopicListen { is_local, name: &self.name })
    }

    fn remove(&self, registration: Uuid) -> Box<dyn Outgoing + '_> {
        Box::new(TopicUnlisten { registration, name: &self.name })
    }

    fn event(&self, message: &Message) {
        if let Ok(TopicEvent { published, member, message }) = TopicEvent::read(message) {
            self.sink.item(TopicMessage { message, published_millis: published, member });
        }
    }

    fn lost(&self) {
        self.sink.lost();
    }
}

//! One server: a connection that many calls share, made when it is needed, and the order in which calls go out.
//!
//! Calls stand in a queue from the first time that they are polled, and a task of the runtime sends them. So they go out in that
//! order, also where the connection has to be made first, and none waits for another that nobody polls.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use cep_engine::store::{StoreError, StoreErrorKind};
use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::{AsyncConnectionConfig, Client, Cmd, Pipeline, PushInfo, PushKind, RedisError, Value};
use tokio::sync::{mpsc, oneshot};

use crate::address;
use crate::failure::{Act, Failure};
use crate::options::RedisOptions;
use crate::turn;

/// How many calls may wait to be sent: more than there ever are. Were the queue full, those who wait for a place would not
/// get into it in their order.
const QUEUE: usize = 1 << 24;

/// A server.
pub(crate) struct Node {
    /// As it is told.
    pub(crate) at: String,
    line: Arc<Line>,
    /// To the task that sends; none before the first call.
    calls: Mutex<Option<mpsc::UnboundedSender<Call>>>,
}

/// How connections to a server are made.
struct Line {
    client: Client,
    options: RedisOptions,
    /// How many were tried.
    tries: AtomicU64,
}

/// Commands that wait to be sent, and who waits for their answers.
struct Call {
    commands: Pipeline,
    /// How many connections had been tried then.
    seen: u64,
    reply: oneshot::Sender<Answers>,
}

type Answers = Result<Vec<Value>, Failure>;

/// How we stand with a server.
enum Link {
    None,
    Up(Connection),
    /// The try with this number failed: those who waited for it need not try as well.
    Failed(u64, RedisError),
}

#[derive(Clone)]
struct Connection {
    calls: MultiplexedConnection,
    is_broken: Arc<AtomicBool>,
}

impl Node {
    pub(crate) fn new(client: Client, options: RedisOptions) -> Self {
        let at = address::told(&client);
        let line = Line { client, options, tries: AtomicU64::new(0) };
        Self { at, line: Arc::new(line), calls: Mutex::new(None) }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.line.client
    }

    /// The error to tell. A server may repeat in its answer what it was sent: where that is the password, nothing of the
    /// answer is told.
    pub(crate) fn told(&self, failure: Failure, act: Act) -> StoreError {
        let is_in = |secret: &str| !secret.is_empty() && failure.words().contains(secret);
        if self.line.client.get_connection_info().redis_settings().password().is_some_and(is_in) {
            let what = format!("Redis at {} refuses the greeting (`HELLO 3 AUTH`)", self.at);
            return StoreError::new(StoreErrorKind::Setup, what)
                .with_help("see whether the server renames commands");
        }
        failure.told(&self.at, act)
    }

    /// The answer to one command.
    pub(crate) async fn ask(&self, command: Cmd) -> Result<Value, Failure> {
        let mut one = Pipeline::with_capacity(1);
        one.add_command(command);
        let mut answers = self.send(one).await?;
        match answers.pop() {
            Some(Value::ServerError(error)) => Err(Failure::Refused(error)),
            answer => Ok(answer.unwrap_or(Value::Nil)),
        }
    }

    /// Sends commands and waits for their answers, among which errors may be. Calls go out in the order in which they are
    /// first polled; one that nobody waits for any more before it goes out does not.
    pub(crate) async fn send(&self, commands: Pipeline) -> Answers {
        let (reply, answers) = oneshot::channel();
        self.queue(Call { commands, seen: self.line.tries.load(Ordering::Acquire), reply });
        let cut_off = || {
            let error = std::io::Error::new(std::io::ErrorKind::BrokenPipe, "the runtime has ended");
            Err(Failure::Lost(error.into()))
        };
        answers.await.unwrap_or_else(|_| cut_off())
    }

    /// The task ends with the runtime that it was begun on; there may be another one now.
    fn queue(&self, call: Call) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let left = match &*calls {
            Some(queue) => queue.send(call).err().map(|refused| refused.0),
            None => Some(call),
        };
        let Some(call) = left else { return };
        let (queue, waiting) = mpsc::unbounded_channel();
        tokio::spawn(Arc::clone(&self.line).send_all(waiting));
        // Its other end is held by the task.
        drop(queue.send(call));
        *calls = Some(queue);
    }
}

impl Line {
    /// Sends what comes until nobody can call any more.
    async fn send_all(self: Arc<Self>, mut calls: mpsc::UnboundedReceiver<Call>) {
        let mut link = Link::None;
        while let Some(call) = calls.recv().await {
            if call.reply.is_closed() {
                continue;
            }
            match self.connected(&mut link, call.seen).await {
                // A task that has done much is made to wait by tokio, even where nothing has to be waited for.
                Ok(connection) => tokio::task::unconstrained(connection.send(call)).await,
                Err(error) => drop(call.reply.send(Err(Failure::Connect(error)))),
            }
        }
    }

    async fn connected(&self, link: &mut Link, seen: u64) -> Result<Connection, RedisError> {
        match link {
            Link::Up(connection) if !connection.is_broken.load(Ordering::Acquire) => {
                return Ok(connection.clone());
            }
            Link::Failed(number, error) if *number > seen => return Err(error.clone()),
            _ => {}
        }
        let number = self.tries.fetch_add(1, Ordering::AcqRel) + 1;
        match self.connect().await {
            Ok(connection) => {
                *link = Link::Up(connection.clone());
                Ok(connection)
            }
            Err(error) => {
                *link = Link::Failed(number, error.clone());
                Err(error)
            }
        }
    }

    async fn connect(&self) -> Result<Connection, RedisError> {
        let is_broken = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&is_broken);
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.options.connect_timeout))
            .set_response_timeout(Some(self.options.answer_timeout))
            .set_pipeline_buffer_size(QUEUE)
            .set_push_sender(move |push: PushInfo| -> Result<(), ()> {
                if push.kind == PushKind::Disconnection {
                    told.store(true, Ordering::Release);
                }
                Ok(())
            });
        let calls = self.client.get_multiplexed_async_connection_with_config(&config).await?;
        Ok(Connection { calls, is_broken })
    }
}

impl Connection {
    /// Puts a call into the connection's queue; the answers are waited for elsewhere.
    async fn send(mut self, Call { commands, reply, .. }: Call) {
        let mut answers = Box::pin(async move {
            let answers = self.calls.req_packed_commands(&commands, 0, commands.len()).await;
            answers.map_err(|error| {
                // Also after a time-out: what is behind an answer that does not come would wait as long.
                self.is_broken.store(true, Ordering::Release);
                Failure::Lost(error)
            })
        });
        match turn::begin(answers.as_mut()).await {
            Poll::Ready(answers) => drop(reply.send(answers)),
            Poll::Pending => drop(tokio::spawn(async move { drop(reply.send(answers.await)) })),
        }
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Node").field(&self.at).finish()
    }
}

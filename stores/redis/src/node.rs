//! One server: a connection that many calls share, made when it is needed, and the order in which calls go out.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use cep_engine::store::{StoreError, StoreErrorKind};
use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::{AsyncConnectionConfig, Client, Cmd, Pipeline, PushInfo, PushKind, RedisError, Value};
use tokio::sync::Mutex;

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
    client: Client,
    options: RedisOptions,
    link: Mutex<Link>,
    /// How many connections were tried.
    tries: AtomicU64,
}

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
        Self { at, client, options, link: Mutex::new(Link::None), tries: AtomicU64::new(0) }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The error to tell. A server may repeat in its answer what it was sent: where that is the password, nothing of the
    /// answer is told.
    pub(crate) fn told(&self, failure: Failure, act: Act) -> StoreError {
        let is_in = |secret: &str| !secret.is_empty() && failure.words().contains(secret);
        if self.client.get_connection_info().redis_settings().password().is_some_and(is_in) {
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
        let mut answers = self.send(&one).await?;
        match answers.pop() {
            Some(Value::ServerError(error)) => Err(Failure::Refused(error)),
            answer => Ok(answer.unwrap_or(Value::Nil)),
        }
    }

    /// Sends commands and waits for their answers, among which errors may be. Calls go out in the order in which they are
    /// first polled, also where the connection has to be made first: the lock is fair, and is held until the commands stand
    /// in the connection's queue.
    pub(crate) async fn send(&self, commands: &Pipeline) -> Result<Vec<Value>, Failure> {
        // A task that has done much is made to wait by tokio, even where nothing has to be waited for: others would overtake.
        tokio::task::unconstrained(self.send_in_turn(commands)).await
    }

    async fn send_in_turn(&self, commands: &Pipeline) -> Result<Vec<Value>, Failure> {
        let seen = self.tries.load(Ordering::Acquire);
        let mut link = self.link.lock().await;
        let mut connection = self.connected(&mut link, seen).await.map_err(Failure::Connect)?;
        let mut answers = pin!(connection.calls.req_packed_commands(commands, 0, commands.len()));
        let begun = turn::begin(answers.as_mut()).await;
        drop(link);
        turn::end(begun, answers.as_mut()).await.map_err(|error| {
            // Also after a time-out: what is behind an answer that does not come would wait as long.
            connection.is_broken.store(true, Ordering::Release);
            Failure::Lost(error)
        })
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

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Node").field(&self.at).finish()
    }
}

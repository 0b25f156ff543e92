//! Which server has which slot: one server for all, or the masters of a cluster.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use cep_engine::store::{StoreError, StoreErrorKind};
use redis::{Cmd, Pipeline, Value};

use crate::address;
use crate::failure::{Act, Failure};
use crate::node::Node;
use crate::options::RedisOptions;
use crate::reply::{self, Bad};
use crate::setup::Setup;
use crate::slot::Slot;

/// All servers that a store knows.
#[derive(Debug)]
pub(crate) struct Servers {
    /// Those whose urls were given.
    seeds: Vec<Arc<Node>>,
    options: RedisOptions,
    map: RwLock<Arc<Map>>,
}

#[derive(Debug)]
enum Map {
    One(Arc<Node>),
    /// The first slot of each range with the last one and its master.
    Slots(BTreeMap<Slot, (Slot, Arc<Node>)>),
}

impl Servers {
    /// Connects to the first server that answers, and asks it for the others if it is of a cluster.
    pub(crate) async fn connect(urls: &[&str], options: &RedisOptions) -> Result<Self, StoreError> {
        let seed = |url: &&str| {
            let client = address::client(url, options)?;
            Ok(Arc::new(Node::new(client, options.clone())))
        };
        let seeds: Vec<_> = urls.iter().map(seed).collect::<Result<_, StoreError>>()?;
        let mut failed = StoreError::new(StoreErrorKind::Setup, "no url of a Redis server was given");
        for node in &seeds {
            match Setup::of(node).await {
                Ok(setup) => {
                    let map = first_map(node, &setup, &seeds, options).await?;
                    return Ok(Self { seeds, options: options.clone(), map: RwLock::new(Arc::new(map)) });
                }
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }

    fn map(&self) -> Arc<Map> {
        Arc::clone(&self.map.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The server that has a slot.
    pub(crate) fn node(&self, slot: Slot) -> Result<Arc<Node>, StoreError> {
        match &*self.map() {
            Map::One(node) => Ok(Arc::clone(node)),
            Map::Slots(ranges) => {
                let range = ranges.range(..=slot).next_back();
                let node =
                    range.filter(|(_, (last, _))| slot <= *last).map(|(_, (_, node))| Arc::clone(node));
                node.ok_or_else(|| {
                    let what = format!("no server of the cluster has slot {}", slot.0);
                    StoreError::new(StoreErrorKind::Unavailable, what)
                        .with_help("see `CLUSTER SLOTS`; wait for the fail-over, or assign the slot")
                })
            }
        }
    }

    /// All servers that may hold keys.
    pub(crate) fn all(&self) -> Vec<Arc<Node>> {
        match &*self.map() {
            Map::One(node) => vec![Arc::clone(node)],
            Map::Slots(ranges) => {
                let mut nodes: Vec<Arc<Node>> = Vec::new();
                for (_, node) in ranges.values() {
                    if !nodes.iter().any(|known| Arc::ptr_eq(known, node)) {
                        nodes.push(Arc::clone(node));
                    }
                }
                nodes
            }
        }
    }

    /// The answer to a command about a slot. What may be repeated is, once: over a new connection, or at the server to which
    /// the slot has moved.
    pub(crate) async fn ask(&self, slot: Slot, command: Cmd, act: Act) -> Result<Value, StoreError> {
        let node = self.node(slot)?;
        let failure = match node.ask(command.clone()).await {
            Ok(answer) => return Ok(answer),
            Err(failure) => failure,
        };
        self.look_again(&failure).await;
        if !may_repeat(&failure, act) {
            return Err(node.told(failure, act));
        }
        let node = self.node(slot)?;
        node.ask(command).await.map_err(|failure| node.told(failure, act))
    }

    /// Sends commands about a slot that are done once at most; the first error counts, or else the last answer. Calls go out
    /// in the order in which they are first polled.
    pub(crate) async fn send_once(&self, slot: Slot, commands: Pipeline) -> Result<Value, StoreError> {
        let node = self.node(slot)?;
        let answers = node.send(commands).await.and_then(|answers| {
            answers.into_iter().try_fold(Value::Nil, |_, answer| match answer {
                Value::ServerError(error) => Err(Failure::Refused(error)),
                answer => Ok(answer),
            })
        });
        match answers {
            Ok(last) => Ok(last),
            Err(failure) => {
                self.look_again(&failure).await;
                Err(node.told(failure, Act::Once))
            }
        }
    }

    async fn look_again(&self, failure: &Failure) {
        if failure.is_elsewhere() || matches!(failure, Failure::Connect(_) | Failure::Lost(_)) {
            self.refresh().await;
        }
    }

    /// In a cluster, who has which slots now. Where that cannot be had the old answer has to do.
    pub(crate) async fn refresh(&self) {
        if matches!(*self.map(), Map::One(_)) {
            return;
        }
        let mut known = self.all();
        known.extend(self.seeds.iter().cloned());
        for node in &known {
            if let Ok(map) = slots(node, &known, &self.options).await {
                *self.map.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(map);
                return;
            }
        }
    }
}

/// Whether it is right and of use to send it once more.
fn may_repeat(failure: &Failure, act: Act) -> bool {
    match failure {
        Failure::Lost(error) => act == Act::Read && !error.is_timeout(),
        Failure::Connect(_) => false,
        Failure::Refused(_) => act != Act::Once && failure.is_elsewhere(),
    }
}

async fn first_map(
    node: &Arc<Node>,
    setup: &Setup,
    seeds: &[Arc<Node>],
    options: &RedisOptions,
) -> Result<Map, StoreError> {
    if setup.is_cluster {
        return slots(node, seeds, options).await;
    }
    if seeds.len() > 1 {
        let what = format!("Redis at {} is no server of a cluster, and several urls were given", node.at);
        return Err(StoreError::new(StoreErrorKind::Setup, what).with_help("give the url of one server"));
    }
    Ok(Map::One(Arc::clone(node)))
}

/// Asks a server of a cluster who has which slots. Servers that are known keep their connections.
async fn slots(asked: &Arc<Node>, known: &[Arc<Node>], options: &RedisOptions) -> Result<Map, StoreError> {
    let mut command = redis::cmd("CLUSTER");
    command.arg("SLOTS");
    let answer = asked.ask(command).await.map_err(|failure| asked.told(failure, Act::Read))?;
    let mut nodes = known.to_vec();
    let mut ranges = BTreeMap::new();
    for range in reply::list(answer).map_err(|bad| bad.told(&asked.at))? {
        let (first, last, host, port) = range_of(range).map_err(|bad| bad.told(&asked.at))?;
        let client = match host {
            Some(host) => address::beside(asked.client(), &host, port),
            None => address::at_port(asked.client(), port),
        };
        let at = address::told(&client);
        let node = nodes.iter().find(|node| node.at == at).cloned();
        let node = node.unwrap_or_else(|| Arc::new(Node::new(client, options.clone())));
        nodes.push(Arc::clone(&node));
        ranges.insert(first, (last, node));
    }
    Ok(Map::Slots(ranges))
}

/// First slot, last slot, host of the master (none: the one that was asked) and its port.
fn range_of(range: Value) -> Result<(Slot, Slot, Option<String>, u16), Bad> {
    let mut parts = reply::list(range)?.into_iter();
    let mut slot = || -> Result<Slot, Bad> { Ok(Slot(reply::small(parts.next().unwrap_or(Value::Nil))?)) };
    let (first, last) = (slot()?, slot()?);
    let mut master = reply::list(parts.next().unwrap_or(Value::Nil))?.into_iter();
    let host = match master.next() {
        None | Some(Value::Nil) => None,
        Some(host) => Some(reply::text(host)?).filter(|host| !host.is_empty() && host != "?"),
    };
    Ok((first, last, host, reply::small(master.next().unwrap_or(Value::Nil))?))
}

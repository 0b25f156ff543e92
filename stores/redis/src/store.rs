//! The store: one namespace in Redis, and the contract of `cep_engine::store` over the steps of the other modules.

use std::collections::BTreeSet;
use std::fmt;
use std::pin::pin;
use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use cep_core::time::Timestamp;
use cep_engine::store::{
    Changes, Due, DueCursor, Entry, Fresh, GroupId, Namespace, Opened, Page, StateStore, StoreError,
    StoreErrorKind, Version,
};
use redis::Value;
use tokio::sync::Mutex;
use tokio::task::unconstrained;

use crate::durability::Durability;
use crate::failure::Act;
use crate::group::GroupAt;
use crate::keys::{self, RootKey};
use crate::life::{Found, Life};
use crate::node::Node;
use crate::options::RedisOptions;
use crate::read::Outbox;
use crate::reply::{self, Bad};
use crate::servers::Servers;
use crate::setup::Setup;
use crate::turn::{self, Flight};
use crate::write::Written;

/// One namespace in Redis, 7 or newer.
///
/// It needs the tokio runtime of its caller, with I/O and time: [`RedisStore::connect`] and all futures are polled there, and
/// the runtime that made the connection has to stay for as long as the store is used. All calls share one connection a
/// server. Where it has broken the next call makes another; reads are tried once more, commits never are.
pub struct RedisStore {
    namespace: Namespace,
    root: RootKey,
    servers: Servers,
    life: RwLock<Option<KnownLife>>,
    /// Whose turn it is to send a commit.
    turn: Mutex<()>,
    flight: Flight,
}

/// What does not change while a namespace lives.
#[derive(Clone, Debug)]
struct KnownLife {
    birth: Arc<str>,
    groups: u16,
}

impl RedisStore {
    /// Connects to a server: `redis://USER:PASSWORD@HOST:PORT/DB`, `rediss://…` for TLS, `redis+unix:///PATH?db=DB&user=…&pass=…`.
    /// If it is of a cluster, the others are found through it.
    ///
    /// # Errors
    /// [`StoreErrorKind::Setup`] for what a person has to change: url, password, certificate. [`StoreErrorKind::Unavailable`]
    /// where nobody answers. How the server is set up is checked by [`StateStore::open`].
    pub async fn connect(
        url: &str,
        namespace: Namespace,
        options: &RedisOptions,
    ) -> Result<Self, StoreError> {
        Self::connect_cluster(&[url], namespace, options).await
    }

    /// Connects to the first server of a cluster that answers, which tells the others.
    ///
    /// # Errors
    /// As [`RedisStore::connect`]; [`StoreErrorKind::Setup`] also where there are several urls and the server is of no cluster.
    pub async fn connect_cluster(
        urls: &[&str],
        namespace: Namespace,
        options: &RedisOptions,
    ) -> Result<Self, StoreError> {
        let servers = Servers::connect(urls, options).await?;
        Ok(Self {
            root: RootKey::of(&namespace),
            namespace,
            servers,
            life: RwLock::new(None),
            turn: Mutex::new(()),
            flight: Flight::default(),
        })
    }

    /// What the servers promise to keep, as they are set up now: words for the user.
    ///
    /// # Errors
    /// Where a server cannot be asked.
    pub async fn durability(&self) -> Result<Durability, StoreError> {
        let mut least: Option<Durability> = None;
        for node in self.servers.all() {
            let found = Setup::of(&node).await?.durability(&node).await;
            least = Some(least.map_or(found, |least| least.least(found)));
        }
        least.ok_or_else(|| StoreError::new(StoreErrorKind::Unavailable, "the cluster has no servers"))
    }

    fn life(&self) -> Life<'_> {
        Life { servers: &self.servers, namespace: &self.namespace, root: &self.root }
    }

    fn known(&self) -> Option<KnownLife> {
        self.life.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn learn(&self, life: Option<KnownLife>) {
        *self.life.write().unwrap_or_else(PoisonError::into_inner) = life;
    }

    fn found(&self, found: Found) -> Opened {
        let groups = u16::try_from(found.opened.groups.len()).unwrap_or(u16::MAX);
        self.learn(Some(KnownLife { birth: found.birth.into(), groups }));
        found.opened
    }

    /// The namespace's life as it is now; none where there is no namespace. What was known of one that is gone stays known:
    /// all that its owner tries from now on is refused as lost.
    async fn learnt(&self) -> Result<Option<KnownLife>, StoreError> {
        let root = self.life().root().read().await?.filter(|root| root.is_made);
        let life = root.map(|root| KnownLife { birth: root.birth.into(), groups: root.groups });
        if life.is_some() {
            self.learn(life.clone());
        }
        Ok(life)
    }

    /// The life of the namespace that this handle knows, or is told if it knows none.
    async fn current(&self) -> Result<Option<KnownLife>, StoreError> {
        match self.known() {
            Some(life) => Ok(Some(life)),
            None => self.learnt().await,
        }
    }

    fn group(&self, group: GroupId, life: &KnownLife) -> Result<GroupAt<'_>, StoreError> {
        if group.0 < life.groups {
            return Ok(GroupAt::new(&self.servers, &self.namespace, group));
        }
        let what = format!("there is no group {}: the namespace has {}", group.0, life.groups);
        Err(StoreError::new(StoreErrorKind::Misuse, what))
    }

    /// A group to read from.
    async fn reading(&self, group: GroupId) -> Result<GroupAt<'_>, StoreError> {
        match self.current().await? {
            Some(life) => self.group(group, &life),
            None => Err(self.absent()),
        }
    }

    fn absent(&self) -> StoreError {
        StoreError::new(StoreErrorKind::Misuse, format!("there is no namespace `{}`", self.namespace))
            .with_help("it has never been opened, or was dropped")
    }

    /// What a write means that found no header, or that of another life. None: try again, as the life known here was over, and
    /// another is known now.
    async fn judge(
        &self,
        written: Written,
        group: &GroupAt<'_>,
        life: &KnownLife,
    ) -> Option<Result<(), StoreError>> {
        match written {
            Written::Done => return Some(Ok(())),
            Written::Refused(error) => return Some(Err(error)),
            Written::OtherLife | Written::Missing => {}
        }
        match self.learnt().await {
            Err(error) => Some(Err(error)),
            Ok(Some(now)) if now.birth == life.birth => Some(Err(group.lost())),
            Ok(Some(_)) => None,
            Ok(None) => Some(Err(self.gone())),
        }
    }

    /// All that was acknowledged is lost: somebody dropped the namespace, or the server lost its data.
    fn gone(&self) -> StoreError {
        let kind = StoreErrorKind::RolledBack { found: Version::default() };
        StoreError::new(kind, format!("the namespace `{}` is no longer there", self.namespace))
    }

    async fn commit_in_turn(
        &self,
        group: GroupId,
        expected: Version,
        changes: &Changes,
    ) -> Result<(), StoreError> {
        // The lock is fair. It is held until the commit stands in the connection's queue, also while a handle that knows
        // nothing of the namespace asks for it.
        let turn = self.turn.lock().await;
        let Some(mut life) = self.current().await? else { return Err(self.absent()) };
        let mut at = self.group(group, &life)?;
        self.flight.until_all_are_of(&life.birth).await;
        let ticket = self.flight.ticket(&life.birth);
        let mut written = {
            let mut commit = pin!(at.commit(&life.birth, expected, changes));
            let begun = turn::begin(commit.as_mut()).await;
            drop(turn);
            turn::end(begun, commit.as_mut()).await?
        };
        loop {
            if let Some(done) = self.judge(written, &at, &life).await {
                return done;
            }
            ticket.until_first().await;
            life = self.current().await?.ok_or_else(|| self.gone())?;
            at = self.group(group, &life)?;
            ticket.is_of(&life.birth);
            written = at.commit(&life.birth, expected, changes).await?;
        }
    }

    async fn check_servers(&self) -> Result<(), StoreError> {
        self.servers.refresh().await;
        for node in self.servers.all() {
            Setup::of(&node).await?.check(&node.at)?;
        }
        Ok(())
    }
}

impl StateStore for RedisStore {
    async fn open(&self, fresh: Fresh) -> Result<Opened, StoreError> {
        if fresh.groups == 0 {
            let what = format!("namespace `{}` with no groups: at least 1", self.namespace);
            return Err(StoreError::new(StoreErrorKind::Misuse, what));
        }
        self.check_servers().await?;
        Ok(self.found(self.life().open(&fresh).await?))
    }

    async fn look(&self) -> Result<Option<Opened>, StoreError> {
        Ok(self.life().look().await?.map(|found| self.found(found)))
    }

    async fn amend(&self, expected: u64, about: Bytes) -> Result<(), StoreError> {
        self.life().amend(expected, about).await
    }

    async fn load(
        &self,
        group: GroupId,
        owner: Option<Version>,
        keys: &[Bytes],
    ) -> Result<Vec<Option<Bytes>>, StoreError> {
        let group = self.reading(group).await?;
        let values = group.load(keys).await?;
        group.check_owner(owner).await?;
        Ok(values)
    }

    async fn commit(&self, group: GroupId, expected: Version, changes: Changes) -> Result<(), StoreError> {
        changes.check()?;
        // A task that has done much is made to wait by tokio, even where nothing has to be waited for: others would overtake.
        unconstrained(self.commit_in_turn(group, expected, &changes)).await
    }

    async fn due(
        &self,
        group: GroupId,
        owner: Option<Version>,
        until: Timestamp,
        after: Option<DueCursor>,
        limit: usize,
    ) -> Result<Page<Due, DueCursor>, StoreError> {
        let group = self.reading(group).await?;
        let page = group.due(until, after, limit).await?;
        group.check_owner(owner).await?;
        Ok(page)
    }

    async fn scan(
        &self,
        group: GroupId,
        owner: Option<Version>,
        prefix: &[u8],
        after: Option<Bytes>,
        limit: usize,
    ) -> Result<Page<Entry, Bytes>, StoreError> {
        let group = self.reading(group).await?;
        let page = group.scan(prefix, after, limit).await?;
        group.check_owner(owner).await?;
        Ok(page)
    }

    async fn outbox(&self, group: GroupId, from: u64, limit: usize) -> Result<Vec<(u64, Bytes)>, StoreError> {
        let Some(life) = self.current().await? else { return Err(self.absent()) };
        let group = self.group(group, &life)?;
        match group.outbox(from, limit).await? {
            Outbox::Entries(entries) => Ok(entries),
            Outbox::Missing => match self.learnt().await? {
                Some(now) if now.birth == life.birth => Err(group.lost()),
                _ => Err(self.absent()),
            },
        }
    }

    async fn trim(&self, group: GroupId, epoch: u64, below: u64) -> Result<(), StoreError> {
        loop {
            let Some(life) = self.current().await? else { return Err(self.absent()) };
            let group = self.group(group, &life)?;
            let written = group.trim(&life.birth, epoch, below).await?;
            if let Some(done) = self.judge(written, &group, &life).await {
                return done;
            }
        }
    }

    async fn drop_namespace(&self) -> Result<(), StoreError> {
        self.life().remove().await?;
        self.learn(None);
        Ok(())
    }

    async fn namespaces(&self) -> Result<Vec<Namespace>, StoreError> {
        self.servers.refresh().await;
        let mut names = BTreeSet::new();
        for node in self.servers.all() {
            names.extend(namespaces_of(&node).await?);
        }
        Ok(names.into_iter().collect())
    }
}

/// The namespaces whose roots lie at a server and say that they are there.
async fn namespaces_of(node: &Node) -> Result<Vec<Namespace>, StoreError> {
    let mut names = Vec::new();
    let mut cursor = "0".to_owned();
    loop {
        let mut scan = redis::cmd("SCAN");
        scan.arg(&cursor).arg("MATCH").arg(keys::ROOTS).arg("COUNT").arg(1_000).arg("TYPE").arg("hash");
        let answer = node.ask(scan).await.map_err(|failure| node.told(failure, Act::Read))?;
        let (next, found) = scanned(answer).map_err(|bad| bad.told(&node.at))?;
        for key in found {
            let Some(name) = keys::namespace_of(&key) else { continue };
            let mut made = redis::cmd("HGET");
            made.arg(&*key).arg("m");
            let made = node.ask(made).await.map_err(|failure| node.told(failure, Act::Read))?;
            if reply::maybe_bytes(made).map_err(|bad| bad.told(&node.at))?.is_some_and(|made| &*made == b"1")
            {
                names.push(name);
            }
        }
        if next == "0" {
            return Ok(names);
        }
        cursor = next;
    }
}

fn scanned(answer: Value) -> Result<(String, Vec<Bytes>), Bad> {
    let mut parts = reply::list(answer)?.into_iter();
    let cursor = reply::text(parts.next().unwrap_or(Value::Nil))?;
    let keys = reply::list(parts.next().unwrap_or(Value::Nil))?;
    Ok((cursor, keys.into_iter().map(reply::bytes).collect::<Result<_, _>>()?))
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("namespace", &self.namespace)
            .field("servers", &self.servers.all())
            .finish_non_exhaustive()
    }
}

//! How a client behaves.

use std::time::Duration;

/// Which members a client talks to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Routing {
    /// All of them: each request goes to the member that has its partition.
    #[default]
    AllMembers,
    /// One of them, which passes on what is for others: where only one can be reached.
    SingleMember,
}

/// What becomes of requests while there is no connection at all.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Reconnect {
    /// They wait, as long as they may take at all.
    #[default]
    Wait,
    /// They fail at once; the client connects again meanwhile.
    FailFast,
    /// The client is closed.
    Never,
}

/// How long a client waits between attempts to connect: longer each time, up to a limit, and never exactly as long as
/// others do.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Backoff {
    /// The first pause.
    pub initial: Duration,
    /// The longest pause.
    pub longest: Duration,
    /// How many times as long as the last one each pause is.
    pub growth: f64,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { initial: Duration::from_millis(50), longest: Duration::from_secs(5), growth: 1.5 }
    }
}

/// What a near cache keeps, and for how long.
///
/// What is read from a near cache may have been changed elsewhere a moment ago: members tell of changes afterwards, and by
/// default not one by one but after up to 10 seconds (`hazelcast.map.invalidation.batch.enabled`). One's own writes are seen
/// at once.
///
/// ```
/// use std::time::Duration;
/// use hazelcast_client::{Config, NearCacheConfig};
///
/// let cache = NearCacheConfig { max_entries: 50_000, ttl: Some(Duration::from_secs(60)), ..Default::default() };
/// let config = Config::new(["10.0.0.1:5701"]).near_cache("rates", cache);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NearCacheConfig {
    /// How many entries are kept; those that were not used lately give way: 10,000.
    pub max_entries: usize,
    /// How long an entry is kept at most.
    pub ttl: Option<Duration>,
    /// How long an entry is kept that nobody reads.
    pub max_idle: Option<Duration>,
    /// How often members are asked whether changes were missed: every 60 seconds.
    pub reconciliation: Duration,
    /// How many changes of a partition may be missed before all that was read of it goes: 10.
    pub tolerated_misses: u64,
}

impl Default for NearCacheConfig {
    fn default() -> Self {
        let reconciliation = Duration::from_secs(60);
        Self { max_entries: 10_000, ttl: None, max_idle: None, reconciliation, tolerated_misses: 10 }
    }
}

/// How a client behaves. The defaults are those of the official clients, where these have them.
///
/// ```
/// use std::time::Duration;
/// use hazelcast_client::Config;
///
/// let config = Config::new(["10.0.0.1:5701", "10.0.0.2:5701"])
///     .cluster_name("prod")
///     .invocation_timeout(Duration::from_secs(20));
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Config {
    pub(crate) addresses: Vec<String>,
    pub(crate) cluster_name: String,
    pub(crate) client_name: Option<String>,
    pub(crate) labels: Vec<String>,
    pub(crate) routing: Routing,
    pub(crate) reconnect: Reconnect,
    pub(crate) backoff: Backoff,
    pub(crate) connect_timeout: Duration,
    pub(crate) cluster_connect_timeout: Duration,
    pub(crate) invocation_timeout: Duration,
    pub(crate) heartbeat_interval: Duration,
    pub(crate) heartbeat_timeout: Duration,
    pub(crate) backup_timeout: Duration,
    pub(crate) backup_acks: bool,
    pub(crate) redo: bool,
    pub(crate) most_in_flight: usize,
    pub(crate) most_message_bytes: usize,
    pub(crate) event_queue: usize,
    pub(crate) near_caches: Vec<(String, NearCacheConfig)>,
}

impl Default for Config {
    /// A cluster named `dev` on this machine.
    fn default() -> Self {
        Self::new(["127.0.0.1"])
    }
}

macro_rules! settings {
    ($($name:ident $type:ty, $doc:literal;)*) => {
        impl Config {
            $(
                #[doc = $doc]
                #[must_use]
                pub fn $name(mut self, $name: $type) -> Self {
                    self.$name = $name;
                    self
                }
            )*
        }
    };
}

settings! {
    routing Routing, "Which members it talks to.";
    reconnect Reconnect, "What becomes of requests while there is no connection.";
    backoff Backoff, "The pauses between attempts to connect.";
    connect_timeout Duration, "How long connecting to one member may take: 5 seconds.";
    cluster_connect_timeout Duration, "How long it tries to connect before it gives up the cluster: 120 seconds.";
    invocation_timeout Duration, "How long a request may take, with all attempts: 120 seconds.";
    heartbeat_interval Duration, "How long a connection may be quiet before it is asked for a sign of life: 5 seconds.";
    heartbeat_timeout Duration, "How long a connection may be quiet before it counts as broken: 60 seconds.";
    backup_timeout Duration, "How long a write that its owner has made waits for its backups: 5 seconds.";
    backup_acks bool, "Whether backups answer the client itself, which is faster; else the owner waits for them. On by default.";
    redo bool, "Whether also writes are repeated where a connection was lost: then a write may be carried out twice. Off by default.";
    most_in_flight usize, "How many requests may be under way at once; others wait: 10,000.";
    most_message_bytes usize, "The longest message that is taken from a member: 256 MiB.";
    event_queue usize, "How many events may wait to be taken from a listener before events are missed: 10,000.";
}

impl Config {
    /// A cluster named `dev`, some of whose members are at these addresses: `host:port`, or `host` for the ports 5701 to
    /// 5703. The client finds the other members by itself.
    pub fn new<A: Into<String>>(addresses: impl IntoIterator<Item = A>) -> Self {
        Self {
            addresses: addresses.into_iter().map(Into::into).collect(),
            cluster_name: "dev".to_owned(),
            client_name: None,
            labels: Vec::new(),
            routing: Routing::default(),
            reconnect: Reconnect::default(),
            backoff: Backoff::default(),
            connect_timeout: Duration::from_secs(5),
            cluster_connect_timeout: Duration::from_secs(120),
            invocation_timeout: Duration::from_secs(120),
            heartbeat_interval: Duration::from_secs(5),
            heartbeat_timeout: Duration::from_secs(60),
            backup_timeout: Duration::from_secs(5),
            backup_acks: true,
            redo: false,
            most_in_flight: 10_000,
            most_message_bytes: 256 << 20,
            event_queue: 10_000,
            near_caches: Vec::new(),
        }
    }

    /// Keeps what is read of a map near: of the map of this name, or of all whose names begin with it, where a `*` ends it.
    #[must_use]
    pub fn near_cache(mut self, name: impl Into<String>, config: NearCacheConfig) -> Self {
        self.near_caches.push((name.into(), config));
        self
    }

    /// The first that fits.
    pub(crate) fn near_cache_of(&self, name: &str) -> Option<NearCacheConfig> {
        let fits = |pattern: &str| match pattern.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => name == pattern,
        };
        self.near_caches.iter().find(|(pattern, _)| fits(pattern)).map(|(_, config)| *config)
    }

    /// The cluster's name: a client of another name is turned away.
    #[must_use]
    pub fn cluster_name(mut self, name: impl Into<String>) -> Self {
        self.cluster_name = name.into();
        self
    }

    /// The client's name, as members show it; else one is made up.
    #[must_use]
    pub fn client_name(mut self, name: impl Into<String>) -> Self {
        self.client_name = Some(name.into());
        self
    }

    /// A label, as members show it.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.labels.push(label.into());
        self
    }
}

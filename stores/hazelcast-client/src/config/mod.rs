//! How a client behaves.

mod cluster;
mod credentials;
#[cfg(feature = "tls")]
mod tls;
mod translation;

pub use cluster::ClusterConfig;
pub use credentials::Credentials;
pub(crate) use credentials::Shown;
#[cfg(feature = "tls")]
pub use tls::Tls;
pub(crate) use translation::Translation;

use std::time::Duration;

use cluster::cluster_settings;

/// Which members a client talks to.
///
/// ```
/// use hazelcast_client::{Config, Routing};
///
/// let config = Config::default().routing(Routing::SingleMember);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[non_exhaustive]
pub enum Routing {
    /// All of them: each request goes to the member that has its partition.
    #[default]
    AllMembers,
    /// One of them, which passes on what is for others: where only one can be reached.
    SingleMember,
}

/// What becomes of requests while there is no connection at all.
///
/// ```
/// use hazelcast_client::{Config, Reconnect};
///
/// let config = Config::default().reconnect(Reconnect::FailFast);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[non_exhaustive]
pub enum Reconnect {
    /// They wait, as long as they may take at all.
    #[default]
    Wait,
    /// They fail at once; the client connects again meanwhile.
    FailFast,
    /// The client is closed.
    Never,
}

/// Which member gets a request that any of them may answer.
///
/// ```
/// use hazelcast_client::{Balance, Config};
///
/// let config = Config::default().balance(Balance::Random);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[non_exhaustive]
pub enum Balance {
    /// One after the other.
    #[default]
    RoundRobin,
    /// Whichever the dice say.
    Random,
}

/// How long a client waits between attempts to connect: longer each time, up to a limit, and never exactly as long as
/// others do.
///
/// ```
/// use std::time::Duration;
/// use hazelcast_client::{Backoff, Config};
///
/// let config = Config::default().backoff(Backoff { longest: Duration::from_secs(30), ..Backoff::default() });
/// ```
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

cluster_settings!(Config, cluster, "Config");

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
    pub(crate) cluster: ClusterConfig,
    /// What takes its place.
    pub(crate) fallbacks: Vec<ClusterConfig>,
    pub(crate) cluster_rounds: u32,
    pub(crate) client_name: Option<String>,
    pub(crate) labels: Vec<String>,
    pub(crate) routing: Routing,
    pub(crate) balance: Balance,
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
    pub(crate) statistics: Option<Duration>,
}

impl Default for Config {
    /// A cluster named `dev` on this machine.
    fn default() -> Self {
        Self::new(["127.0.0.1"])
    }
}

macro_rules! settings {
    ($($name:ident $type:ty, $example:literal, $doc:literal;)*) => {
        impl Config {
            $(
                #[doc = $doc]
                ///
                #[doc = concat!("```\nuse std::time::Duration;\nuse hazelcast_client::*;\n")]
                #[doc = concat!("let config = Config::default().", stringify!($name), "(", $example, ");\n```")]
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
    routing Routing, "Routing::SingleMember", "Which members it talks to.";
    balance Balance, "Balance::Random", "Which member gets a request that any of them may answer.";
    reconnect Reconnect, "Reconnect::FailFast", "What becomes of requests while there is no connection.";
    backoff Backoff, "Backoff { longest: Duration::from_secs(30), ..Backoff::default() }", "The pauses between attempts to connect.";
    connect_timeout Duration, "Duration::from_secs(3)", "How long connecting to one member may take: 5 seconds.";
    cluster_connect_timeout Duration, "Duration::from_secs(3)", "How long it tries to connect to a cluster before it gives it up, and goes on to the next where there is one: 120 seconds.";
    cluster_rounds u32, "3", "How often all clusters are tried before the client gives up: once.";
    invocation_timeout Duration, "Duration::from_secs(3)", "How long a request may take, with all attempts: 120 seconds.";
    heartbeat_interval Duration, "Duration::from_secs(3)", "How long a connection may be quiet before it is asked for a sign of life: 5 seconds.";
    heartbeat_timeout Duration, "Duration::from_secs(3)", "How long a connection may be quiet before it counts as broken: 60 seconds.";
    backup_timeout Duration, "Duration::from_secs(3)", "How long a write that its owner has made waits for its backups: 5 seconds.";
    backup_acks bool, "false", "Whether backups answer the client itself, which is faster; else the owner waits for them. On by default.";
    redo bool, "true", "Whether also writes are repeated where a connection was lost: then a write may be carried out twice. Off by default.";
    most_in_flight usize, "1_000", "How many requests may be under way at once; others wait: 10,000.";
    most_message_bytes usize, "1 << 20", "The longest message that is taken from a member: 256 MiB.";
    event_queue usize, "100", "How many events may wait to be taken from a listener before events are missed: 10,000.";
}

impl Config {
    /// A cluster named `dev`, some of whose members are at these addresses: `host:port`, or `host` for the ports 5701 to
    /// 5703. The client finds the other members by itself.
    ///
    /// ```
    /// let config = hazelcast_client::Config::new(["10.0.0.1:5701", "10.0.0.2"]);
    /// ```
    pub fn new<A: Into<String>>(addresses: impl IntoIterator<Item = A>) -> Self {
        Self {
            cluster: ClusterConfig::new(addresses),
            fallbacks: Vec::new(),
            cluster_rounds: 1,
            client_name: None,
            labels: Vec::new(),
            routing: Routing::default(),
            balance: Balance::default(),
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
            statistics: None,
        }
    }

    /// Keeps what is read of a map near: of the map of this name, or of all whose names begin with it, where a `*` ends it.
    ///
    /// ```
    /// use hazelcast_client::{Config, NearCacheConfig};
    ///
    /// let config = Config::default().near_cache("rates-*", NearCacheConfig::default());
    /// ```
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

    /// Tells a member every so often how the client does, for Management Center to show; 3 seconds are usual. Off by default.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let config = hazelcast_client::Config::default().statistics(Duration::from_secs(3));
    /// ```
    #[must_use]
    pub fn statistics(mut self, every: Duration) -> Self {
        self.statistics = Some(every);
        self
    }

    /// Another cluster, to which the client goes when it cannot reach the one it was in for
    /// [`cluster_connect_timeout`](Self::cluster_connect_timeout), or is turned away there. It may be called several times:
    /// clusters are tried in turn.
    ///
    /// Nothing is carried over but what the client knows itself: schemas are told and listeners registered anew, near
    /// caches are emptied; entries, locks and messages are those of the other cluster. It has to have as many partitions.
    ///
    /// ```
    /// use std::time::Duration;
    /// use hazelcast_client::{ClusterConfig, Config};
    ///
    /// let config = Config::new(["10.0.0.1:5701"])
    ///     .cluster_name("blue")
    ///     .cluster_connect_timeout(Duration::from_secs(10))
    ///     .fall_back_to(ClusterConfig::new(["10.0.1.1:5701"]).cluster_name("green"));
    /// ```
    #[must_use]
    pub fn fall_back_to(mut self, cluster: ClusterConfig) -> Self {
        self.fallbacks.push(cluster);
        self
    }

    /// The client's name, as members show it; else one is made up.
    ///
    /// ```
    /// let config = hazelcast_client::Config::default().client_name("billing");
    /// ```
    #[must_use]
    pub fn client_name(mut self, name: impl Into<String>) -> Self {
        self.client_name = Some(name.into());
        self
    }

    /// A label, as members show it.
    ///
    /// ```
    /// let config = hazelcast_client::Config::default().label("blue").label("billing");
    /// ```
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.labels.push(label.into());
        self
    }
}

//! The cluster that all tests of a binary share, and how they reach it: as its `MEMBERS` and `ROUTING` say. It runs SQL and jobs.

use std::sync::OnceLock;

use hazelcast_client::{Client, Config};
use hazelcast_kit::Cluster;

use crate::support;
use crate::{MEMBERS, ROUTING};

/// It ends with the process. A single member has room for another cluster beside it.
pub(crate) fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| support::options("shared").jet().members(MEMBERS).room_for(MEMBERS.max(2)).start())
}

pub(crate) fn config() -> Config {
    support::config(cluster()).routing(ROUTING)
}

pub(crate) async fn connect() -> Client {
    Client::connect(config()).await.unwrap()
}

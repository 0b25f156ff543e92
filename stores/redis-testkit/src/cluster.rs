//! A Redis Cluster of three real servers, put together by hand.

use std::thread;
use std::time::{Duration, Instant};

use crate::server::{Server, free_port};

/// A cluster of three.
#[derive(Debug)]
pub struct Cluster(
    /// Its servers.
    pub Vec<Server>,
);

const SLOTS: usize = 16_384;

impl Cluster {
    /// Starts it and waits until it has come together.
    ///
    /// # Panics
    /// Where it does not.
    #[must_use]
    pub fn start() -> Self {
        let servers: Vec<_> = (0..3).map(|_| member()).collect();
        let share = SLOTS.div_ceil(servers.len());
        for (number, server) in servers.iter().enumerate() {
            let (first, last) = (number * share, ((number + 1) * share - 1).min(SLOTS - 1));
            server.call(&["CLUSTER", "SET-CONFIG-EPOCH", &(number + 1).to_string()]);
            server.call(&["CLUSTER", "ADDSLOTSRANGE", &first.to_string(), &last.to_string()]);
        }
        for other in &servers[1..] {
            let bus = bus_port(other);
            servers[0].call(&["CLUSTER", "MEET", "127.0.0.1", &other.port.to_string(), &bus]);
        }
        let cluster = Self(servers);
        cluster.wait();
        cluster
    }

    /// The addresses of its servers.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        self.0.iter().map(Server::url).collect()
    }

    /// Removes all keys.
    pub fn clear(&self) {
        for server in &self.0 {
            server.call(&["FLUSHALL"]);
        }
    }

    /// Until all servers say that all is well.
    ///
    /// # Panics
    /// Where they do not say it for long.
    pub fn wait(&self) {
        let since = Instant::now();
        let is_ok = |server: &Server| {
            let state = server.call(&["CLUSTER", "INFO"]);
            let slots = server.call(&["CLUSTER", "SLOTS"]);
            format!("{state:?}").contains("cluster_state:ok")
                && slots.as_sequence().is_some_and(|ranges| ranges.len() >= 3)
        };
        while !self.0.iter().all(is_ok) {
            assert!(since.elapsed() < Duration::from_secs(30), "the cluster does not come together");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

fn member() -> Server {
    let bus = free_port().to_string();
    Server::with(&["cluster-enabled", "yes", "cluster-port", &bus, "cluster-node-timeout", "5000"])
}

fn bus_port(server: &Server) -> String {
    match server.call(&["CONFIG", "GET", "cluster-port"]).as_sequence() {
        Some([_, redis::Value::BulkString(port)]) => String::from_utf8(port.clone()).unwrap(),
        other => panic!("no port of the bus: {other:?}"),
    }
}

//! Ports that nobody listens at, one a member that a cluster has room for.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{LazyLock, Mutex, PoisonError};

/// Below the ports that systems hand out by themselves.
const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

/// What clusters of this process have or had: a port is not used twice.
static TAKEN: LazyLock<Mutex<HashSet<u16>>> = LazyLock::new(Mutex::default);

/// Free ports in a row.
pub(crate) fn free(count: u16) -> Vec<u16> {
    let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
    for _ in 0..1_000 {
        let draw = RandomState::new().hash_one("port");
        let base = FIRST + (draw % u64::from(COUNT)) as u16;
        let ports: Vec<u16> = (base..base + count).collect();
        if ports.iter().all(|port| !taken.contains(port) && is_free(*port)) {
            taken.extend(&ports);
            return ports;
        }
    }
    panic!("no {count} free ports between {FIRST} and {}", FIRST + COUNT);
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

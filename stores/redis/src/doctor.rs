//! A server looked at step by step, for whoever wonders why it does not work, or whether it is what was meant. Nothing is
//! changed there.

use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use cep_engine::store::{Finding, StoreError, Verdict};
use redis::ConnectionAddr;

use crate::address;
use crate::durability::Log;
use crate::failure::Act;
use crate::node::Node;
use crate::options::RedisOptions;
use crate::servers::Servers;
use crate::setup::Setup;

/// How often a server is asked how long an answer takes.
const PINGS: usize = 300;

/// A server that answers more slowly is farther away than it should be.
const FAR: Duration = Duration::from_millis(5);

/// Looks at the server of a url, and the others of its cluster, and tells what is found step by step. Ends with the first thing
/// without which the rest cannot be; true if all of it works.
pub async fn examine(url: &str, options: &RedisOptions, tell: &mut impl FnMut(Finding)) -> bool {
    let client = match address::client(url, options) {
        Ok(client) => client,
        Err(error) => {
            tell(Finding::failed("address", &error));
            return false;
        }
    };
    tell(Finding::good("address", words(&client)));
    let (reached, findings) = reach(client.get_connection_info().addr(), options.connect_timeout);
    findings.into_iter().for_each(&mut *tell);
    if !reached {
        return false;
    }
    let node = Node::new(client, options.clone());
    let step = match node.client().get_connection_info().addr() {
        ConnectionAddr::TcpTls { .. } => "TLS and log-in",
        _ => "log-in",
    };
    if let Err(failure) = node.ask(redis::cmd("PING")).await {
        tell(Finding::failed(step, &node.told(failure, Act::Read)));
        return false;
    }
    tell(Finding::good(step, "the server answers"));
    match Servers::connect(&[url], options).await {
        Ok(servers) => {
            let mut works = true;
            for node in servers.all() {
                works &= examine_node(&node, tell).await;
            }
            works
        }
        Err(error) => {
            tell(Finding::failed("set-up", &error));
            false
        }
    }
}

/// Where a url leads, without any secret in it.
fn words(client: &redis::Client) -> String {
    let info = client.get_connection_info();
    let tls = if matches!(info.addr(), ConnectionAddr::TcpTls { .. }) { ", with TLS" } else { "" };
    let login = info.redis_settings();
    let user = login.username().map(|user| format!(", user `{user}`")).unwrap_or_default();
    let password = if login.password().is_some() { ", with a password" } else { ", without a password" };
    format!("{}, database {}{user}{password}{tls}", address::told(client), login.db())
}

/// Whether a connection can be made at all.
fn reach(addr: &ConnectionAddr, timeout: Duration) -> (bool, Vec<Finding>) {
    let (host, port) = match addr {
        ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } => (host.as_str(), *port),
        _ => return (true, Vec::new()),
    };
    let addresses: Vec<SocketAddr> = match (host, port).to_socket_addrs() {
        Ok(addresses) => addresses.collect(),
        Err(error) => {
            let help = "see whether the host's name is right, and whether this machine can look it up";
            let words = format!("the name `{host}` leads nowhere: {error}");
            return (false, vec![Finding::wrong("name", words, help)]);
        }
    };
    let list: Vec<_> = addresses.iter().map(|address| address.ip().to_string()).collect();
    let name = Finding::good("name", format!("`{host}` is {}", list.join(", ")));
    let mut failed = None;
    for address in addresses {
        let began = Instant::now();
        match TcpStream::connect_timeout(&address, timeout) {
            Ok(_) => {
                let words = format!("connected to {address} in {}", told(began.elapsed()));
                return (true, vec![name, Finding::good("network", words)]);
            }
            Err(error) => failed = Some((address, error)),
        }
    }
    let words = match failed {
        Some((address, error)) => format!("no connection to {address}: {error}"),
        None => format!("`{host}` has no address"),
    };
    let help = "start the server, correct host or port, or see whether a firewall lies between";
    (false, vec![name, Finding::wrong("network", words, help)])
}

async fn examine_node(node: &Arc<Node>, tell: &mut impl FnMut(Finding)) -> bool {
    let setup = match Setup::of(node).await {
        Ok(setup) => setup,
        Err(error) => {
            tell(Finding::failed(format!("set-up of {}", node.at), &error));
            return false;
        }
    };
    let mut works = true;
    for (step, result) in setup.checks(&node.at) {
        let finding = Finding::of(format!("{step} of {}", node.at), result);
        works &= finding.verdict < Verdict::Wrong;
        tell(finding);
    }
    let durability = setup.durability(node).await;
    let step = format!("durability of {}", node.at);
    tell(match durability.log {
        Log::Always => Finding::good(step, durability.to_string()),
        _ => Finding::doubtful(
            step,
            durability.to_string(),
            "CONFIG SET appendonly yes, CONFIG SET appendfsync always",
        ),
    });
    match pings(node).await {
        Ok(finding) => tell(finding),
        Err(error) => {
            tell(Finding::failed(format!("answers of {}", node.at), &error));
            works = false;
        }
    }
    works
}

/// How long answers take.
async fn pings(node: &Node) -> Result<Finding, StoreError> {
    let mut times = Vec::with_capacity(PINGS);
    for _ in 0..PINGS {
        let began = Instant::now();
        node.ask(redis::cmd("PING")).await.map_err(|failure| node.told(failure, Act::Read))?;
        times.push(began.elapsed());
    }
    times.sort_unstable();
    let (half, most) = (times[PINGS / 2], times[PINGS * 99 / 100]);
    let words = format!("{PINGS} pings, half of them within {}, 99 of 100 within {}", told(half), told(most));
    let step = format!("answers of {}", node.at);
    Ok(if half < FAR {
        Finding::good(step, words)
    } else {
        Finding::doubtful(step, words, "run near the server: each commit waits for an answer")
    })
}

fn told(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}

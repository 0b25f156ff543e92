//! How a server is set up: what has to be so before state is given to it, and what it promises to keep.

use std::collections::HashMap;

use cep_engine::store::{StoreError, StoreErrorKind};
use redis::Value;

use crate::durability::{Durability, Log};
use crate::failure::Act;
use crate::node::Node;
use crate::reply;

/// The oldest version that has what we use: scripts with flags, `redis.acl_check_cmd`.
const OLDEST: u32 = 7;

/// What a server says of itself.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) is_cluster: bool,
    told: HashMap<String, String>,
}

impl Setup {
    /// Asks a server.
    pub(crate) async fn of(node: &Node) -> Result<Self, StoreError> {
        let answer = node.ask(redis::cmd("INFO")).await.map_err(|failure| node.told(failure, Act::Read))?;
        Ok(Self::read(&reply::text(answer).map_err(|bad| bad.told(&node.at))?))
    }

    fn read(info: &str) -> Self {
        let told: HashMap<_, _> = info
            .lines()
            .filter_map(|line| line.trim_end().split_once(':'))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Self { is_cluster: told.get("redis_mode").is_some_and(|mode| mode == "cluster"), told }
    }

    fn get(&self, name: &str) -> &str {
        self.told.get(name).map_or("", String::as_str)
    }

    /// An error where state must not be given to the server at this address.
    pub(crate) fn check(&self, at: &str) -> Result<(), StoreError> {
        self.checks(at).into_iter().try_for_each(|(_, result)| result.map(drop))
    }

    /// All that is checked, by name, with what was found.
    pub(crate) fn checks(&self, at: &str) -> [(&'static str, Result<String, StoreError>); 4] {
        [
            ("version", self.version(at)),
            ("data", self.data(at)),
            ("role", self.role(at)),
            ("memory", self.memory(at)),
        ]
    }

    fn version(&self, at: &str) -> Result<String, StoreError> {
        let version = self.get("redis_version");
        let major: u32 = version.split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0);
        if major < OLDEST {
            return wrong(at, &format!("is version {version}"), "use Redis 7 or newer");
        }
        let cluster = if self.is_cluster { ", of a cluster" } else { "" };
        Ok(format!("{version}{cluster}"))
    }

    fn data(&self, at: &str) -> Result<String, StoreError> {
        if self.get("loading") == "1" {
            let what = format!("Redis at {at} is still loading its data");
            return Err(StoreError::new(StoreErrorKind::Unavailable, what).with_help("wait"));
        }
        Ok("loaded".to_owned())
    }

    fn role(&self, at: &str) -> Result<String, StoreError> {
        if self.get("role") != "master" {
            let master = format!("{}:{}", self.get("master_host"), self.get("master_port"));
            let help = format!("give the address of its master, {master}");
            return wrong(at, "is a replica, which cannot be written to", &help);
        }
        Ok("master".to_owned())
    }

    fn memory(&self, at: &str) -> Result<String, StoreError> {
        let (policy, most) = (self.get("maxmemory_policy"), self.get("maxmemory"));
        if most != "0" && policy != "noeviction" {
            return wrong(
                at,
                &format!("throws keys away when its memory is full (`maxmemory-policy {policy}`)"),
                "CONFIG SET maxmemory-policy noeviction, and the same in redis.conf",
            );
        }
        Ok(match most {
            "0" => "without a limit".to_owned(),
            most => format!("up to {most} bytes, then commits fail (`maxmemory-policy noeviction`)"),
        })
    }

    /// What the server promises to keep.
    pub(crate) async fn durability(&self, node: &Node) -> Durability {
        let has_replicas = !matches!(self.get("connected_slaves"), "" | "0");
        let log = if self.get("aof_enabled") == "1" {
            match config(node, "appendfsync").await.as_deref() {
                Some("always") => Log::Always,
                Some("everysec") => Log::EverySecond,
                Some("no") => Log::AsTheSystemLikes,
                _ => Log::SomeTime,
            }
        } else {
            match config(node, "save").await.as_deref() {
                Some("") => Log::Nothing,
                Some(_) => Log::Snapshots,
                None => Log::Unknown,
            }
        };
        Durability { log, has_replicas }
    }
}

fn wrong(at: &str, what: &str, help: &str) -> Result<String, StoreError> {
    Err(StoreError::new(StoreErrorKind::Setup, format!("Redis at {at} {what}")).with_help(help))
}

/// A setting of the server; none where it must not be asked.
async fn config(node: &Node, name: &str) -> Option<String> {
    let mut command = redis::cmd("CONFIG");
    command.arg("GET").arg(name);
    match node.ask(command).await.ok()? {
        Value::Map(mut settings) => reply::text(settings.pop()?.1).ok(),
        Value::Array(mut settings) => reply::text(settings.pop()?).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\nloading:0\r\nrole:master\r\n\
         maxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\n";

    fn kind(info: &str) -> Option<StoreErrorKind> {
        let error = Setup::read(info).check("host:1").err()?;
        assert!(error.help().is_some(), "{error}");
        Some(error.kind())
    }

    #[test]
    fn only_a_server_that_keeps_state_is_taken() {
        assert_eq!(kind(GOOD), None);
        let with = |from, to| GOOD.replace(from, to);
        assert_eq!(kind(&with("7.0.15", "8.2.1")), None);
        for bad in [
            with("7.0.15", "6.2.14"),
            with("redis_version", "x"),
            with("role:master", "role:slave\r\nmaster_host:h\r\nmaster_port:1"),
            with("maxmemory:0", "maxmemory:1000"),
        ] {
            assert_eq!(kind(&bad), Some(StoreErrorKind::Setup), "{bad}");
        }
        assert_eq!(kind(&with("loading:0", "loading:1")), Some(StoreErrorKind::Unavailable));
        assert_eq!(kind(&with("maxmemory:0", "maxmemory:1").replace("allkeys-lru", "noeviction")), None);
    }
}

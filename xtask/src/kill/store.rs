//! The stores of a round: folders, or a redis-server of its own on a free port of this machine.

use std::path::{Path, PathBuf};

use cep_redis_testkit::Server;

/// Where the state of a round is.
pub(super) enum Store {
    /// In folders.
    Disk(PathBuf),
    /// In a server that loses nothing when it is killed.
    Redis(Server),
}

impl Store {
    pub(super) fn start(kind: &str, folder: &Path) -> Self {
        if kind == "disk" { Self::Disk(folder.to_owned()) } else { Self::Redis(Server::durable()) }
    }

    /// For the run that is disturbed.
    pub(super) fn url(&self) -> String {
        match self {
            Self::Disk(folder) => format!("disk:{}", folder.join("disturbed").display()),
            Self::Redis(server) => format!("{}/0", server.url()),
        }
    }

    /// For the run that is not.
    pub(super) fn other(&self) -> String {
        match self {
            Self::Disk(folder) => format!("disk:{}", folder.join("calm").display()),
            Self::Redis(server) => format!("{}/1", server.url()),
        }
    }

    /// Kills the server, and starts it again on what it left.
    pub(super) fn kill_server(&mut self) -> Result<(), String> {
        let Self::Redis(server) = self else {
            return Err("this store has no server".to_owned());
        };
        server.kill();
        server.start_again();
        Ok(())
    }
}

//! The stores of a round: folders, or a redis-server of its own on a free port of this machine.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long a server may take to listen.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where the state of a round is.
pub(super) enum Store {
    /// In folders.
    Disk(PathBuf),
    /// In a server.
    Redis(Server),
}

/// A redis-server on an append-only file that a killed server loses nothing of.
pub(super) struct Server {
    folder: PathBuf,
    port: u16,
    child: Option<Child>,
}

impl Store {
    pub(super) fn start(kind: &str, folder: &Path) -> Result<Self, String> {
        if kind == "disk" {
            return Ok(Self::Disk(folder.to_owned()));
        }
        // Whoever takes the port between here and there is found out, as the server does not come up.
        let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
        let port = port.map_err(|error| error.to_string())?.port();
        let folder = folder.join("redis");
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let mut store = Self::Redis(Server { folder, port, child: None });
        store.start_server()?;
        Ok(store)
    }

    /// For the run that is disturbed.
    pub(super) fn url(&self) -> String {
        match self {
            Self::Disk(folder) => format!("disk:{}", folder.join("disturbed").display()),
            Self::Redis(server) => format!("redis://127.0.0.1:{}/0", server.port),
        }
    }

    /// For the run that is not.
    pub(super) fn other(&self) -> String {
        match self {
            Self::Disk(folder) => format!("disk:{}", folder.join("calm").display()),
            Self::Redis(server) => format!("redis://127.0.0.1:{}/1", server.port),
        }
    }

    pub(super) fn start_server(&mut self) -> Result<(), String> {
        let Self::Redis(server) = self else { return Ok(()) };
        let mut command = Command::new("redis-server");
        command.args(["--port", &server.port.to_string(), "--bind", "127.0.0.1", "--save", ""]);
        command.args(["--appendonly", "yes", "--appendfsync", "always", "--dir"]).arg(&server.folder);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let child = child.map_err(|error| {
            format!("cannot run redis-server: {error} (on Debian: apt-get install redis-server)")
        })?;
        server.child = Some(child);
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", server.port)).is_err() {
            if started.elapsed() > PATIENCE {
                return Err("redis-server does not come up".to_owned());
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    pub(super) fn kill_server(&mut self) -> Result<(), String> {
        let Self::Redis(Server { child, .. }) = self else {
            return Err("this store has no server".to_owned());
        };
        let Some(mut child) = child.take() else { return Ok(()) };
        child.kill().and_then(|()| child.wait()).map(drop).map_err(|error| error.to_string())
    }

    pub(super) fn stop(mut self) -> Result<(), String> {
        match self {
            Self::Disk(_) => Ok(()),
            Self::Redis(_) => self.kill_server(),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // It is this test's own; that it is gone already is no trouble.
            drop(child.kill());
            drop(child.wait());
        }
    }
}

//! A real `redis-server`.

use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use redis::Value;

use crate::folder::Folder;

const PATIENCE: Duration = Duration::from_secs(20);

/// A server, ended when this is dropped.
#[derive(Debug)]
pub struct Server {
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
    /// Where it keeps its files.
    pub folder: Folder,
    /// That of the user with which [`Server::call`] comes.
    pub password: Option<String>,
    options: Vec<String>,
    process: Option<Child>,
}

impl Server {
    /// With an append-only file, and as it comes otherwise.
    #[must_use]
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// One that loses nothing it has acknowledged, however it ends.
    #[must_use]
    pub fn durable() -> Self {
        Self::with(&["appendfsync", "always"])
    }

    /// One that asks for a password.
    #[must_use]
    pub fn with_password(password: &str) -> Self {
        let mut server = Self::with(&["requirepass", password]);
        server.password = Some(password.to_owned());
        server
    }

    /// With options of redis.conf, names and values in turn.
    ///
    /// # Panics
    /// Where no server can be started.
    #[must_use]
    pub fn with(options: &[&str]) -> Self {
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        let mut server = Self { port: 0, folder: Folder::new(), password: None, options, process: None };
        // Between asking for a free port and taking it somebody else may.
        for _ in 0..10 {
            server.port = free_port();
            if server.try_start() {
                return server;
            }
        }
        panic!("redis-server does not start: {}", server.log());
    }

    /// Its address, without user and password.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// The path of its socket.
    #[must_use]
    pub fn socket(&self) -> String {
        self.folder.path().join("s").display().to_string()
    }

    /// Again, on the same port and the same files.
    ///
    /// # Panics
    /// Where it runs, or cannot be started.
    pub fn start_again(&mut self) {
        assert!(self.process.is_none(), "it runs");
        assert!(self.try_start(), "redis-server does not start again: {}", self.log());
    }

    /// kill -9.
    ///
    /// # Panics
    /// Where the system does not let it.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// Lets it end by itself; kills it if it does not.
    pub fn stop(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        signal("TERM", process.id());
        let since = Instant::now();
        while since.elapsed() < Duration::from_secs(5) {
            if process.try_wait().is_ok_and(|status| status.is_some()) {
                return;
            }
            thread::sleep(Duration::from_millis(2));
        }
        let _ = process.kill();
        let _ = process.wait();
    }

    /// Stops or continues the process, as one that hangs.
    ///
    /// # Panics
    /// Where it does not run.
    pub fn hang(&self, is_hanging: bool) {
        let process = self.process.as_ref().expect("it runs");
        signal(if is_hanging { "STOP" } else { "CONT" }, process.id());
    }

    /// The process's id.
    ///
    /// # Panics
    /// Where it does not run.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.process.as_ref().expect("it runs").id()
    }

    /// The answer to a command.
    ///
    /// # Panics
    /// Where it is an error.
    pub fn call(&self, words: &[&str]) -> Value {
        self.try_call(words).unwrap()
    }

    /// The answer to a command.
    ///
    /// # Errors
    /// Where the server says so, or cannot be reached.
    pub fn try_call(&self, words: &[&str]) -> redis::RedisResult<Value> {
        let pass = self.password.as_ref().map(|pass| format!("?pass={pass}")).unwrap_or_default();
        let client = redis::Client::open(format!("redis+unix://{}{pass}", self.socket()))?;
        let mut connection = client.get_connection_with_timeout(Duration::from_secs(5))?;
        let mut command = redis::cmd(words[0]);
        words[1..].iter().for_each(|word| {
            command.arg(*word);
        });
        command.query(&mut connection)
    }

    fn try_start(&mut self) -> bool {
        let folder = self.folder.path();
        let mut command = Command::new("redis-server");
        command.args(["--bind", "127.0.0.1", "--appendonly", "yes", "--save", "", "--logfile", "log"]);
        command.args(["--port", &self.port.to_string(), "--unixsocket", "s", "--dir"]).arg(folder);
        for option in self.options.chunks(2) {
            let value = option[1].replace("PORT", &self.port.to_string());
            command.arg(format!("--{}", option[0])).args(value.split(' '));
        }
        command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = command.spawn().unwrap_or_else(|error| {
            panic!("redis-server cannot be run ({error}): these tests need it: apt-get install redis-server")
        });
        self.process = Some(process);
        self.wait()
    }

    /// True once it answers; false if it ended before.
    fn wait(&mut self) -> bool {
        let since = Instant::now();
        while since.elapsed() < PATIENCE {
            if self.process.as_mut().is_none_or(|process| process.try_wait().is_ok_and(|end| end.is_some())) {
                self.process = None;
                return false;
            }
            // Loading counts as not ready; that a password is needed means that it is.
            match self.try_call(&["PING"]) {
                Ok(_) => return true,
                Err(error) if error.code() == Some("NOAUTH") => return true,
                Err(_) => thread::sleep(Duration::from_millis(2)),
            }
        }
        panic!("redis-server does not get ready: {}", self.log());
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A port that is free now.
///
/// # Panics
/// Where there is none.
#[must_use]
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Sends a signal, named as `kill` names it, to a process that the caller has started.
///
/// # Panics
/// Where it cannot be sent.
pub fn signal(name: &str, process: u32) {
    let status = Command::new("kill").arg(format!("-{name}")).arg(process.to_string()).status();
    assert!(status.is_ok_and(|status| status.success()), "kill -{name} {process}");
}

//! The places of a round: folders, or a redis-server of its own on a free port of this machine, which may also have the
//! events, and get the matches, as streams.

use std::fs;
use std::path::{Path, PathBuf};

use cep_redis_testkit::{Server, Value};

/// What is in a server.
#[derive(Clone, Copy, Default)]
pub(super) struct InServer {
    pub(super) store: bool,
    pub(super) source: bool,
    pub(super) sink: bool,
}

/// The places of a round.
pub(super) struct Places {
    folder: PathBuf,
    what: InServer,
    /// One that loses nothing when it is killed, if anything is in a server.
    server: Option<Server>,
}

/// Where one run has its state and its matches.
#[derive(Clone, Copy)]
pub(super) enum Run {
    Calm,
    Disturbed,
}

impl Run {
    fn name(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Disturbed => "disturbed",
        }
    }
}

/// How many events are added at once.
const AT_ONCE: usize = 500;

/// Adds entries with the fields that the first argument counts and the next ones name.
const ADD: &str = "\
    local many = tonumber(ARGV[1]) \
    for at = many + 2, #ARGV, many do \
      local entry = {} \
      for field = 0, many - 1 do entry[#entry + 1] = ARGV[field + 2] entry[#entry + 1] = ARGV[at + field] end \
      redis.call('XADD', KEYS[1], '*', unpack(entry)) \
    end";

impl Places {
    pub(super) fn start(folder: &Path, what: InServer) -> Self {
        let server = (what.store || what.source || what.sink).then(Server::durable);
        Self { folder: folder.to_owned(), what, server }
    }

    pub(super) fn store(&self, run: Run) -> String {
        match &self.server {
            Some(server) if self.what.store => match run {
                Run::Calm => format!("{}/1", server.url()),
                Run::Disturbed => format!("{}/0", server.url()),
            },
            _ => format!("disk:{}", self.folder.join(run.name()).display()),
        }
    }

    /// Puts the events, a CSV file, where they are read from; gives that place.
    pub(super) fn put_events(&self, csv: &str) -> Result<String, String> {
        let server = match &self.server {
            Some(server) if self.what.source => server,
            _ => {
                let path = self.folder.join("pay.csv");
                fs::write(&path, csv).map_err(|error| error.to_string())?;
                return Ok(path.display().to_string());
            }
        };
        let mut lines = csv.lines();
        let names: Vec<_> = lines.next().unwrap_or_default().split(',').collect();
        let (many, lines) = (names.len().to_string(), lines.collect::<Vec<_>>());
        for some in lines.chunks(AT_ONCE) {
            let mut words = vec!["EVAL", ADD, "1", "pay", &many];
            words.extend(&names);
            words.extend(some.iter().flat_map(|line| line.split(',')));
            server.call(&words);
        }
        Ok(format!("{}/pay", server.url()))
    }

    pub(super) fn sink(&self, run: Run) -> String {
        match &self.server {
            Some(server) if self.what.sink => format!("{}/{}", server.url(), run.name()),
            _ => self.folder.join(run.name()).with_extension("jsonl").display().to_string(),
        }
    }

    /// What a run has written, a line each.
    pub(super) fn written(&self, run: Run) -> Result<Vec<String>, String> {
        let server = match &self.server {
            Some(server) if self.what.sink => server,
            _ => {
                let path = self.sink(run);
                let text = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
                return Ok(text.lines().map(str::to_owned).collect());
            }
        };
        let entries = server.call(&["XRANGE", run.name(), "-", "+"]);
        let line = |entry: &Value| {
            let fields = entry.as_sequence()?.get(1)?.as_sequence()?;
            match fields.get(1)? {
                Value::BulkString(line) => String::from_utf8(line.clone()).ok(),
                _ => None,
            }
        };
        let lines = entries.as_sequence().unwrap_or_default().iter().map(line);
        lines.map(|line| line.ok_or_else(|| "an entry that is no match".to_owned())).collect()
    }

    /// Kills the server, and starts it again on what it left.
    pub(super) fn kill_server(&mut self) -> Result<(), String> {
        let server = self.server.as_mut().ok_or("nothing is in a server")?;
        server.kill();
        server.start_again();
        Ok(())
    }
}

//! A stream as a log. An entry may be removed once it has been read (`XTRIM`), and not before: a stream tells how many
//! entries it has ever had, which is held against how many have been read.

use std::time::Duration;

use cep_engine::log::{Log, LogEntry, LogError, LogMark};
use cep_engine::store::{StoreError, StoreErrorKind};
use tokio::runtime::Runtime;

use super::address::StreamAddress;
use super::patience::Patience;
use super::view::{self, Place, View};
use crate::failure::Act;
use crate::options::RedisOptions;
use crate::servers::Servers;

/// About how many bytes are read at once, and the most entries.
const PIECE: (usize, usize) = (1 << 20, 4096);

/// How many are read first, when nobody knows how large they are.
const FIRST: usize = 64;

/// How long the server is asked to wait for more.
const BLOCK: Duration = Duration::from_secs(1);

/// Before the first entry.
const BEGIN: &str = "0-0";

/// A stream, read over a connection of its own. Calls wait on the thread that they are made on: it must not be one of an
/// asynchronous runtime.
pub struct RedisStream {
    address: StreamAddress,
    name: String,
    servers: Servers,
    runtime: Runtime,
    /// The last entry read, and its number; none before anything is known of the stream.
    after: String,
    number: Option<u64>,
    /// How many are read at once.
    most: usize,
}

impl RedisStream {
    /// Connects to the server of a stream. The stream need not be there yet.
    ///
    /// # Errors
    /// Where the server cannot be reached, also after a while, or refuses.
    pub fn connect(address: &StreamAddress, options: &RedisOptions) -> Result<Self, LogError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| {
            StoreError::new(StoreErrorKind::Setup, "no connection can be made").with_source(error)
        })?;
        let connect = || runtime.block_on(Servers::connect(&[address.server()], options));
        let servers = patiently(Patience::at_first(), connect)?;
        let (name, after) = (address.to_string(), BEGIN.to_owned());
        Ok(Self { address: address.clone(), name, servers, runtime, after, number: None, most: FIRST })
    }

    fn view(&self, from: &str, to: &str, most: usize) -> Result<View, StoreError> {
        let commands = view::commands(self.address.key(), from, to, most);
        patiently(Patience::new(), || {
            let answer =
                self.runtime.block_on(self.servers.send_once(self.address.slot(), commands.clone()))?;
            view::read(answer, &self.name)
        })
    }

    /// Whether the stream is the one that was read, and has all that was not.
    fn check(&self, view: &View) -> Result<(), LogError> {
        let replaced = |why: String| LogError::Replaced { log: self.name.clone(), why };
        let Some(number) = self.number else { return Ok(()) };
        if !view.is_there {
            let why = || format!("it is gone, and {number} entries of it had been read");
            return if number == 0 { Ok(()) } else { Err(replaced(why())) };
        }
        let after = Place::of(&self.after).unwrap_or_default();
        if view.added < number || view.last < after {
            let why = format!(
                "it has had {} entries, and {number} had been read, up to {}",
                view.added, self.after
            );
            return Err(replaced(why));
        }
        if view.first.as_ref().is_some_and(|(first, _)| *first <= after) {
            return Ok(());
        }
        // All that was read has been removed; that and no more may have been.
        let removed = view.removed();
        if removed < number {
            let why = format!("{number} entries had been read, and only {removed} have been removed");
            return Err(replaced(why));
        }
        if removed > number { Err(self.lost(removed - number, view)) } else { Ok(()) }
    }

    fn lost(&self, entries: u64, view: &View) -> LogError {
        let first = view.first.as_ref().map(|(_, id)| id.clone());
        LogError::Lost { log: self.name.clone(), entries, after: self.after.clone(), first }
    }

    /// Takes note of what is read.
    fn take(&mut self, view: View, mut number: u64) -> Vec<LogEntry> {
        let mut entries = view.entries;
        for entry in &mut entries {
            number += 1;
            entry.number = number;
        }
        self.number = Some(number);
        if let Some(last) = entries.last() {
            self.after.clone_from(&last.id);
            self.most = (PIECE.0 / (view.bytes / entries.len()).max(1)).clamp(1, PIECE.1);
        }
        entries
    }
}

/// Tries until it succeeds, as long as that may be.
fn patiently<T>(
    mut patience: Patience,
    mut ask: impl FnMut() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    loop {
        match ask() {
            Ok(answer) => return Ok(answer),
            Err(error) => std::thread::sleep(patience.after(error)?),
        }
    }
}

impl Log for RedisStream {
    fn name(&self) -> &str {
        &self.name
    }

    fn go_to(&mut self, mark: Option<&LogMark>) -> Result<Option<LogEntry>, LogError> {
        let Some(mark) = mark else {
            (self.after, self.number) = (BEGIN.to_owned(), None);
            return Ok(None);
        };
        (self.after, self.number) = (mark.id.clone(), Some(mark.number));
        let view = self.view(&mark.id, &mark.id, 1)?;
        self.check(&view)?;
        Ok(view.entries.into_iter().next().map(|entry| LogEntry { number: mark.number, ..entry }))
    }

    fn next(&mut self) -> Result<Vec<LogEntry>, LogError> {
        let view = self.view(&format!("({}", self.after), "+", self.most)?;
        self.check(&view)?;
        // What was removed before anybody came is not missed.
        let number = self.number.unwrap_or_else(|| view.removed());
        let is_last = view.entries.len() < self.most;
        // Those removed from the middle are missed at the end.
        let missing = view.added.saturating_sub(number + view.entries.len() as u64);
        if view.is_there && is_last && missing > 0 {
            return Err(self.lost(missing, &view));
        }
        Ok(self.take(view, number))
    }

    fn wait(&mut self) -> Result<(), LogError> {
        let mut command = redis::cmd("XREAD");
        command.arg("COUNT").arg(1).arg("BLOCK").arg(BLOCK.as_millis() as u64);
        command.arg("STREAMS").arg(self.address.key()).arg(&self.after);
        let asked = self.runtime.block_on(self.servers.ask(self.address.slot(), command, Act::Read));
        match asked.map_err(LogError::from) {
            // Whatever came is read where it is looked at as a whole.
            Ok(_) => Ok(()),
            // Whoever asks next waits as long as is right.
            Err(error) if error.is_passing() => Ok(()),
            Err(error) => Err(error),
        }
    }
}

impl std::fmt::Debug for RedisStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisStream")
            .field("address", &self.address)
            .field("after", &self.after)
            .finish_non_exhaustive()
    }
}

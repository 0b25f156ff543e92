//! A stream that gets each output exactly once. How far it is stands beside it, in the same slot and written by the same
//! script: the number of the next output of each group, whose outputs they are, and the epoch of who may write.

use std::collections::BTreeMap;
use std::fmt;

use cep_engine::Released;
use cep_engine::store::{GroupId, StoreError, StoreErrorKind, Version};
use redis::{Cmd, Value};

use super::address::StreamAddress;
use super::patience::Patience;
use crate::failure::Act;
use crate::options::RedisOptions;
use crate::reply::{self, Bad, Said};
use crate::script;
use crate::servers::Servers;
use crate::setup::Setup;

/// The version of what stands beside a stream.
const FORMAT: &str = "1";

/// The most outputs, and about how many bytes, that are written by one script.
const AT_ONCE: (usize, usize) = (1_000, 1 << 20);

/// A stream that outputs of some state are appended to: an entry a line, under the field `json`.
///
/// Its futures are polled in a runtime of tokio, as those of a store.
pub struct StreamSink {
    address: StreamAddress,
    beside: String,
    servers: Servers,
    of: String,
    epoch: u64,
    next: BTreeMap<GroupId, u64>,
    most: Option<u64>,
    waiting: Waiting,
}

/// Told why a server is waited for, once each time.
pub type Waiting = Box<dyn Fn(&StoreError) + Send + Sync>;

impl StreamSink {
    /// Takes a stream over for the outputs of some state, named by `of`: whoever wrote them before is refused from now on.
    /// The stream is made if it is not there, and kept at about `most` entries.
    ///
    /// # Errors
    /// Where the server cannot be reached, also after a while, or must not be given outputs; where the stream is another's.
    pub async fn open(
        address: &StreamAddress,
        of: &str,
        most: Option<u64>,
        options: &RedisOptions,
        waiting: Waiting,
    ) -> Result<Self, StoreError> {
        let beside = address.beside("sink")?;
        let mut patience = Patience::at_first();
        let servers = loop {
            match connect(address, options).await {
                Ok(servers) => break servers,
                Err(error) => wait(&mut patience, error, &waiting).await?,
            }
        };
        let (of, next) = (of.to_owned(), BTreeMap::new());
        let mut sink = Self { address: address.clone(), beside, servers, of, epoch: 0, next, most, waiting };
        let mut call = script::SINK_OPEN.call(&[sink.address.key(), &sink.beside]);
        call.arg(FORMAT).arg(&sink.of);
        let mut said = sink.ask(call).await?;
        (sink.epoch, sink.next) = known(&mut said).map_err(|bad| bad.told(&sink.beside))?;
        Ok(sink)
    }

    /// The number of the next output of a group that the stream lacks; none where it has had none of it.
    #[must_use]
    pub fn next(&self, group: GroupId) -> Option<u64> {
        self.next.get(&group).copied()
    }

    /// Appends outputs; those that the stream has already are left out. While the server is away or has no room, it waits.
    ///
    /// # Errors
    /// Where that has lasted for long, or another process has taken the stream over.
    pub async fn put(&mut self, outputs: &[Released]) -> Result<(), StoreError> {
        let mut rest = outputs;
        while !rest.is_empty() {
            let mut bytes = 0;
            let is_room = |output: &&Released| {
                bytes += output.bytes.len();
                bytes <= AT_ONCE.1
            };
            let count = rest.iter().take(AT_ONCE.0).take_while(is_room).count().max(1);
            let (now, later) = rest.split_at(count);
            self.ask(self.append(now)).await?;
            for output in now {
                self.next.insert(output.group, output.number + 1);
            }
            rest = later;
        }
        Ok(())
    }

    fn append(&self, outputs: &[Released]) -> Cmd {
        let bytes = outputs.iter().map(|output| output.bytes.len() + 64).sum();
        let keys = [self.address.key(), &self.beside];
        let mut call = script::SINK_PUT.call_of_size(&keys, 4 + 4 * outputs.len(), bytes);
        call.arg(&self.of).arg(self.epoch);
        match self.most {
            Some(most) => call.arg(most),
            None => call.arg("-"),
        };
        call.arg(outputs.len());
        for output in outputs {
            let lines: Vec<_> =
                output.bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
            call.arg(output.group.0).arg(output.number).arg(lines.len());
            lines.into_iter().for_each(|line| {
                call.arg(line);
            });
        }
        call
    }

    /// What a script says that is well. It does what doing it once does, so it is sent until there is an answer.
    async fn ask(&self, call: Cmd) -> Result<Said, StoreError> {
        let mut patience = Patience::new();
        loop {
            let asked = self.servers.ask(self.address.slot(), call.clone(), Act::Repeatable).await;
            match asked {
                Ok(answer) => return self.well(answer),
                Err(error) => wait(&mut patience, error, &self.waiting).await?,
            }
        }
    }

    fn well(&self, answer: Value) -> Result<Said, StoreError> {
        let bad = |bad: Bad| bad.told(&self.beside);
        let mut said = Said::new(answer).map_err(bad)?;
        let setup = |what: String, help: &str| StoreError::new(StoreErrorKind::Setup, what).with_help(help);
        let name = &self.address;
        Err(match said.word.as_str() {
            "ok" => return Ok(said),
            "other" => setup(
                format!("{name} has the matches of other state than this"),
                "write to another stream, or remove this one together with the key that says so (see docs/streams.md)",
            ),
            "foreign" => setup(
                format!("{name} has entries already, and no run with a store has written them"),
                "write to another stream, or remove this one",
            ),
            "format" => StoreError::new(
                StoreErrorKind::Incompatible,
                format!("{name} was written to by a newer version: `{}`", self.beside),
            )
            .with_help("use the version that wrote it, or a newer one"),
            "fenced" => {
                let found = Version { epoch: reply::number(said.next()).map_err(bad)?, seq: 0 };
                StoreError::new(
                    StoreErrorKind::Fenced { found },
                    format!("another process writes to {name} now"),
                )
                .with_help("let one process alone write there")
            }
            "missing" => StoreError::new(
                StoreErrorKind::Corrupt,
                format!("`{}`, which says how far {name} is, has gone", self.beside),
            )
            .with_help("restore the server's data; matches that were written may be missing"),
            "type" => {
                let key = reply::text(said.next()).map_err(bad)?;
                let kind = reply::text(said.next()).map_err(bad)?;
                setup(
                    format!("`{key}` holds a {kind}, where {name} is to be written"),
                    "write to another stream, or remove that key",
                )
            }
            "denied" => {
                let command = reply::text(said.next()).map_err(bad)?;
                setup(format!("Redis does not allow the user to {command} for {name}"), NEEDED)
            }
            _ => return Err(bad(Bad::new("an answer of a script"))),
        })
    }
}

/// Waits as long as is right after an error, and says why; or gives the error back.
async fn wait(patience: &mut Patience, error: StoreError, waiting: &Waiting) -> Result<(), StoreError> {
    if patience.is_fresh() && Patience::helps(&error) {
        waiting(&error);
    }
    tokio::time::sleep(patience.after(error)?).await;
    Ok(())
}

impl fmt::Debug for StreamSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamSink")
            .field("address", &self.address)
            .field("epoch", &self.epoch)
            .finish_non_exhaustive()
    }
}

/// The servers of a stream, if its own may be given outputs.
async fn connect(address: &StreamAddress, options: &RedisOptions) -> Result<Servers, StoreError> {
    let servers = Servers::connect(&[address.server()], options).await?;
    let node = servers.node(address.slot())?;
    Setup::of(&node).await?.check(&node.at)?;
    Ok(servers)
}

/// What a user who writes to a stream has to be allowed.
const NEEDED: &str = "ACL SETUSER the-user ~THE-STREAM ~cep:sink:* +@stream +@hash +eval +hello +info +type";

/// Epoch and numbers.
fn known(said: &mut Said) -> Result<(u64, BTreeMap<GroupId, u64>), Bad> {
    let epoch = reply::number(said.next())?;
    let mut next = BTreeMap::new();
    let mut words = reply::list(said.next())?.into_iter();
    while let (Some(name), Some(value)) = (words.next(), words.next()) {
        let name = reply::text(name)?;
        if let Some(group) = name.strip_prefix('n').and_then(|group| group.parse().ok()) {
            next.insert(GroupId(group), reply::number(value)?);
        }
    }
    Ok((epoch, next))
}

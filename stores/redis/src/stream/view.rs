//! What a server says of a stream at one moment: how much there has ever been in it, where it begins, and some entries.

use cep_engine::log::LogEntry;
use cep_engine::store::{StoreError, StoreErrorKind};
use redis::{Pipeline, Value};

use crate::reply::{self, Bad};

/// The place of an entry: milliseconds, and a number within them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(super) struct Place(u64, u64);

impl Place {
    pub(super) fn of(id: &str) -> Option<Self> {
        let (millis, number) = id.split_once('-')?;
        Some(Self(millis.parse().ok()?, number.parse().ok()?))
    }
}

/// A stream at one moment. One that is not there has had nothing yet.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct View {
    pub(super) is_there: bool,
    /// The entries it has.
    pub(super) length: u64,
    /// The entries it has ever had.
    pub(super) added: u64,
    /// The greatest id that it has ever had.
    pub(super) last: Place,
    /// The first entry that is there.
    pub(super) first: Option<(Place, String)>,
    /// Those asked for, without numbers.
    pub(super) entries: Vec<LogEntry>,
    /// The bytes of those.
    pub(super) bytes: usize,
}

impl View {
    /// The entries that it has had and has no more.
    pub(super) fn removed(&self) -> u64 {
        self.added.saturating_sub(self.length)
    }
}

/// The commands that make a view: one transaction, so that all of it is of one moment.
pub(super) fn commands(key: &str, from: &str, to: &str, most: usize) -> Pipeline {
    let mut commands = Pipeline::with_capacity(5);
    commands.cmd("MULTI").cmd("TYPE").arg(key).cmd("XINFO").arg("STREAM").arg(key);
    commands.cmd("XRANGE").arg(key).arg(from).arg(to).arg("COUNT").arg(most).cmd("EXEC");
    commands
}

/// Reads the answer of those commands.
pub(super) fn read(answer: Value, told: &str) -> Result<View, StoreError> {
    let bad = |bad: Bad| bad.told(told);
    let mut parts = reply::list(answer).map_err(bad)?.into_iter();
    let mut next = || parts.next().unwrap_or(Value::Nil);
    let kind = reply::text(next()).map_err(bad)?;
    match kind.as_str() {
        "none" => return Ok(View::default()),
        "stream" => {}
        _ => {
            let what = format!("there is no {told}: under that key is a {kind}");
            return Err(StoreError::new(StoreErrorKind::Setup, what).with_help("give the key of a stream"));
        }
    }
    let mut view = about(next()).map_err(bad)?;
    for entry in reply::list(next()).map_err(bad)? {
        let entry = read_entry(entry).map_err(bad)?;
        view.bytes += entry.fields.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
        view.entries.push(entry);
    }
    Ok(view)
}

/// What `XINFO STREAM` says.
fn about(answer: Value) -> Result<View, Bad> {
    let pairs = match answer {
        Value::Map(pairs) => pairs,
        _ => return Err(Bad::new("a map")),
    };
    let mut view = View { is_there: true, ..View::default() };
    for (name, value) in pairs {
        match reply::text(name)?.as_str() {
            "length" => view.length = reply::number(value)?,
            "entries-added" => view.added = reply::number(value)?,
            "last-generated-id" => view.last = place(&reply::text(value)?)?,
            "first-entry" if value != Value::Nil => {
                let id = read_entry(value)?.id;
                view.first = Some((place(&id)?, id));
            }
            _ => {}
        }
    }
    Ok(view)
}

fn place(id: &str) -> Result<Place, Bad> {
    Place::of(id).ok_or(Bad::new("the id of an entry"))
}

fn read_entry(answer: Value) -> Result<LogEntry, Bad> {
    let mut parts = reply::list(answer)?.into_iter();
    let id = reply::text(parts.next().unwrap_or(Value::Nil))?;
    let mut words = reply::list(parts.next().unwrap_or(Value::Nil))?.into_iter();
    let mut fields = Vec::with_capacity(words.len() / 2);
    while let (Some(name), Some(value)) = (words.next(), words.next()) {
        fields.push((word(name)?, word(value)?));
    }
    Ok(LogEntry { id, number: 0, fields })
}

fn word(value: Value) -> Result<Vec<u8>, Bad> {
    match value {
        Value::BulkString(bytes) => Ok(bytes),
        _ => Err(Bad::new("bytes")),
    }
}

//! Records that cannot be read: set aside as they are, in the next commit, and the rows of their keys diverted from then on.

use bytes::Bytes;
use cep_core::bytes::{RecordError, RecordErrorKind};
use cep_core::event::Value;
use cep_core::matcher::RecordKey;
use cep_core::runtime::{KeyState, RecordCodec};

use crate::error::EngineError;
use crate::group::{Group, record_key};
use crate::keys;
use crate::options::Options;
use crate::store::{Changes, Put, StateStore};

/// How many entries are read at once.
const ENTRIES_AT_ONCE: usize = 1024;

/// A record that was set aside.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SetAside {
    /// The key's values.
    pub key: String,
    /// What is wrong with it.
    pub why: String,
}

/// The quarantine of a group.
#[derive(Debug, Default)]
pub(crate) struct Quarantine {
    /// Records that go there with the next commit: their keys and bytes.
    coming: Vec<(Bytes, Bytes)>,
    /// What nobody has been told of.
    untold: Vec<SetAside>,
    /// The rows that were diverted before this opening.
    diverted_before: u64,
}

impl Quarantine {
    pub(crate) fn new(diverted_before: u64) -> Self {
        Self { diverted_before, ..Self::default() }
    }

    pub(crate) fn is_coming(&self) -> bool {
        !self.coming.is_empty()
    }

    /// What has been set aside since that was last asked.
    pub(crate) fn take_untold(&mut self) -> Vec<SetAside> {
        std::mem::take(&mut self.untold)
    }
}

impl Group {
    /// The state in the record of a key that was announced. None where it cannot be read, and is set aside.
    pub(crate) async fn read<S: StateStore>(
        &mut self,
        store: &S,
        codec: &RecordCodec,
        options: &Options,
        (key, name, value): (&RecordKey, &Bytes, Bytes),
    ) -> Result<Option<KeyState>, EngineError> {
        let whole = self.whole(store, name, value.clone()).await;
        let error = match whole.and_then(|whole| decode(codec, key, &whole)) {
            Ok(state) => return Ok(Some(state)),
            Err(error) => error,
        };
        let why = match error {
            EngineError::CorruptRecord { why, .. } if options.quarantine => why,
            EngineError::Corrupt { why, .. } if options.quarantine => why,
            EngineError::Corrupt { why, .. } => {
                return Err(EngineError::CorruptRecord { key: told(&key.values), why });
            }
            error => return Err(error),
        };
        self.matcher.divert(key);
        self.state.aside += 1;
        self.quarantine.coming.push((name.clone(), value));
        self.quarantine.untold.push(SetAside { key: told(&key.values), why });
        Ok(None)
    }

    /// Diverts the keys whose records were set aside before.
    pub(crate) async fn recover_aside<S: StateStore>(&mut self, store: &S) -> Result<(), EngineError> {
        let mut after = None;
        loop {
            let page = store.scan(self.id, Some(self.known), &[keys::ASIDE], after, ENTRIES_AT_ONCE).await?;
            for entry in page.items {
                if let Some(key) = record_key(self.matcher.program(), &keys::of_aside(&entry.key))? {
                    self.matcher.announce(&key, None);
                    self.matcher.divert(&key);
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    /// What the next commit writes of it: the bytes as they were, under a key of their own. Pieces of a large record stay.
    pub(crate) fn take_aside(&mut self, changes: &mut Changes) {
        for (name, value) in self.quarantine.coming.drain(..) {
            changes.puts.push(Put { key: keys::aside(&name), deadline: None, value });
            changes.deletes.push(name);
        }
        self.state.diverted = self.quarantine.diverted_before + self.matcher.diverted();
    }
}

/// The state in a record.
pub(crate) fn decode(codec: &RecordCodec, key: &RecordKey, value: &[u8]) -> Result<KeyState, EngineError> {
    let decoded = codec.decode(key.family, value).map_err(|error| unreadable(key, &error))?;
    Ok(decoded.state)
}

/// What a later version wrote, or what names a layout that is missing, is not the record's fault.
fn unreadable(key: &RecordKey, error: &RecordError) -> EngineError {
    let (key, why) = (told(&key.values), error.to_string());
    match error.kind {
        RecordErrorKind::Newer { .. } | RecordErrorKind::UnknownLayout { .. } => {
            EngineError::Incompatible { key, why }
        }
        _ => EngineError::CorruptRecord { key, why },
    }
}

/// The values of a key, for people.
fn told(values: &[Value]) -> String {
    let value = |value: &Value| match value {
        Value::Str(text) => format!("`{text}`"),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Bool(is_so) => is_so.to_string(),
        other => format!("{other:?}"),
    };
    if values.is_empty() { "()".to_owned() } else { values.iter().map(value).collect::<Vec<_>>().join(", ") }
}

//! A namespace out of one store and into another, a piece at a time: neither side ever has more of it in memory than a page.
//!
//! What is being written to cannot be read whole, which is noticed. What is on its way says so of itself until all of it has
//! arrived, and no engine opens it. The copy begins with an epoch that no owner of the original has had, so that whoever takes
//! it for the original is refused; its outputs keep their numbers, so that a sink goes on with it.

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use bytes::Bytes;
use cep_core::time::Timestamp;

use crate::error::EngineError;
use crate::header::About;
use crate::keys;
use crate::store::{Changes, Fresh, GroupId, Header, Opened, Put, StateStore, Version};

/// What an engine keeps in a group, by the first byte of its keys, with how many entries are read at once.
const KINDS: [(u8, usize); 3] = [(keys::RECORD, 1024), (keys::WAITING, 8), (keys::SEGMENT, 64)];

/// How many outputs are read at once.
const OUTPUTS_AT_ONCE: usize = 1024;

/// A piece of a namespace. They come in the order in which they are listed, those of one group after those of another.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Piece {
    /// What the namespace says of itself.
    #[serde(rename = "namespace")]
    Namespace {
        /// The engine's bytes.
        about: ByteBuf,
        /// The number of groups.
        groups: u16,
    },
    /// The header of a group.
    #[serde(rename = "group")]
    Group {
        /// Its number.
        group: u16,
        /// The epoch of its owner.
        epoch: u64,
        /// Its number of commits.
        seq: u64,
        /// The number of the first output that is there.
        first_outbox: u64,
        /// The engine's bytes.
        state: ByteBuf,
    },
    /// Entries of the group.
    #[serde(rename = "entries")]
    Entries(Vec<(ByteBuf, Option<i64>, ByteBuf)>),
    /// Outputs of the group that have not been taken.
    #[serde(rename = "outputs")]
    Outputs(Vec<ByteBuf>),
    /// There is nothing more.
    #[serde(rename = "end")]
    End(Moved),
}

/// How much there was.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Moved {
    /// Entries of all groups.
    pub entries: u64,
    /// Outputs that have not been taken.
    pub outputs: u64,
}

impl Piece {
    /// The piece as bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        rmp_serde::to_vec_named(self).expect("maps, numbers and bytes always have a form")
    }

    /// The piece that bytes say.
    ///
    /// # Errors
    /// Where they say none.
    pub fn decode(bytes: &[u8]) -> Result<Self, EngineError> {
        rmp_serde::from_slice(bytes).map_err(|error| corrupt(&error.to_string()))
    }
}

fn corrupt(why: &str) -> EngineError {
    EngineError::Corrupt { place: "that is to be moved".to_owned(), why: why.to_owned() }
}

/// Calls `put` with each piece of a namespace in turn; none where it is not there.
///
/// # Errors
/// Where the store fails, somebody writes to the namespace meanwhile, or `put` fails.
pub async fn export<S: StateStore, E: From<EngineError>>(
    store: &S,
    mut put: impl AsyncFnMut(Piece) -> Result<(), E>,
) -> Result<Option<Moved>, E> {
    let Some(opened) = store.look().await.map_err(EngineError::from)? else { return Ok(None) };
    About::decode(&opened.about)?;
    let groups = u16::try_from(opened.groups.len()).expect("a namespace has at most 65,535 groups");
    put(Piece::Namespace { about: ByteBuf::from(opened.about.to_vec()), groups }).await?;
    let mut moved = Moved::default();
    for (group, header) in (0..).zip(&opened.groups) {
        let Header { version: Version { epoch, seq }, first_outbox, state, .. } = header.clone();
        put(Piece::Group { group, epoch, seq, first_outbox, state: ByteBuf::from(state.to_vec()) }).await?;
        moved.entries += export_entries(store, GroupId(group), &mut put).await?;
        moved.outputs += export_outputs(store, GroupId(group), header, &mut put).await?;
    }
    let is_same = store.look().await.map_err(EngineError::from)?.is_some_and(|again| again == opened);
    if !is_same {
        return Err(EngineError::Busy.into());
    }
    put(Piece::End(moved)).await?;
    Ok(Some(moved))
}

async fn export_entries<S: StateStore, E: From<EngineError>>(
    store: &S,
    group: GroupId,
    put: &mut impl AsyncFnMut(Piece) -> Result<(), E>,
) -> Result<u64, E> {
    let mut count = 0;
    for (kind, at_once) in KINDS {
        let mut after = None;
        loop {
            let page = store.scan(group, None, &[kind], after, at_once).await.map_err(EngineError::from)?;
            count += page.items.len() as u64;
            let entries = page.items.into_iter().map(|entry| {
                let bytes = |bytes: Bytes| ByteBuf::from(bytes.to_vec());
                (bytes(entry.key), entry.deadline.map(|deadline| deadline.0), bytes(entry.value))
            });
            let entries: Vec<_> = entries.collect();
            if !entries.is_empty() {
                put(Piece::Entries(entries)).await?;
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    Ok(count)
}

async fn export_outputs<S: StateStore, E: From<EngineError>>(
    store: &S,
    group: GroupId,
    header: &Header,
    put: &mut impl AsyncFnMut(Piece) -> Result<(), E>,
) -> Result<u64, E> {
    let mut next = header.first_outbox;
    while next < header.next_outbox {
        let outputs = store.outbox(group, next, OUTPUTS_AT_ONCE).await.map_err(EngineError::from)?;
        if outputs.first().is_none_or(|(number, _)| *number != next) {
            return Err(EngineError::Busy.into());
        }
        next += outputs.len() as u64;
        let outputs = outputs.into_iter().map(|(_, output)| ByteBuf::from(output.to_vec())).collect();
        put(Piece::Outputs(outputs)).await?;
    }
    Ok(next - header.first_outbox)
}

/// Copies a namespace from one store to another; none where it is not there. What is there already is removed if it may be.
///
/// # Errors
/// As [`export`] and [`Import::put`]; [`EngineError::SamePlace`] where both are one namespace.
pub async fn copy<A: StateStore, B: StateStore>(
    from: &A,
    to: &B,
    replace: bool,
) -> Result<Option<Moved>, EngineError> {
    if replace && is_same(from, to).await? {
        return Err(EngineError::SamePlace);
    }
    let mut import = Import::new(to, replace);
    export(from, async |piece| import.put(piece).await).await
}

/// Whether two ways lead to one namespace: whether what is written by the one is there by the other.
async fn is_same<A: StateStore, B: StateStore>(one: &A, other: &B) -> Result<bool, EngineError> {
    let Some(opened) = other.look().await? else { return Ok(false) };
    let Ok(about) = About::decode(&opened.about) else { return Ok(false) };
    let asked: Bytes = About { asked: about.asked + 1, ..about }.encode().into();
    other.amend(opened.about_version, asked.clone()).await?;
    Ok(one
        .look()
        .await?
        .is_some_and(|found| found.about == asked && found.about_version == opened.about_version + 1))
}

/// A namespace on its way into a store.
#[derive(Debug)]
pub struct Import<'s, S> {
    store: &'s S,
    replace: bool,
    arrived: Option<Arrived>,
}

/// What has arrived of it.
#[derive(Debug)]
struct Arrived {
    about: About,
    about_version: u64,
    groups: Vec<Arriving>,
    moved: Moved,
}

/// A group of it.
#[derive(Debug)]
struct Arriving {
    version: Version,
    next_outbox: u64,
    /// The epoch of the original, and its header; none before its turn.
    original: Option<(u64, Bytes)>,
}

impl<'s, S: StateStore> Import<'s, S> {
    /// Nothing has arrived yet. With `replace` what is there goes.
    #[must_use]
    pub fn new(store: &'s S, replace: bool) -> Self {
        Self { store, replace, arrived: None }
    }

    /// Takes a piece. After [`Piece::End`] the namespace is whole; after an error it never will be, and is to be imported
    /// anew.
    ///
    /// # Errors
    /// [`EngineError::IsThere`]; where the store fails, or a piece is not one that may come next.
    pub async fn put(&mut self, piece: Piece) -> Result<(), EngineError> {
        match (piece, &mut self.arrived) {
            (Piece::Namespace { about, groups }, None) => {
                self.arrived = Some(begin(self.store, self.replace, &about, groups).await?);
                Ok(())
            }
            (Piece::Group { group, epoch, first_outbox, state, .. }, Some(arrived)) => {
                arrived.begin_group(group, epoch, first_outbox, state.into_vec().into())
            }
            (Piece::Entries(entries), Some(arrived)) => {
                arrived.moved.entries += entries.len() as u64;
                let put = |(key, deadline, value): (ByteBuf, Option<i64>, ByteBuf)| Put {
                    key: key.into_vec().into(),
                    deadline: deadline.map(Timestamp),
                    value: value.into_vec().into(),
                };
                let puts = entries.into_iter().map(put).collect();
                arrived.commit(self.store, Changes { puts, ..Changes::default() }).await
            }
            (Piece::Outputs(outputs), Some(arrived)) => {
                arrived.moved.outputs += outputs.len() as u64;
                let outbox = outputs.into_iter().map(|output| output.into_vec().into()).collect();
                arrived.commit(self.store, Changes { outbox, ..Changes::default() }).await
            }
            (Piece::End(moved), Some(arrived)) => arrived.end(self.store, moved).await,
            (_, None) => Err(corrupt("it does not begin with the namespace")),
            (Piece::Namespace { .. }, Some(_)) => Err(corrupt("the namespace comes for the second time")),
        }
    }
}

async fn begin<S: StateStore>(
    store: &S,
    replace: bool,
    about: &[u8],
    groups: u16,
) -> Result<Arrived, EngineError> {
    let about = About::decode(about)?;
    if store.look().await?.is_some() {
        if !replace {
            return Err(EngineError::IsThere);
        }
        store.drop_namespace().await?;
    }
    let arriving = About { arriving: true, ..about.clone() };
    let opened: Opened = store.open(Fresh { groups, about: arriving.encode().into() }).await?;
    if !opened.is_new {
        return Err(EngineError::IsThere);
    }
    let group = |header: &Header| Arriving { version: header.version, next_outbox: 0, original: None };
    let groups = opened.groups.iter().map(group).collect();
    Ok(Arrived { about, about_version: opened.about_version, groups, moved: Moved::default() })
}

impl Arrived {
    fn begin_group(&mut self, number: u16, epoch: u64, first: u64, state: Bytes) -> Result<(), EngineError> {
        let next = self.groups.iter().position(|group| group.original.is_none());
        let Some(next) = next.filter(|next| *next == usize::from(number)) else {
            return Err(corrupt("a group that does not come next"));
        };
        self.groups[next].original = Some((epoch, state));
        self.about.outputs_before.resize(self.groups.len(), 0);
        self.about.outputs_before[next] += first;
        Ok(())
    }

    /// The group whose turn it is.
    fn current(&mut self) -> Result<(GroupId, &mut Arriving), EngineError> {
        let begun = self.groups.iter_mut().take_while(|group| group.original.is_some());
        let (number, group) = (0..).zip(begun).last().ok_or_else(|| corrupt("entries of no group"))?;
        Ok((GroupId(number), group))
    }

    async fn commit<S: StateStore>(&mut self, store: &S, changes: Changes) -> Result<(), EngineError> {
        let (id, group) = self.current()?;
        let changes = Changes { first_outbox: group.next_outbox, ..changes };
        group.next_outbox += changes.outbox.len() as u64;
        store.commit(id, group.version, changes).await?;
        group.version = group.version.next();
        Ok(())
    }

    async fn end<S: StateStore>(&mut self, store: &S, moved: Moved) -> Result<(), EngineError> {
        if moved != self.moved || self.groups.iter().any(|group| group.original.is_none()) {
            return Err(corrupt("not all of it is there"));
        }
        self.outlive_owners(store).await?;
        for (number, group) in (0..).zip(&mut self.groups) {
            let Some((_, state)) = group.original.take() else { continue };
            let changes = Changes { state, first_outbox: group.next_outbox, ..Changes::default() };
            store.commit(GroupId(number), group.version, changes).await?;
        }
        Ok(store.amend(self.about_version, self.about.encode().into()).await?)
    }

    /// Raises the epochs above those that owners of the original have had.
    async fn outlive_owners<S: StateStore>(&mut self, store: &S) -> Result<(), EngineError> {
        let last =
            self.groups.iter().filter_map(|group| group.original.as_ref()).map(|(epoch, _)| *epoch).max();
        while self.groups.iter().any(|group| Some(group.version.epoch) <= last) {
            let groups = u16::try_from(self.groups.len()).expect("a namespace has at most 65,535 groups");
            let opened = store.open(Fresh { groups, about: Bytes::new() }).await?;
            for (group, header) in self.groups.iter_mut().zip(&opened.groups) {
                if header.version.seq != group.version.seq || opened.is_new {
                    return Err(EngineError::Busy);
                }
                group.version = header.version;
            }
        }
        Ok(())
    }
}

//! Large records in pieces, so that a commit writes about as many bytes as have changed.
//!
//! A record of more than 64 KiB is cut where its content says so: a boundary is where a rolling hash over the bytes before
//! it has some bits clear (content-defined chunking, as in LBFS, SOSP 2001, with the gear hash of FastCDC, USENIX ATC 2016).
//! What is inserted or removed somewhere moves no boundary elsewhere. Pieces are immutable and named by their content; the
//! record itself is the list of their names.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::error::EngineError;
use crate::keys;
use crate::store::{Changes, GroupId, Put, StateStore, Version};

/// Records up to so many bytes are kept whole.
const WHOLE: usize = 64 << 10;

/// The least and the greatest length of a piece; between them one ends at a boundary.
const LEAST: usize = 4 << 10;
const GREATEST: usize = 64 << 10;

/// Bits of the hash that are clear at a boundary: one in 16 Ki.
const CLEAR: u64 = 0x3fff << 50;

/// The first byte of a list of pieces, which no format of a record begins with.
const LIST: u8 = 0;

/// Bytes of a name.
const NAME: usize = 16;

type Name = [u8; NAME];

/// The pieces that the store has of each large record, by the record's key.
#[derive(Debug, Default)]
pub(crate) struct Segments {
    known: HashMap<Bytes, HashSet<Name>>,
}

impl Segments {
    /// Adds what is to be written of a record.
    pub(crate) fn put(&mut self, mut put: Put, changes: &mut Changes) {
        if put.value.len() <= WHOLE {
            self.forget(&put.key, changes);
            return changes.puts.push(put);
        }
        let before = self.known.remove(&put.key).unwrap_or_default();
        let mut now = HashSet::new();
        let (record, mut list) = (digest(&put.key), vec![LIST]);
        for piece in pieces(&put.value) {
            let name = digest(piece);
            list.extend_from_slice(&name);
            if now.insert(name) && !before.contains(&name) {
                let value = Bytes::copy_from_slice(piece);
                changes.puts.push(Put { key: key_of(&record, &name), deadline: None, value });
            }
        }
        let gone = before.difference(&now).map(|name| key_of(&record, name));
        changes.deletes.extend(gone);
        self.known.insert(put.key.clone(), now);
        put.value = list.into();
        changes.puts.push(put);
    }

    /// A record goes.
    pub(crate) fn delete(&mut self, key: Bytes, changes: &mut Changes) {
        self.forget(&key, changes);
        changes.deletes.push(key);
    }

    fn forget(&mut self, key: &Bytes, changes: &mut Changes) {
        // Mostly no record is large; then there is nothing to look up.
        if self.known.is_empty() {
            return;
        }
        let Some(gone) = self.known.remove(key) else { return };
        let record = digest(key);
        changes.deletes.extend(gone.iter().map(|name| key_of(&record, name)));
    }

    /// The keys of the pieces of a record as it is stored; none where it is whole.
    pub(crate) fn pieces_of(
        &mut self,
        key: &Bytes,
        value: &Bytes,
    ) -> Result<Option<Vec<Bytes>>, EngineError> {
        let Some((&LIST, list)) = value.split_first() else { return Ok(None) };
        let (names, rest) = list.as_chunks::<NAME>();
        if !rest.is_empty() {
            return Err(corrupt(key, "its list of pieces is cut off"));
        }
        self.known.insert(key.clone(), names.iter().copied().collect());
        let record = digest(key);
        Ok(Some(names.iter().map(|name| key_of(&record, name)).collect()))
    }

    /// A record as it was encoded, put together if it is in pieces.
    pub(crate) async fn whole<S: StateStore>(
        &mut self,
        store: &S,
        group: GroupId,
        owner: Option<Version>,
        name: &Bytes,
        value: Bytes,
    ) -> Result<Bytes, EngineError> {
        match self.pieces_of(name, &value)? {
            None => Ok(value),
            Some(pieces) => Self::join(name, store.load(group, owner, &pieces).await?),
        }
    }

    /// A record put together.
    fn join(key: &Bytes, pieces: Vec<Option<Bytes>>) -> Result<Bytes, EngineError> {
        let pieces: Option<Vec<_>> = pieces.into_iter().collect();
        let pieces = pieces.ok_or_else(|| corrupt(key, "a piece of it is not there"))?;
        Ok(pieces.concat().into())
    }
}

fn corrupt(key: &Bytes, why: &str) -> EngineError {
    EngineError::Corrupt { place: format!("under key {}", key.escape_ascii()), why: why.to_owned() }
}

/// The key of a piece: nobody else's, as it has the digest of its record's key.
fn key_of(record: &Name, name: &Name) -> Bytes {
    [&[keys::SEGMENT][..], record, name].concat().into()
}

/// Tells bytes from all others.
pub(crate) fn digest(bytes: &[u8]) -> Name {
    let digest = Sha256::digest(bytes);
    std::array::from_fn(|index| digest[index])
}

/// A value cut at its boundaries.
fn pieces(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = value;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, after) = rest.split_at(first_boundary(rest));
        rest = after;
        Some(piece)
    })
}

fn first_boundary(bytes: &[u8]) -> usize {
    let longest = bytes.len().min(GREATEST);
    let mut hash = 0_u64;
    for (at, byte) in bytes[..longest].iter().enumerate() {
        hash = (hash << 1).wrapping_add(gear(*byte));
        if at + 1 >= LEAST && hash & CLEAR == 0 {
            return at + 1;
        }
    }
    longest
}

/// A random number for each byte: the output of splitmix64 (Steele, Lea, Flood: OOPSLA 2014) at it.
const fn gear(byte: u8) -> u64 {
    const TABLE: [u64; 256] = {
        let mut table = [0; 256];
        let mut byte = 0;
        while byte < 256 {
            let mut mixed = (byte as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            table[byte] = mixed ^ (mixed >> 31);
            byte += 1;
        }
        table
    };
    TABLE[byte as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(length: u32) -> Vec<u8> {
        (0..length).flat_map(|at| (at.wrapping_mul(2_654_435_761) ^ at >> 7).to_le_bytes()).collect()
    }

    fn put(segments: &mut Segments, value: Vec<u8>) -> Changes {
        let mut changes = Changes::default();
        let put = Put { key: Bytes::from_static(b"kx"), deadline: None, value: value.into() };
        segments.put(put, &mut changes);
        changes
    }

    fn apply(store: &mut HashMap<Bytes, Bytes>, changes: Changes) -> usize {
        changes.deletes.iter().for_each(|key| assert!(store.remove(key).is_some(), "what goes was there"));
        let written = changes.puts.iter().map(|put| put.value.len()).sum();
        store.extend(changes.puts.into_iter().map(|put| (put.key, put.value)));
        written
    }

    fn read(store: &HashMap<Bytes, Bytes>) -> Bytes {
        let key = Bytes::from_static(b"kx");
        match Segments::default().pieces_of(&key, &store[&key]).unwrap() {
            None => store[&key].clone(),
            Some(pieces) => {
                Segments::join(&key, pieces.iter().map(|piece| store.get(piece).cloned()).collect()).unwrap()
            }
        }
    }

    #[test]
    fn what_is_written_is_as_much_as_has_changed() {
        let (mut segments, mut store) = (Segments::default(), HashMap::new());
        let mut text = value(250_000);
        text[0] = 1;
        let all = apply(&mut store, put(&mut segments, text.clone()));
        assert!(all > 1_000_000 && read(&store) == text);
        for change in 0..20 {
            text.splice(30_000 * change + 1..30_000 * change + 50, value(20));
            text.extend_from_slice(b"more");
            let written = apply(&mut store, put(&mut segments, text.clone()));
            assert!(written < 250_000, "{written}");
            assert_eq!(read(&store), text);
        }
        text.truncate(1000);
        apply(&mut store, put(&mut segments, text.clone()));
        assert_eq!((read(&store), store.len()), (text.into(), 1));
        let mut changes = Changes::default();
        segments.delete(Bytes::from_static(b"kx"), &mut changes);
        apply(&mut store, changes);
        assert!(store.is_empty());
    }

    #[test]
    fn what_is_missing_is_told() {
        let key = Bytes::from_static(b"kx");
        let cut = Segments::default().pieces_of(&key, &vec![LIST; 8].into());
        assert!(matches!(cut, Err(EngineError::Corrupt { .. })));
        assert!(matches!(Segments::join(&key, vec![None]), Err(EngineError::Corrupt { .. })));
    }
}

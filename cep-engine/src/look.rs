//! Looking at state without owning it: what keys hold, and how far the sources are.

use std::sync::Arc;

use cep_core::matcher::{Matcher, RecordKey};
use cep_core::program::{Hold, Program};
use cep_core::runtime::{Adopt, KeyState, RecordCodec};
use cep_core::time::{Timestamp, Watermark};

use crate::change::{History, Plan};
use crate::drain::Draining;
use crate::error::EngineError;
use crate::group::record_key;
use crate::header::{About, GroupState};
use crate::keys;
use crate::open::next;
use crate::options::OnChange;
use crate::position::{Vector, least};
use crate::quarantine::decode;
use crate::segments::Segments;
use crate::store::{GroupId, Opened, StateStore, Version};
use crate::text::{Given, ProgramText};

/// How many entries are read at once.
const ENTRIES_AT_ONCE: usize = 1024;

/// What a namespace says without its keys.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Overview {
    /// What names the state.
    pub id: [u8; 16],
    /// How far the sources are, in all groups.
    pub vector: Vector,
    /// Whether all sources had come to their end.
    pub ended: bool,
    /// The patterns of the program.
    pub patterns: Vec<String>,
    /// What the program was made from, where that is known.
    pub text: Option<ProgramText>,
    /// The patterns that are of earlier texts, and run out.
    pub draining: Vec<Draining>,
    /// How often another program took over.
    pub changes: u64,
    /// The groups, by number.
    pub groups: Vec<GroupOverview>,
}

/// What the header of a group says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupOverview {
    /// Whose it is and how many commits there were.
    pub version: Version,
    /// How far the group has applied the sources.
    pub vector: Vector,
    /// The number of its first output that has not been taken, or that comes next.
    pub first_output: u64,
    /// The number of its next output.
    pub next_output: u64,
    /// The records that were set aside, as they cannot be read.
    pub set_aside: u64,
    /// The rows of their keys that were diverted.
    pub diverted: u64,
}

/// A record that was set aside.
#[derive(Clone, PartialEq, Debug)]
pub struct Aside {
    /// The key.
    pub key: RecordKey,
    /// The bytes that cannot be read.
    pub bytes: usize,
}

/// A key with what it holds.
#[derive(Debug)]
pub struct Seen {
    /// The key.
    pub key: RecordKey,
    /// What it holds now: partial matches that are over are not there.
    pub state: KeyState,
    /// The moment by which time has to be told of to the key.
    pub deadline: Option<Timestamp>,
}

/// State looked at with the eyes of a program.
pub struct Look<S> {
    store: Arc<S>,
    program: Arc<Program>,
    codec: RecordCodec,
    opened: Opened,
}

/// What a namespace says without its keys; none where it is not there.
///
/// # Errors
/// Where the store fails, or what it has cannot be read.
pub async fn overview<S: StateStore>(store: &S) -> Result<Option<Overview>, EngineError> {
    let Some(opened) = store.look().await? else { return Ok(None) };
    let about = About::decode(&opened.about)?;
    let states = states(&opened)?;
    let history = about.history(&opened)?;
    let patterns = history.layouts[history.current].patterns().map(str::to_owned).collect();
    let groups = (0..).zip(opened.groups.iter().zip(&states)).map(|(number, (header, state))| {
        let before = about.outputs_before(GroupId(number));
        GroupOverview {
            version: header.version,
            vector: state.vector.clone(),
            first_output: before + header.first_outbox,
            next_output: before + header.next_outbox,
            set_aside: state.aside,
            diverted: state.diverted,
        }
    });
    let groups = groups.collect();
    Ok(Some(Overview {
        id: about.id,
        vector: least(states.iter().map(|state| &state.vector)),
        ended: !states.is_empty() && states.iter().all(|state| state.ended),
        patterns,
        text: about.text,
        draining: about.draining,
        changes: about.changes,
        groups,
    }))
}

fn states(opened: &Opened) -> Result<Vec<GroupState>, EngineError> {
    opened.groups.iter().map(GroupState::of).collect()
}

/// What would become of the partial matches in a namespace if a program took over; none where there is no namespace. This
/// is what [`Engine::open`](crate::Engine::open) would do then.
///
/// # Errors
/// Where the store fails, or what it has cannot be read.
pub async fn plan<S: StateStore>(
    store: &S,
    given: &Given,
    on_change: OnChange,
) -> Result<Option<Plan>, EngineError> {
    let Some(opened) = store.look().await? else { return Ok(None) };
    match next(&opened, given, &given.program.layout(Hold::Chosen), on_change) {
        Ok((_, plan, _)) => Ok(Some(plan)),
        Err(EngineError::OtherProgram(plan)) => Ok(Some(*plan)),
        Err(error) => Err(error),
    }
}

impl<S: StateStore> Look<S> {
    /// Looks at a namespace; none where it is not there.
    ///
    /// # Errors
    /// Where the store fails, or what it has cannot be read.
    pub async fn at(store: Arc<S>, program: Arc<Program>) -> Result<Option<Self>, EngineError> {
        let Some(opened) = store.look().await? else { return Ok(None) };
        let history = About::decode(&opened.about)?.history(&opened)?;
        let own = program.layout(Hold::Chosen);
        // Of patterns that are others than those of the state nothing is shown.
        let plan = history.plan(&program, &own, OnChange::Reset);
        let History { layouts, current, carried, .. } = history.after(own, &plan);
        let codec = RecordCodec::new(Arc::clone(&program), layouts, current, &Adopt::Listed(carried));
        Ok(Some(Self { store, program, codec, opened }))
    }

    /// Calls `see` with every key of the program's families that holds anything, group by group; more than once if it changes
    /// meanwhile.
    ///
    /// # Errors
    /// Where the store fails, or a record cannot be read.
    pub async fn keys(&self, mut see: impl FnMut(Seen)) -> Result<(), EngineError> {
        for (at, state) in states(&self.opened)?.iter().enumerate() {
            let group = GroupId(u16::try_from(at).expect("a namespace has at most 65,535 groups"));
            let mut matcher = Matcher::new(Arc::clone(&self.program));
            state.restore_clocks(&mut matcher, group)?;
            let mut after = None;
            loop {
                let page = self.store.scan(group, None, &[keys::RECORD], after, ENTRIES_AT_ONCE).await?;
                for entry in page.items {
                    let Some(key) = record_key(&self.program, &entry.key)? else { continue };
                    let value =
                        Segments::default().whole(&*self.store, group, None, &entry.key, entry.value).await?;
                    let mut state = decode(&self.codec, &key, &value)?;
                    let Watermark(now) = matcher.clock(key.family);
                    state.forget_until(&self.program, key.family, Timestamp(now));
                    if !state.is_empty() {
                        see(Seen { key, state, deadline: entry.deadline });
                    }
                }
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Calls `see` with every key of the program's families whose record was set aside, group by group.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn aside(&self, mut see: impl FnMut(Aside)) -> Result<(), EngineError> {
        for at in 0..self.opened.groups.len() {
            let group = GroupId(u16::try_from(at).expect("a namespace has at most 65,535 groups"));
            let mut after = None;
            loop {
                let page = self.store.scan(group, None, &[keys::ASIDE], after, ENTRIES_AT_ONCE).await?;
                for entry in page.items {
                    if let Some(key) = record_key(&self.program, &keys::of_aside(&entry.key))? {
                        see(Aside { key, bytes: entry.value.len() });
                    }
                }
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
        Ok(())
    }

    /// The record that the program would write of a key: equal states have equal ones.
    #[must_use]
    pub fn record(&self, seen: &Seen) -> Vec<u8> {
        let mut record = Vec::new();
        self.codec.encode(seen.key.family, &seen.state, &mut record);
        record
    }
}

impl<S> std::fmt::Debug for Look<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Look").field("opened", &self.opened).finish_non_exhaustive()
    }
}

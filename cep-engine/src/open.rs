//! Opening: the state of every group as the store has it, and from where the sources are to be read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use cep_core::matcher::{Config, Hold, Matcher, Residency, TableRows};
use cep_core::program::{Layout, Program};
use cep_core::runtime::{Adopt, RecordCodec};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::flight::Flight;
use crate::group::{Group, Render, record_key};
use crate::header::{About, GroupState};
use crate::keys;
use crate::look::layouts;
use crate::options::{OnChange, Options};
use crate::position::{Vector, least};
use crate::quarantine::Quarantine;
use crate::sabotage::Sabotage;
use crate::segments::Segments;
use crate::store::{Fresh, GroupId, Header, Opened, StateStore};

/// How many entries are read at once.
const ENTRIES_AT_ONCE: usize = 4096;

/// How many pages go by before memory is looked at.
const PAGES_A_LOOK: u64 = 8;

/// What an engine found when it was opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Resume {
    /// Whether the namespace is new.
    pub is_new: bool,
    /// What names the state.
    pub id: [u8; 16],
    /// From where each source is to be read; one that is not there from its beginning.
    pub vector: Vector,
    /// Whether all sources had come to their end.
    pub ended: bool,
    /// By group: the first number in the outbox that is there, and the next one that comes.
    pub outbox: BTreeMap<GroupId, (u64, u64)>,
    /// The keys that hold anything.
    pub keys: u64,
}

impl<S: StateStore> Engine<S> {
    /// Opens a namespace, or makes it, and takes over its groups: whoever had them is refused from now on.
    ///
    /// # Errors
    /// Where the store fails, what it has cannot be read, or belongs to another program.
    pub async fn open(
        store: Arc<S>,
        program: Arc<Program>,
        tables: TableRows,
        options: Options,
        render: Render,
    ) -> Result<(Self, Resume), EngineError> {
        let layout = program.layout(Hold::Chosen);
        let strata = program.families().iter().map(|family| family.stratum + 1).max().unwrap_or(1);
        let groups = if strata > 1 { 1 } else { options.groups.max(1) };
        let about = About::new(options.id, vec![layout.encode()]);
        let opened = store.open(Fresh { groups, about: about.encode().into() }).await?;
        let about = About::decode(&opened.about)?;
        let id = about.id;
        let (codec, number) = codec(&*store, (&program, layout), (&opened, about), options.on_change).await?;
        let mut first = Matcher::with_config(
            Arc::clone(&program),
            Config { residency: Residency::Store, ..Config::default() },
        );
        first.set_tables(tables);
        let siblings: Vec<_> = opened.groups.iter().skip(1).map(|_| first.sibling()).collect();
        let count = u16::try_from(opened.groups.len()).expect("a namespace has at most 65,535 groups");
        let mut groups = Vec::new();
        let mut keys = 0;
        for (at, (header, matcher)) in
            opened.groups.iter().zip(std::iter::once(first).chain(siblings)).enumerate()
        {
            let id = GroupId(u16::try_from(at).expect("a namespace has at most 65,535 groups"));
            let mut group = group(id, header, matcher, number, &options)?;
            keys += group.recover(&*store, &codec, &options, count).await?;
            groups.push(group);
        }
        let is_changed = groups.iter().any(|group| group.quarantine.is_coming());
        let resume = resume(&opened, id, &groups, keys);
        let vector = resume.vector.clone();
        let engine = Self {
            store,
            program,
            options,
            codec,
            groups,
            render,
            vector,
            idle: BTreeSet::new(),
            flight: Flight::default(),
            has_stopped: false,
            is_changed,
            rows: 0,
            unlooked: 0,
            committed_at: None,
        };
        Ok((engine, resume))
    }
}

/// What reads and writes records, with the number of the program's layout among those the namespace knows, which is told of
/// it if it is new.
async fn codec<S: StateStore>(
    store: &S,
    (program, own): (&Arc<Program>, Layout),
    (opened, mut about): (&Opened, About),
    on_change: OnChange,
) -> Result<(RecordCodec, u32), EngineError> {
    let mut layouts = layouts(&about)?;
    let adopt = if on_change == OnChange::Keep { Adopt::SameShape } else { Adopt::Unchanged };
    let known = layouts.iter().position(|layout| layout.id() == own.id());
    let is_new = known.is_none();
    let number = known.unwrap_or(layouts.len());
    if is_new {
        about.layouts.push(own.encode().into());
        layouts.push(own);
    }
    let codec = RecordCodec::new(Arc::clone(program), layouts, number, adopt);
    if is_new {
        check_change(&codec, opened, on_change)?;
        // A crash behind this leaves a layout that nobody names yet.
        store.amend(opened.about_version, about.encode().into()).await?;
    }
    Ok((codec, u32::try_from(number).expect("a namespace has few layouts")))
}

/// Whether what the program does not take over may go.
fn check_change(codec: &RecordCodec, opened: &Opened, on_change: OnChange) -> Result<(), EngineError> {
    if on_change == OnChange::Reset {
        return Ok(());
    }
    let mut lost: Vec<String> = Vec::new();
    for header in opened.groups.iter().filter(|header| !header.state.is_empty()) {
        let layout = usize::try_from(GroupState::of(header)?.layout).unwrap_or(usize::MAX);
        if layout >= codec.layouts().len() {
            let why = "it names a layout that is not there".to_owned();
            return Err(EngineError::Corrupt { place: "in the header of a group".to_owned(), why });
        }
        let changes = codec.changes(layout);
        lost.extend(changes.left_out);
        // What a condition reads now and was not kept would be null, which says something else.
        lost.extend(changes.missing.iter().map(|(stream, column)| format!("{stream}.{column}")));
    }
    lost.sort();
    lost.dedup();
    if lost.is_empty() { Ok(()) } else { Err(EngineError::OtherProgram(lost)) }
}

fn group(
    id: GroupId,
    header: &Header,
    mut matcher: Matcher,
    layout: u32,
    options: &Options,
) -> Result<Group, EngineError> {
    let mut state = GroupState::of(header)?;
    state.layout = layout;
    let quarantine = Quarantine::new(state.diverted);
    if !options.breaks(Sabotage::ForgetClocks) {
        state.restore_clocks(&mut matcher, id)?;
    }
    Ok(Group {
        id,
        matcher,
        version: header.version,
        known: header.version,
        state,
        outputs: Vec::new(),
        next_outbox: header.next_outbox,
        saved: 0,
        segments: Segments::default(),
        quarantine,
        chunks: Vec::new(),
    })
}

fn resume(opened: &Opened, id: [u8; 16], groups: &[Group], keys: u64) -> Resume {
    let outbox = groups.iter().zip(&opened.groups);
    Resume {
        is_new: opened.is_new,
        id,
        vector: least(groups.iter().map(|group| &group.state.vector)),
        ended: groups.iter().all(|group| group.state.ended),
        outbox: outbox.map(|(group, header)| (group.id, (header.first_outbox, header.next_outbox))).collect(),
        keys,
    }
}

impl Group {
    /// Reads the group's entries: rows that wait, and the states of keys as far as memory allows. Gives the number of keys.
    async fn recover<S: StateStore>(
        &mut self,
        store: &S,
        codec: &RecordCodec,
        options: &Options,
        groups: u16,
    ) -> Result<u64, EngineError> {
        self.recover_waiting(store, groups).await?;
        self.recover_aside(store).await?;
        let program = self.matcher.program().clone();
        let room = options.memory.map(|memory| memory / 4 * 3);
        let (mut keys, mut is_full, mut after) = (0, false, None);
        for page_number in 0_u64.. {
            let page = store.scan(self.id, Some(self.known), &[keys::RECORD], after, ENTRIES_AT_ONCE).await?;
            keys += page.items.len() as u64;
            for entry in page.items {
                let Some(key) = record_key(&program, &entry.key)? else { continue };
                self.matcher.announce(&key, entry.deadline);
                // Also of those that stay there it has to be known which pieces they have.
                if is_full && self.segments.pieces_of(&entry.key, &entry.value).is_ok() {
                    continue;
                }
                let record = (&key, &entry.key, entry.value);
                if let Some(state) = self.read(store, codec, options, record).await? {
                    self.matcher.provide(&key, Some(state));
                }
            }
            // To look at memory is to look at every key.
            let looks = page_number % PAGES_A_LOOK == 0;
            is_full |= looks && room.is_some_and(|room| self.matcher.memory() > room);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(keys)
    }

    async fn recover_waiting<S: StateStore>(&mut self, store: &S, groups: u16) -> Result<(), EngineError> {
        let numbers = self.state.chunks.clone();
        let names: Vec<Bytes> = numbers.iter().map(|number| keys::waiting(*number)).collect();
        for (number, value) in numbers.into_iter().zip(store.load(self.id, Some(self.known), &names).await?) {
            let place = || format!("of waiting rows {number} in group {}", self.id.0);
            let corrupt = |why: String| EngineError::Corrupt { place: place(), why };
            let value = value.ok_or_else(|| corrupt("it is not there".to_owned()))?;
            let chunk = self
                .matcher
                .restore_waiting(&value, (self.id.0, groups))
                .map_err(|error| corrupt(error.to_string()))?;
            self.chunks.push((number, chunk));
        }
        self.saved = self.matcher.arrived();
        Ok(())
    }
}

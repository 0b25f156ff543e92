//! Opening: the state of every group as the store has it, and from where the sources are to be read.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use cep_core::matcher::{Config, Matcher, Residency};
use cep_core::program::{Layout, Program};
use cep_core::runtime::RecordCodec;

use crate::change::{History, Plan, needs_one_group};
use crate::drain::Draining;
use crate::early::Early;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::flight::Flight;
use crate::group::{Group, Render, record_key};
use crate::header::{About, GroupState};
use crate::keys;
use crate::memory::Looks;
use crate::options::{OnChange, Options};
use crate::position::{Vector, least};
use crate::quarantine::Quarantine;
use crate::sabotage::Sabotage;
use crate::segments::{Segments, digest};
use crate::store::{Fresh, GroupId, Header, Opened, StateStore};
use crate::text::Given;

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
        given: impl Into<Given>,
        options: Options,
        render: Render,
    ) -> Result<(Self, Resume), EngineError> {
        let given = given.into();
        let Given { program, tables, .. } = &given;
        let mut first = matcher(program, &options);
        first.set_tables(tables.clone());
        let own = first.layout();
        if let Some(found) = store.look().await? {
            // What is refused takes nothing over.
            next(&found, &given, &own, options.on_change)?;
        }
        let groups = if needs_one_group(program) { 1 } else { options.groups.max(1) };
        let history = History::of_layout(own.clone(), usize::from(groups));
        let mut about = About::new(options.id, &history, given.text.clone());
        about.draining.clone_from(&given.draining);
        let opened = store.open(Fresh { groups, about: about.encode().into() }).await?;
        let (before, _, mut after) = next(&opened, &given, &own, options.on_change)?;
        if options.breaks(Sabotage::ForgetCarried) {
            after.forget_earlier();
        }
        let about = amended(before, &after, &given);
        if about.encode() != opened.about {
            // In one step: before it nothing has changed, after it all has.
            store.amend(opened.about_version, about.encode().into()).await?;
        }
        let program = given.program;
        let codec =
            RecordCodec::new(Arc::clone(&program), after.layouts.clone(), after.current, &after.adopt());
        let number = u32::try_from(after.current).expect("a namespace has few layouts");
        let siblings: Vec<_> = opened.groups.iter().skip(1).map(|_| first.sibling()).collect();
        let count = u16::try_from(opened.groups.len()).expect("a namespace has at most 65,535 groups");
        let mut groups = Vec::new();
        let mut keys = 0;
        for (at, (header, matcher)) in
            opened.groups.iter().zip(std::iter::once(first).chain(siblings)).enumerate()
        {
            let id = GroupId(u16::try_from(at).expect("a namespace has at most 65,535 groups"));
            let mut group = group(id, header, matcher, number, &options)?;
            group.outputs_before = about.outputs_before(id);
            keys += group.recover(&*store, &codec, &options, count).await?;
            groups.push(group);
        }
        let is_changed = groups.iter().any(|group| group.quarantine.is_coming());
        let resume = resume(&opened, about.id, &groups, keys);
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
            looks: Looks::default(),
            committed_at: None,
        };
        Ok((engine, resume))
    }
}

fn matcher(program: &Arc<Program>, options: &Options) -> Matcher {
    let Options { timers, report_timeouts, .. } = *options;
    let config = Config { timers, report_timeouts, residency: Residency::Store, ..Config::default() };
    Matcher::with_config(Arc::clone(program), config)
}

/// What a namespace says of itself, what becomes of the patterns, and its history once the program has taken over.
pub(crate) fn next(
    opened: &Opened,
    given: &Given,
    own: &Layout,
    on_change: OnChange,
) -> Result<(About, Plan, History), EngineError> {
    let about = About::decode(&opened.about)?;
    let mut history = about.history(opened)?;
    for draining in newly_draining(&about, given) {
        if draining.version != about.changes + 1 {
            // It was made for state that has changed since.
            return Err(EngineError::Busy);
        }
        history.rename(draining);
    }
    let plan = history.plan(&given.program, own, on_change).without(&given.ran_out);
    // Before the first commit there is nothing to lose.
    let has_any = opened.groups.iter().any(|header| !header.state.is_empty());
    if plan.is_refused() && (has_any || plan.too_many_groups.is_some()) {
        return Err(EngineError::OtherProgram(Box::new(plan)));
    }
    let after = history.after(own.clone(), &plan);
    Ok((about, plan, after))
}

fn newly_draining<'a>(about: &'a About, given: &'a Given) -> impl Iterator<Item = &'a Draining> {
    let is_known = |draining: &Draining| about.draining.iter().any(|known| known.version == draining.version);
    given.draining.iter().filter(move |draining| !is_known(draining))
}

fn amended(before: About, after: &History, given: &Given) -> About {
    let is_other = before.current.is_some_and(|current| usize::try_from(current) != Ok(after.current))
        || newly_draining(&before, given).next().is_some();
    let changes = before.changes + u64::from(is_other);
    let mut about = before.with_history(after);
    (about.changes, about.text) = (changes, given.text.clone());
    about.draining.clone_from(&given.draining);
    about
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
    let early = Early::restore(state.early.as_ref()).ok_or_else(|| EngineError::Corrupt {
        place: format!("in the header of group {}", id.0),
        why: "a digest is cut off".to_owned(),
    })?;
    Ok(Group {
        id,
        matcher,
        version: header.version,
        known: header.version,
        state,
        outputs: Vec::new(),
        next_outbox: header.next_outbox,
        early,
        outputs_before: 0,
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
        outbox: outbox.map(|(group, header)| (group.id, group.numbers(header))).collect(),
        keys,
    }
}

impl Group {
    /// The number of the first output that is there, and of the next that comes.
    fn numbers(&self, header: &Header) -> (u64, u64) {
        (self.outputs_before + header.first_outbox, self.outputs_before + header.next_outbox)
    }

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
        // A scan may give an entry again; one left to the store is counted there once.
        let mut left = HashSet::new();
        for page_number in 0_u64.. {
            let page = store.scan(self.id, Some(self.known), &[keys::RECORD], after, ENTRIES_AT_ONCE).await?;
            for entry in page.items {
                let Some(key) = record_key(&program, &entry.key)? else { continue };
                let is_here = self.matcher.holds(&key) || self.matcher.diverts(&key);
                if is_here || (!left.is_empty() && left.contains(&digest(&entry.key))) {
                    continue;
                }
                keys += 1;
                self.matcher.announce(&key, entry.deadline);
                // Also of those that stay there it has to be known which pieces they have.
                if is_full && self.segments.pieces_of(&entry.key, &entry.value).is_ok() {
                    left.insert(digest(&entry.key));
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

//! Sets on their own: their shape, what they cost, and that neither reclamation nor compaction shows.

use std::sync::Arc;

use smallvec::SmallVec;

use super::arena::{Alive, Arena, Kind, Place};
use super::compact::{Marks, compact};
use super::enumerate::Walk;
use super::section::{SetSection, StateSet};
use super::step::{SetScratch, SetStep};
use super::union::{Taken, Union, Way};
use crate::event::{BatchBuilder, DataType, Datum, EventBatch, Schema};
use crate::expr::{Row, Scope, field};
use crate::ids::{PatternId, StageId, StateId, StreamId};
use crate::pattern::{Definitions, GroupBuilder, Pattern, PatternBuilder, StreamDef};
use crate::program::{Program, Test};
use crate::runtime::buffer::{Buffer, EventId, Path};
use crate::runtime::collect::Moved;
use crate::runtime::event::Arrived;
use crate::runtime::truth::{Bits, EventAt, Masks, NoTables};
use crate::time::{Duration, Timestamp, Watermark};

/// splitmix64, as far as tests need it.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// What is done to a section after each event.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reclaim {
    AsEver,
    Never,
    Always,
}

/// One key of one pattern.
struct Play {
    program: Program,
    buffer: Buffer,
    section: SetSection,
    scratch: SetScratch,
    reclaim: Reclaim,
    /// Matches, each as the times of its events.
    found: Vec<Vec<i64>>,
    most_nodes: usize,
}

fn is(letter: &str) -> crate::expr::Expr {
    field("letter").eq(letter)
}

impl Play {
    fn new(pattern: PatternBuilder, reclaim: Reclaim) -> Self {
        let schema = Schema::new().with("letter", DataType::String).with("ts", DataType::Timestamp);
        let patterns = vec![pattern.on("s").build("p").expect("a sound pattern")];
        let streams = vec![StreamDef::new("s", schema, "ts")];
        let definitions = Definitions { streams, patterns, ..Definitions::default() };
        Self {
            program: Program::compile(definitions, &Default::default()).expect("sound definitions"),
            buffer: Buffer::default(),
            section: SetSection::new(0),
            scratch: SetScratch::default(),
            reclaim,
            found: Vec::new(),
            most_nodes: 0,
        }
    }

    /// Events by letter and time.
    fn run<'a>(&mut self, events: impl IntoIterator<Item = (&'a str, i64)>) {
        let stream = self.program.streams().iter().next().expect("one stream").0;
        let schema = Arc::clone(&self.program.streams().get(stream).schema);
        let mut builder = BatchBuilder::new(stream, schema, 0);
        for (letter, time) in events {
            let row = [Datum::Str(letter.into()), Datum::Timestamp(Timestamp(time))];
            builder.push_row(Timestamp(time), Watermark::MIN, &row).expect("the row fits");
        }
        let batch = builder.finish();
        let masks = self.masks(&batch);
        (0..batch.len()).for_each(|row| self.event(&batch, &masks, row));
    }

    fn masks(&self, batch: &EventBatch) -> Masks {
        let nothing = Path { buffer: &self.buffer, last: None };
        let of = |test: &Test, row: usize| match test {
            Test::Event(node) => {
                Scope { event: Some(Row { batch, row }), captures: &nothing, tables: &NoTables }.holds(node)
            }
            test => matches!(test, Test::Always),
        };
        let bits = self.program.families()[0].predicates.iter().map(|predicate| {
            let mut words = vec![0; batch.len().div_ceil(64)];
            for row in 0..batch.len() {
                words[row / 64] |= u64::from(of(&predicate.inputs[0], row)) << (row % 64);
            }
            Bits::Rows(words.into())
        });
        Masks { bits: bits.collect(), ..Masks::default() }
    }

    fn event(&mut self, batch: &EventBatch, masks: &Masks, row: usize) {
        let event = EventAt { family: &self.program.families()[0], input: 0, batch, row, masks };
        let (id, mut captured) = (PatternId(0), None);
        let pattern = self.program.pattern(id);
        let Self { buffer, section, scratch, .. } = self;
        let mut step = SetStep { id, pattern, event: &event, buffer, scratch, captured: &mut captured };
        if step.moves(Some(section)) {
            step.process(section);
            let time = |event| step.buffer.event(event).time().0;
            let found = &mut self.found;
            step.scratch.hand_out(section, *step.captured, |path| {
                found.push(path.iter().map(|(_, event)| time(*event)).collect());
            });
            match self.reclaim {
                Reclaim::AsEver => step.reclaim(section),
                Reclaim::Never => {}
                Reclaim::Always => {
                    let SetSection { arena, sets, alive, .. } = &mut *section;
                    let sets = sets.iter_mut().map(|held| &mut held.set);
                    compact(arena, sets, *alive, &mut Marks::default());
                }
            }
        }
        if self.buffer.is_due() {
            self.collect();
        }
        self.most_nodes = self.most_nodes.max(self.section.arena.len());
    }
}

impl Play {
    fn collect(&mut self) {
        collect(&mut self.buffer, |visit| self.section.events().for_each(visit));
    }
}

/// Keeps only the events of a buffer that `roots` visits.
fn collect(buffer: &mut Buffer, mut roots: impl FnMut(&mut dyn FnMut(&mut EventId))) {
    let mut moved = Moved::default();
    roots(&mut |event| buffer.mark_event(*event));
    buffer.compact(&mut moved);
    roots(&mut |event| *event = moved.event(*event));
}

fn any() -> PatternBuilder {
    let pattern = Pattern::begin("a").filter(is("a")).followed_by_any("b").filter(is("b"));
    pattern.followed_by_any("c").filter(is("c"))
}

/// An `a` may come to `c` at once, or later over a `b`: sets at `c` get older starts after newer ones.
fn detour() -> PatternBuilder {
    let pattern = Pattern::begin("a").filter(is("a")).followed_by_any("b").filter(is("b")).optional();
    pattern.followed_by_any("d").filter(is("d")).one_or_more().followed_by_any("c").filter(is("c"))
}

fn letters(random: &mut Random, of: &[&'static str], length: i64) -> Vec<(&'static str, i64)> {
    (0..length).map(|time| (of[random.below(of.len() as u64) as usize], time)).collect()
}

#[test]
fn equal_partial_matches_are_kept_apart() {
    let inner = GroupBuilder::begin("b").filter(is("b")).optional();
    let pattern = Pattern::begin("a").filter(is("a")).followed_by_group(inner).optional();
    let mut play = Play::new(pattern.followed_by("c").filter(is("c")), Reclaim::AsEver);
    play.run([("a", 1), ("c", 2)]);
    assert_eq!(play.found, [[1, 2], [1, 2]]);
}

#[test]
fn a_set_counts_its_partial_matches() {
    let mut play = Play::new(any().within(Duration(10)), Reclaim::AsEver);
    play.run([("a", 1), ("a", 2), ("b", 3), ("b", 4)]);
    // Two wait for a `b`, four for a `c`.
    assert_eq!(play.section.partial_matches(), 6);
    play.run([("b", 11)]);
    // Who started at 1 is over; the last `b` makes one more.
    assert_eq!(play.section.partial_matches(), 1 + 3);
}

#[test]
fn memory_is_bounded_by_the_window() {
    let mut random = Random(1);
    let mut play = Play::new(any().within(Duration(100)), Reclaim::AsEver);
    play.run(letters(&mut random, &["a", "b", "c"], 20_000));
    assert!(play.found.len() > 100_000);
    assert!(play.most_nodes <= 100, "{} nodes for a window of 100 events", play.most_nodes);
    assert!(play.buffer.held().0 <= 3 * 100 + 30, "{} events", play.buffer.held().0);
    play.collect();
    assert!(play.buffer.held().0 <= 100, "{} events", play.buffer.held().0);
    play.section.expire(Some(Duration(100)), Timestamp(30_000));
    assert!(play.section.is_empty());
    play.collect();
    assert_eq!(play.buffer.held(), (0, 0));
}

#[test]
fn what_events_have_ended_is_given_back_also_without_a_window() {
    let pattern = Pattern::begin("a").filter(is("a")).followed_by_any("b").filter(is("b"));
    let mut play = Play::new(pattern.next("c").filter(is("c")), Reclaim::AsEver);
    let pairs = (0..5_000).flat_map(|round| [("b", 2 * round + 2), ("x", 2 * round + 3)]);
    play.run([("a", 1)].into_iter().chain(pairs));
    assert_eq!(play.section.partial_matches(), 1);
    assert!(play.most_nodes <= 70, "{} nodes for one partial match", play.most_nodes);
    play.collect();
    assert!(play.buffer.held().0 <= 70, "{} events", play.buffer.held().0);
}

/// A pattern, its window, and whether older starts come after newer ones.
type Case = (fn() -> PatternBuilder, i64, bool);

#[test]
fn the_order_of_matches_does_not_depend_on_reclamation() {
    let mut random = Random(2);
    let cases: [Case; 3] = [(any, 30, false), (detour, 12, true), (detour, 20, true)];
    for (pattern, window, older_later) in cases {
        let events = letters(&mut random, &["a", "b", "c", "d", "x"], 400);
        let played = |reclaim| {
            let mut play = Play::new(pattern().within(Duration(window)), reclaim);
            events.chunks(7).for_each(|some| play.run(some.iter().copied()));
            play
        };
        let expected = played(Reclaim::Never);
        assert!(expected.found.len() > 300, "{}", expected.found.len());
        assert!(played(Reclaim::AsEver).found == expected.found);
        assert!(played(Reclaim::Always).found == expected.found);
        let melded = expected.section.arena.nodes().iter().any(|node| matches!(node.kind, Kind::Pair));
        assert_eq!(melded, older_later, "two sets are melded where older starts come after newer ones");
    }
}

/// Sets by hand: each partial match is one event, its time the start.
#[derive(Default)]
struct ByHand {
    arena: Arena,
    buffer: Buffer,
    way: Way,
    sets: Vec<(Place, Vec<i64>)>,
}

impl ByHand {
    fn union(&mut self, alive: Alive) -> Union<'_> {
        Union { arena: &mut self.arena, alive, way: &mut self.way }
    }

    fn single(&mut self, start: i64) -> Place {
        let latest = Timestamp(start);
        let mut batch = BatchBuilder::new(StreamId(0), Arc::new(Schema::new()), 0);
        batch.push_row(latest, Watermark::MIN, &[]).expect("a row of no columns");
        let batch = batch.finish();
        let event =
            self.buffer.capture(&Arrived { batch: &batch, row: 0, input: 0, kept: &[], node_words: 0 });
        self.union(Alive::ALL).with_taken(None, Taken { latest, before: None, stage: StageId(0), event })
    }

    /// The starts of a set's living members.
    fn starts(&self, set: Place, alive: Alive) -> Vec<i64> {
        let mut starts = Vec::new();
        Walk::default().set(&self.arena, Some(set), None, alive, |path| {
            starts.push(self.buffer.event(path[0].1).time().0);
        });
        starts.sort_unstable();
        starts
    }

    /// A take is as late as anything beside it, its rank is that of a leftist heap, and beside it is at most one pair.
    fn is_sound(&self, set: Place) -> bool {
        let node = self.arena.node(set);
        let Kind::Take { rank, .. } = node.kind else { return false };
        let beside = self.arena.linked(set, node.second, Alive::ALL);
        let rests: Vec<Place> = match beside.map(|place| (place, self.arena.node(place))) {
            Some((place, pair)) if matches!(pair.kind, Kind::Pair) => [pair.first, pair.second]
                .into_iter()
                .filter_map(|to| self.arena.linked(place, to, Alive::ALL))
                .collect(),
            other => other.into_iter().map(|(place, _)| place).collect(),
        };
        let rank_of = |place: &Place| match self.arena.node(*place).kind {
            Kind::Take { rank, .. } => rank,
            Kind::Pair => u8::MAX,
        };
        let least = if rests.len() < 2 { 0 } else { rests.iter().map(rank_of).min().unwrap_or_default() };
        rank == least + 1
            && rests.iter().all(|rest| self.arena.node(*rest).latest <= node.latest && self.is_sound(*rest))
    }
}

#[test]
fn unions_in_any_order_of_starts_keep_all_members_and_their_shape() {
    let mut random = Random(3);
    let mut hand = ByHand::default();
    for round in 0..600 {
        let start = random.below(50) as i64;
        let single = hand.single(start);
        hand.sets.push((single, vec![start]));
        let (left, right) = (random.below(hand.sets.len() as u64), random.below(hand.sets.len() as u64));
        let (left, right) = (hand.sets[left as usize].clone(), hand.sets[right as usize].clone());
        if left.1.len() + right.1.len() > 200 {
            continue;
        }
        let before = hand.arena.len();
        let both = hand.union(Alive::ALL).of_two(left.0, right.0);
        let made = hand.arena.len() - before;
        let mut starts = [left.1.clone(), right.1.clone()].concat();
        starts.sort_unstable();
        assert!(hand.is_sound(both), "round {round}");
        assert!(made <= 4 * 8, "{made} nodes for {} members: not logarithmic", starts.len());
        assert_eq!(hand.starts(both, Alive::ALL), starts);
        let alive = Alive(Timestamp(random.below(60) as i64));
        if alive.holds(hand.arena.node(both).latest) {
            starts.retain(|start| *start >= alive.0.0);
            assert_eq!(hand.starts(both, alive), starts);
        }
        // The sets that went in are as they were.
        assert_eq!(hand.starts(left.0, Alive::ALL), sorted(left.1));
        let all = hand.starts(both, Alive::ALL);
        hand.sets.push((both, all));
    }
}

fn sorted(mut starts: Vec<i64>) -> Vec<i64> {
    starts.sort_unstable();
    starts
}

#[test]
fn compaction_keeps_what_sets_reach_and_gives_back_the_rest() {
    let mut hand = ByHand::default();
    let singles: Vec<Place> = (0..100).map(|start| hand.single(start)).collect();
    let kept = hand.union(Alive::ALL).of_two(singles[3], singles[7]);
    let mut sets: SmallVec<[StateSet; 2]> = SmallVec::new();
    sets.push(StateSet { state: StateId(1), set: kept });
    let places = sets.iter_mut().map(|held| &mut held.set);
    compact(&mut hand.arena, places, Alive::ALL, &mut Marks::default());
    collect(&mut hand.buffer, |visit| hand.arena.events().for_each(visit));
    assert_eq!(hand.arena.len(), 2);
    assert_eq!(hand.buffer.held().0, 2);
    assert_eq!(hand.starts(sets[0].set, Alive::ALL), [3, 7]);
}

#[test]
fn a_node_is_small() {
    assert_eq!(size_of::<super::arena::Node>(), 24);
}

//! Each match and timeout of a run has an id that no other has, the same on every replay.

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::sync::Arc;

use cep_core::event::EventBatch;
use cep_core::expr::field;
use cep_core::matcher::{Config, Hold, Matcher, Output, Residency, ShardedMatcher, TableRows, TimerPolicy};
use cep_core::pattern::{Definitions, DerivedStream, GroupBuilder, Pattern, PatternBuilder};
use cep_core::program::Program;
use cep_core::time::{Duration, Watermark};

use crate::emit::by_reference;
use crate::seams::Store;
use crate::support::{World, compile, is, line, program, stream};

/// An output with its id.
type Found = (String, String);

const REPORTING: Config = Config {
    report_timeouts: true,
    timers: TimerPolicy::Exact,
    hold: Hold::Chosen,
    residency: Residency::All,
};

fn note(program: &Program, output: &Output<'_>) -> Found {
    let id = output.as_match().expect("nothing is late").to_owned().id;
    (line(program, output), id.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn batches(program: &Arc<Program>, input: &str, size: usize) -> Vec<EventBatch> {
    World::new(program).batches(input, size, 0)
}

fn run(program: &Arc<Program>, input: &str, size: usize, config: Config) -> Vec<Found> {
    let mut matcher = Matcher::with_config(Arc::clone(program), config);
    let mut found = Vec::new();
    for batch in batches(program, input, size) {
        matcher.push(batch, by_reference(&mut |output| found.push(note(program, &output)))).unwrap();
    }
    matcher.advance(Watermark::MAX, by_reference(&mut |output| found.push(note(program, &output)))).unwrap();
    found
}

fn on_threads(program: &Arc<Program>, input: &str) -> Vec<Found> {
    let (threads, of) = (NonZeroUsize::new(3).unwrap(), Arc::clone(program));
    let (program_of, tables) = (Arc::clone(program), TableRows::default());
    let mut matcher =
        ShardedMatcher::new(program_of, REPORTING, tables, threads, move |output| note(&of, &output));
    let mut found = Vec::new();
    for batch in batches(program, input, 2) {
        matcher.push(batch, |output| found.push(output)).unwrap();
    }
    matcher.advance(Watermark::MAX, |output| found.push(output)).unwrap();
    matcher.flush(|output| found.push(output)).unwrap();
    found
}

/// Every key is saved, forgotten and loaded between any two steps.
fn forgetting(program: &Arc<Program>, input: &str) -> Vec<Found> {
    let config = Config { residency: Residency::Store, ..REPORTING };
    let mut matcher = Matcher::with_config(Arc::clone(program), config);
    let (mut store, mut lines) = (Store::default(), Vec::new());
    for batch in batches(program, input, 1) {
        let until = batch.watermark_before(batch.len() - 1);
        let prepared = matcher.prepare(batch);
        store.step(&mut matcher, until, prepared, &mut lines);
    }
    let prepared = matcher.prepare_advance(Watermark::MAX);
    store.step(&mut matcher, Watermark::MAX, prepared, &mut lines);
    let ids = store.ids.iter().map(|id| id.iter().map(|byte| format!("{byte:02x}")).collect());
    lines.into_iter().zip(ids).collect()
}

/// What comes of a pattern, sorted; each output has an id of its own, and the same one however the run goes.
fn outputs(pattern: PatternBuilder, input: &str) -> Vec<String> {
    let program = program(vec![stream("s")], vec![pattern.on_keyed("s", ["key"]).build("p").unwrap()]);
    let found = run(&program, input, 1, REPORTING);
    let ids = |found: &[Found]| found.iter().map(|(_, id)| id.clone()).collect::<HashSet<_>>();
    assert_eq!(ids(&found).len(), found.len(), "{found:#?}");
    for size in [2, 4096] {
        assert_eq!(run(&program, input, size, REPORTING), found, "batches of {size}");
    }
    assert_eq!(on_threads(&program, input), found);
    assert_eq!(forgetting(&program, input), found);
    let as_sets = run(&program, input, 1, Config { report_timeouts: false, hold: Hold::Sets, ..REPORTING });
    let matches = found.iter().filter(|(line, _)| !line.starts_with("timeout")).cloned();
    let sorted = |mut found: Vec<Found>| {
        found.sort();
        found
    };
    assert_eq!(sorted(as_sets), sorted(matches.collect()));
    for size in [1, 4] {
        let as_flink = run(&program, input, size, Config { timers: TimerPolicy::Flink, ..REPORTING });
        assert_eq!(ids(&as_flink).len(), as_flink.len(), "{as_flink:#?}");
    }
    sorted(found).into_iter().map(|(line, _)| line).collect()
}

/// Can be left at each event anew (semantics.md §8.3).
fn ab_again_and_again() -> PatternBuilder {
    let ab = GroupBuilder::begin("a").filter(is("a")).next("b").filter(is("b"));
    Pattern::begin_group(ab).one_or_more()
}

#[test]
fn equal_timeouts_after_different_events() {
    let pattern = || ab_again_and_again().followed_by("c").filter(is("c")).gap(Duration(3));
    // At 3 and 4 the gap goes on until 5; from 10 on it is over when the group is left.
    let found = outputs(pattern(), "a@1 b@2 x@3 x@4 x@10 x@10 x@11 a@11/l x@20");
    assert_eq!(found, ["timeout p a@1 b@2 =5"; 6]);
    // An event at the very deadline comes after it.
    assert_eq!(outputs(pattern(), "a@1 b@2 x@3 x@5"), ["timeout p a@1 b@2 =5"; 2]);
    // Two partial matches that wait in the same way.
    let found = outputs(pattern(), "a@1 b@2 a@3 b@4 x@10 x@11");
    let all = ["timeout p a@1 a@3 b@2 b@4 =7", "timeout p a@1 b@2 =5", "timeout p a@3 b@4 =7"];
    let [all, first, second] = all.map(|line| found.iter().filter(|found| **found == line).count());
    assert_eq!((all + first + second, all, second), (found.len(), 2, 2), "{found:?}");
}

#[test]
fn equal_timeouts_of_different_windows() {
    let pattern = Pattern::begin("a").filter(is("a")).followed_by("b").filter(is("b")).optional();
    let pattern = pattern.followed_by("c").filter(is("c")).gap(Duration(5)).within(Duration(10));
    assert_eq!(outputs(pattern, "a@1 x@2 x@50"), ["timeout p a@1 =11", "timeout p a@1 =6"]);
}

#[test]
fn equal_matches_of_a_trailing_absence() {
    let next = ab_again_and_again().not_next("n").filter(is("n"));
    assert_eq!(
        outputs(next, "a@1 b@2 x@3 x@4 n@5 x@6 x@6"),
        ["p a@1 b@2 =3", "p a@1 b@2 =4"],
        "each is completed by an event that it does not capture"
    );
    let followed = ab_again_and_again().not_followed_by("n").filter(is("n")).gap(Duration(3));
    let found = outputs(followed, "a@1 b@2 x@3 x@4 x@10 x@10 x@11 x@20 x@21");
    assert_eq!(found.iter().filter(|line| line.starts_with("p a@1 b@2")).count(), found.len(), "{found:?}");
    assert!(found.len() > 4, "{found:?}");
}

/// What else a program holds changes nothing: partial matches of both patterns lie together and are overdue in turn.
#[test]
fn another_pattern_does_not_change_ids() {
    let of = |name: &str, letter: &str| {
        let ab = GroupBuilder::begin("a").filter(is("a")).next("b").filter(is("b"));
        let pattern = Pattern::begin_group(ab).one_or_more().followed_by("c").filter(is(letter));
        pattern.gap(Duration(3)).on_keyed("s", ["key"]).build(name).unwrap()
    };
    let input = "a@1 b@2 a@3 b@4 x@4 d@10 x@10 c@11 e@11 x@20 d@21 x@22";
    let ids = |patterns| {
        let found = run(&program(vec![stream("s")], patterns), input, 3, REPORTING);
        found.into_iter().filter(|(line, _)| line.contains("p ")).collect::<Vec<_>>()
    };
    let alone = ids(vec![of("p", "c")]);
    assert!(alone.len() > 5, "{alone:?}");
    assert_eq!(ids(vec![of("before", "d"), of("p", "c"), of("after", "e")]), alone);
}

/// Stores keep ids: they are no other than those that were given before.
#[test]
fn ids_that_need_nothing_more_stay_what_they_were() {
    let ids = |pattern: PatternBuilder, input| {
        let program = program(vec![stream("s")], vec![pattern.on_keyed("s", ["key"]).build("p").unwrap()]);
        run(&program, input, 4096, REPORTING)
    };
    let plain = Pattern::begin("a").filter(is("a")).followed_by("b").filter(is("b")).gap(Duration(5));
    let equal = ab_again_and_again().followed_by("c").filter(is("c")).within(Duration(10));
    let absent = Pattern::begin("a").filter(is("a")).one_or_more().not_next("n").filter(is("n"));
    let found = [ids(plain, "a@1 b@2 a@3 x@20"), ids(equal, "a@1 b@2 x@3 c@4"), ids(absent, "a@1 x@2 x@3")];
    let found = found.concat();
    let found: Vec<_> = found.iter().map(|(line, id)| (&line[..], &id[..])).collect();
    let expected = [
        ("p a@1 b@2 =2", "efed750ec30755fe5661734cc5451812"),
        ("timeout p a@3 =8", "81df36019856bd7944b84f692b6ee2ae"),
        ("p a@1 b@2 c@4 =4", "5ef33cf82f90fb3becdf53a33c56a135"),
        ("p a@1 b@2 c@4 =4", "03441fbe0a445ff254db4d2f89280b1b"),
        ("timeout p a@1 b@2 =11", "fc3818db2132de647911aeefe80f4364"),
        ("p a@1 =2", "f96c9c21fbc4ab5f46c7154c7302bcba"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn events_of_derived_streams_keep_their_positions_whatever_batch_they_came_in() {
    let derived = DerivedStream {
        name: "even".into(),
        source: "s".into(),
        condition: Some(field("n").rem(2).eq(0)),
        with: Vec::new(),
        doc: None,
    };
    let program = compile(Definitions {
        streams: vec![stream("s")],
        derived: vec![derived],
        patterns: vec![Pattern::begin("a").on("even").build("p").unwrap()],
        ..Definitions::default()
    });
    let of_size = |size| run(&program, "a2@1 a1@2 a4@3 a6@4 a3@5 a8@6", size, REPORTING);
    let whole = of_size(6);
    assert_eq!(whole.iter().map(|(_, id)| id).collect::<HashSet<_>>().len(), 4, "{whole:?}");
    for size in 1..6 {
        assert_eq!(of_size(size), whole, "in batches of {size}");
    }
}

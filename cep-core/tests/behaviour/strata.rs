use cep_core::expr::{count, field, lit, stage};
use cep_core::pattern::{Definitions, DerivedStream, Overflow, Pattern};
use cep_core::program::{CompileErrorKind, Program};
use cep_core::time::Duration;

use crate::emit::by_reference;
use crate::support::{World, compile, is, lines, program, stream};

fn pairs() -> Pattern {
    let pair = Pattern::begin("a").filter(is("a")).followed_by("b").filter(is("b")).within(Duration(10));
    pair.emit(
        "pair",
        [("gap", stage("b").last("ts").sub(stage("a").last("ts"))), ("k", stage("a").last("key"))],
    )
    .on_keyed("s", ["key"])
    .build("find_pair")
    .unwrap()
}

#[test]
fn a_pattern_reads_what_another_emits() {
    let twice =
        Pattern::begin("p").times(2).within(Duration(100)).on_keyed("pair", ["k"]).build("twice").unwrap();
    let program = program(vec![stream("s")], vec![twice, pairs()]);
    let found = lines(&program, "a@1 a@2/x b@3 a@20 b@25 b@99");
    assert_eq!(
        found,
        [
            "find_pair a@1 b@3 =3",
            "timeout find_pair/x a@2 =12",
            "find_pair a@20 b@25 =25",
            "twice p@3 p@25 =25",
            "timeout twice p@25 =125"
        ]
    );
}

#[test]
fn outputs_of_strata_interleave_the_same_for_every_batch_size() {
    let slow = DerivedStream {
        name: "slow".into(),
        source: "pair".into(),
        condition: Some(field("gap").gt(Duration(1))),
        with: vec![("twice".into(), field("gap").mul(2))],
        doc: None,
    };
    let next =
        Pattern::begin("p").followed_by_any("q").within(Duration(50)).on("slow").build("slow_pairs").unwrap();
    let mixed = Pattern::begin("p").of("pair").followed_by("c").of("s").filter(is("c")).within(Duration(50));
    let mixed = mixed.on_keyed("pair", ["k"]).on_keyed("s", ["key"]).build("mixed").unwrap();
    let program = compile(Definitions {
        streams: vec![stream("s")],
        derived: vec![slow],
        patterns: vec![next, pairs(), mixed],
        ..Definitions::default()
    });
    let input: String =
        (0..200).map(|i| format!("{}@{}/{} ", ["a", "b", "c", "x"][(i * 5 + i / 7) % 4], i, i % 2)).collect();
    let run = |size| {
        let mut world = World::new(&program);
        world.feed(&input, size, 1).end();
        world.lines
    };
    let expected = run(1);
    assert!(expected.iter().any(|line| line.starts_with("slow_pairs")));
    assert!(expected.iter().any(|line| line.starts_with("mixed")));
    for size in [3, 50, 4096] {
        assert_eq!(run(size), expected, "batches of {size}");
    }
}

#[test]
fn timeouts_emit_too() {
    let open = Pattern::begin("a").filter(is("a")).followed_by("b").filter(is("b")).within(Duration(10));
    let open = open.on_timeout_emit("open", [("n", count("a")), ("one", lit(1))]).on("s").build("p").unwrap();
    let after = Pattern::begin("o").on("open").build("after").unwrap();
    let program = program(vec![stream("s")], vec![open, after]);
    assert_eq!(lines(&program, "a@1 x@90"), ["timeout p a@1 =11", "after o@11 =11"]);
}

#[test]
fn streams_that_need_each_other_are_an_error() {
    let loops = Pattern::begin("a").emit("own", [("x", lit(1))]).on("own").build("p").unwrap();
    let definitions = Definitions { patterns: vec![loops], ..Definitions::default() };
    let errors = Program::compile(definitions, &Default::default()).unwrap_err();
    assert_eq!(errors[0].kind, CompileErrorKind::Cycle);
}

#[test]
fn what_was_emitted_before_a_failure_still_reaches_the_next_stratum() {
    let one =
        Pattern::begin("a").filter(is("a")).emit("seen", [("n", count("a"))]).on("s").build("one").unwrap();
    let after = Pattern::begin("o").on("seen").build("after").unwrap();
    let stops = Pattern::begin("x")
        .filter(is("x"))
        .followed_by("y")
        .filter(is("y"))
        .limit(1, Overflow::Fail)
        .on("s")
        .build("stops")
        .unwrap();
    let program = program(vec![stream("s")], vec![one, after, stops]);
    let mut world = World::new(&program);
    let mut found = Vec::new();
    let batch = world.batches("a@1 x@2 x@3 a@4 a@5", 4096, 0).remove(0);
    let stopped = world
        .matcher
        .push(batch, by_reference(&mut |output| found.push(crate::support::line(&program, &output))));
    assert!(stopped.is_err());
    assert_eq!(found, ["one a@1 =1", "after o@1 =1"]);
}

#[test]
fn what_a_batch_holds_of_a_slower_stream_is_not_late_in_a_later_stratum() {
    let fast = Pattern::begin("x").filter(is("x")).emit("seen", [("n", count("x"))]).on("fast").build("fast");
    let both = Pattern::begin("o").of("seen").followed_by("b").of("s").filter(is("b"));
    let both = both.on("seen").on("s").build("both").unwrap();
    let program = program(vec![stream("s"), stream("fast")], vec![fast.unwrap(), both]);
    let run = |size| {
        let mut world = World::new(&program);
        world.feed("fast:x@1 fast:x@50 s:c@1 s:b@2 s:b@3 s:c@4 s:b@60", size, 0).end();
        world.lines
    };
    let expected = run(1);
    assert!(!expected.iter().any(|line| line.contains("late")), "{expected:?}");
    assert_eq!(run(4096), expected);
}

#[test]
fn a_stream_is_not_ahead_of_itself_two_strata_later() {
    let one = Pattern::begin("a").filter(is("a")).emit("first", [("n", count("a"))]).on("s").build("one");
    let two = Pattern::begin("o").times(2).emit("second", [("n", count("o"))]).on("first").build("two");
    let three = Pattern::begin("o").of("first").next("t").of("second").on("first").on("second");
    let patterns = vec![one.unwrap(), two.unwrap(), three.build("three").unwrap()];
    let program = program(vec![stream("s")], patterns);
    let input: String = (1..40).map(|time| format!("a@{time} ")).collect();
    let run = |size| {
        let mut world = World::new(&program);
        world.feed(&input, size, 0).end();
        world.lines
    };
    let expected = run(1);
    assert!(expected.iter().any(|line| line.starts_with("three")) && !expected.concat().contains("late"));
    assert_eq!(run(4096), expected);
}

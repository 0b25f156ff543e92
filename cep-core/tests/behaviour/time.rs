use cep_core::expr::{field, stage};
use cep_core::pattern::{Pattern, Skip};
use cep_core::time::Duration;

use crate::support::{World, is, lines, program, stream};

#[test]
fn a_window_is_exclusive_and_times_out_at_its_own_moment() {
    let pattern = Pattern::begin("a").filter(is("a")).followed_by("b").filter(is("b")).within(Duration(10));
    let program = program(vec![stream("s")], vec![pattern.on("s").build("p").unwrap()]);
    assert_eq!(lines(&program, "a@1 b@10"), ["p a@1 b@10 =10"]);
    assert_eq!(lines(&program, "a@1 b@11"), ["timeout p a@1 =11"]);
    assert_eq!(lines(&program, "a@0 x@500"), ["timeout p a@0 =10"], "a start at time 0 times out too");
}

#[test]
fn a_gap_window_of_a_silent_key_expires() {
    let pattern = Pattern::begin("a").filter(is("a")).followed_by("b").filter(is("b")).gap(Duration(5));
    let program = program(vec![stream("s")], vec![pattern.on_keyed("s", ["key"]).build("p").unwrap()]);
    assert_eq!(lines(&program, "a@1/x c@100/y"), ["timeout p/x a@1 =6"]);
    assert_eq!(lines(&program, "a@1 b@5"), ["p a@1 b@5 =5"]);
}

#[test]
fn a_trailing_absence_is_a_match_at_its_exact_deadline() {
    let pattern =
        Pattern::begin("a").filter(is("a")).not_followed_by("b").filter(is("b")).within(Duration(10));
    let program = program(vec![stream("s")], vec![pattern.on("s").build("p").unwrap()]);
    assert_eq!(lines(&program, "a@1 a@5 b@12"), ["p a@1 =11"]);
    assert_eq!(lines(&program, "a@1 x@1000"), ["p a@1 =11"]);
}

#[test]
fn a_match_held_back_leaves_when_the_older_partial_match_expires() {
    let higher = field("n").gt(stage("a").last("n"));
    let pattern = Pattern::begin("a").filter(is("a")).followed_by("b").filter(is("b").and(higher));
    let pattern = pattern.within(Duration(10)).after_match(Skip::ToNext);
    let program = program(vec![stream("s")], vec![pattern.on("s").build("p").unwrap()]);
    assert_eq!(lines(&program, "a5@1 a1@2 b3@3 x@50"), ["p a@2 b@3 =11", "timeout p a@1 =11"]);
}

#[test]
fn events_wait_for_the_watermark_and_are_put_in_order() {
    let pattern = Pattern::begin("a").filter(is("a")).next("b").filter(is("b"));
    let program = program(vec![stream("s")], vec![pattern.on("s").build("p").unwrap()]);
    let mut world = World::new(&program);
    world.feed("b@6 a@5 x@20", 4096, 10);
    assert_eq!(world.lines, ["p a@5 b@6 =6"]);
    assert_eq!(world.matcher.buffered(), 1);
    world.feed("a@9", 1, 10).end();
    assert_eq!(world.lines[1..], ["late Str(\"a\") @9".to_owned()]);
    assert_eq!(world.matcher.stats()[0].late, 1);
}

#[test]
fn results_do_not_depend_on_the_size_of_batches() {
    let any = Pattern::begin("a").filter(is("a")).followed_by_any("b").filter(is("b")).one_or_more();
    let any = any
        .followed_by("c")
        .filter(is("c"))
        .within(Duration(12))
        .on_keyed("s", ["key"])
        .build("any")
        .unwrap();
    let gap = Pattern::begin("a").filter(is("a")).followed_by("c").filter(is("c")).gap(Duration(4));
    let gap = gap.on("s").build("gap").unwrap();
    let program = program(vec![stream("s")], vec![any, gap]);
    let input: String = (0..400)
        .map(|i| {
            let letter = ["a", "b", "c", "x"][(i * 7 + i / 3) % 4];
            let time = i * 2 / 3 + if i % 5 == 0 { 0 } else { i % 4 };
            format!("{letter}{i}@{time}/{} ", i % 3)
        })
        .collect();
    let run = |size| {
        let mut world = World::new(&program);
        world.feed(&input, size, 2).end();
        world.lines
    };
    let expected = run(1);
    assert!(expected.len() > 100);
    for size in [2, 7, 64, 4096] {
        assert_eq!(run(size), expected, "batches of {size}");
    }
}

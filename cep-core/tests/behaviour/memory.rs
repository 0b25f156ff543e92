use cep_core::matcher::{Config, Hold, TimerPolicy};
use cep_core::pattern::{Definitions, GroupBuilder, Pattern, Skip};
use cep_core::program::{CompileErrorKind, Program};
use cep_core::time::Duration;

use crate::support::{World, is, program, stream};

/// Ever new keys, each of which starts something that never ends: nothing of a key may stay once its window is over.
#[test]
fn keys_that_are_over_are_forgotten() {
    let plain = Pattern::begin("a").filter(is("a")).followed_by("b").filter(is("b")).one_or_more();
    let plain = plain.within(Duration(20)).on_keyed("s", ["key"]).build("plain").unwrap();
    let skip = Pattern::begin("a").filter(is("a")).one_or_more().followed_by("c").filter(is("c"));
    let skip = skip
        .within(Duration(20))
        .after_match(Skip::PastLastEvent)
        .on_keyed("s", ["key"])
        .build("skip")
        .unwrap();
    let only_plain = program(vec![stream("s")], vec![plain.clone()]);
    let program = program(vec![stream("s")], vec![plain, skip]);
    // With timeouts reported all partial matches are runs, without those of `plain` are sets where they may be.
    forgets(World::with_config(&program, Config { report_timeouts: true, ..Config::default() }));
    let sets = Config { hold: Hold::Sets, ..Config::default() };
    forgets(World::with_config(&program, sets));
    forgets(World::with_config(&only_plain, Config { timers: TimerPolicy::Flink, ..sets }));
}

fn forgets(mut world: World) {
    let mut most = 0;
    for round in 0..200 {
        let first = round * 100;
        let input: String =
            (first..first + 100).map(|i| format!("{}@{i}/k{} ", ["a", "b"][i % 2], i / 2)).collect();
        world.feed(&input, 64, 0);
        world.lines.clear();
        most = most.max(world.matcher.held().0);
    }
    assert!(most <= 40, "{most} keys held for a window of 20 events");
    world.end();
    assert_eq!(world.matcher.held(), (0, 0));
}

/// In Flink this group's loop never ends; here a state is not followed twice.
#[test]
fn a_loop_whose_body_can_match_nothing_ends() {
    let body = || GroupBuilder::begin("a").filter(is("a")).optional().next("b").filter(is("b")).optional();
    let looping =
        Pattern::begin_group(body()).one_or_more().within(Duration(20)).on("s").build("looping").unwrap();
    let then = Pattern::begin("x")
        .filter(is("x"))
        .followed_by_group(body())
        .times_or_more(2)
        .next("c")
        .filter(is("c"));
    let then = then.within(Duration(20)).on("s").build("then").unwrap();
    let mut world = World::new(&program(vec![stream("s")], vec![looping, then]));
    world.feed("x@1 a@2 b@3 c@4 a@5 x@6 b@7 c@8", 4096, 0).end();
    assert!(world.lines.iter().any(|line| line.starts_with("looping a@2 b@3")), "{:?}", world.lines);
    assert!(world.lines.iter().any(|line| line.starts_with("then x@1 a@2 b@3 c@4")), "{:?}", world.lines);
}

/// In Flink the start state of such a pattern is lost, and the operator fails.
#[test]
fn a_group_that_can_be_empty_before_a_negation_does_not_lose_the_start() {
    let body = GroupBuilder::begin("a").filter(is("a")).optional().next("b").filter(is("b")).optional();
    let pattern =
        Pattern::begin_group(body).not_followed_by("n").filter(is("n")).followed_by("c").filter(is("c"));
    let mut world = World::new(&program(vec![stream("s")], vec![pattern.on("s").build("p").unwrap()]));
    world.feed("n@1 a@2 b@3 c@4 n@5 a@6 c@7", 4096, 0).end();
    assert!(world.lines.contains(&"p a@2 b@3 c@4 =4".to_owned()), "{:?}", world.lines);
    assert!(world.lines.contains(&"p a@6 c@7 =7".to_owned()), "{:?}", world.lines);
}

#[test]
fn an_automaton_that_would_be_too_large_is_refused() {
    let body = GroupBuilder::begin("a").times(50_000).next("b");
    let pattern = Pattern::begin_group(body).times(50_000).on("s").build("p").unwrap();
    let definitions =
        Definitions { streams: vec![stream("s")], patterns: vec![pattern], ..Definitions::default() };
    let errors = Program::compile(definitions, &Default::default()).unwrap_err();
    assert!(matches!(errors[0].kind, CompileErrorKind::TooLarge(_)), "{errors:?}");
}

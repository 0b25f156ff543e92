use cep_core::pattern::{Overflow, Pattern, Skip};
use cep_core::runtime::RunErrorKind;

use crate::emit::by_reference;
use crate::support::{World, is, program, stream};

fn pairs(limit: u32, overflow: Overflow) -> World {
    let pattern = Pattern::begin("a").filter(is("a")).followed_by("b").filter(is("b")).limit(limit, overflow);
    World::new(&program(vec![stream("s")], vec![pattern.on("s").build("p").unwrap()]))
}

#[test]
fn the_oldest_partial_matches_are_dropped_and_counted() {
    let mut world = pairs(2, Overflow::DropOldest);
    world.feed("a@1 a@2 a@3 b@4", 4096, 0).end();
    assert_eq!(world.lines, ["p a@2 b@4 =4", "p a@3 b@4 =4"]);
    assert_eq!(world.matcher.stats()[0].dropped, 1);
}

#[test]
fn the_newest_partial_matches_are_dropped_and_counted() {
    let mut world = pairs(2, Overflow::DropNewest);
    world.feed("a@1 a@2 a@3 b@4", 4096, 0).end();
    assert_eq!(world.lines, ["p a@1 b@4 =4", "p a@2 b@4 =4"]);
}

#[test]
fn a_dropped_partial_match_holds_nothing_back() {
    let pattern = Pattern::begin("a")
        .filter(is("a"))
        .followed_by_any("b")
        .filter(is("b"))
        .followed_by_any("c")
        .filter(is("c"));
    let pattern =
        pattern.after_match(Skip::ToNext).limit(2, Overflow::DropOldest).on("s").build("p").unwrap();
    let mut world = World::new(&program(vec![stream("s")], vec![pattern]));
    world.feed("a@1 a@2 b@3 c@4", 4096, 0).end();
    assert_eq!(world.lines, ["p a@2 b@3 c@4 =4"]);
    assert_eq!(world.matcher.stats()[0].dropped, 2);
}

#[test]
fn a_limit_may_stop_the_run() {
    let mut world = pairs(1, Overflow::Fail);
    let batch = world.batches("a@1 a@2 b@3 x@4", 4096, 0).remove(0);
    let error = world.matcher.push(batch, by_reference(&mut |_| {})).unwrap_err();
    assert_eq!(error.kind, RunErrorKind::LimitExceeded { limit: 1 });
    assert!(error.to_string().contains("pattern `p`"), "{error}");
}

#[test]
fn skipping_to_a_missing_stage_may_stop_the_run_after_earlier_matches() {
    let pattern =
        Pattern::begin("a").filter(is("a")).next("b").optional().filter(is("b")).next("c").filter(is("c"));
    let skip = Skip::ToFirst { stage: "b".into(), or_fail: true };
    let pattern = pattern.after_match(skip).on("s").build("p").unwrap();
    let mut world = World::new(&program(vec![stream("s")], vec![pattern]));
    let batch = world.batches("a@1 b@2 c@3 a@4 c@5 x@6 x@7", 4096, 0).remove(0);
    let mut found = 0;
    let error = world.matcher.push(batch, by_reference(&mut |_| found += 1)).unwrap_err();
    assert_eq!(found, 1);
    assert!(matches!(error.kind, RunErrorKind::SkipTargetMissing { .. }));
    assert_eq!(error.events, [3, 4]);
}

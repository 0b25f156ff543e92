//! The builder against every rejection.

use super::*;
use crate::expr::field;

fn kinds(builder: PatternBuilder) -> Vec<Kind> {
    builder
        .on("s")
        .build("p")
        .map_or_else(|errors| errors.into_iter().map(|error| error.kind).collect(), |_| vec![])
}

#[test]
fn a_sound_pattern_builds() {
    let group = GroupBuilder::begin("up").filter(field("x").gt(1)).next("down");
    assert_eq!(kinds(Pattern::begin("a").followed_by_group(group.times(3)).next("c").optional()), vec![]);
}

#[test]
fn modifiers_are_a_set() {
    let one = Pattern::begin("a").one_or_more().greedy().optional().on("s").build("p");
    let other = Pattern::begin("a").optional().greedy().one_or_more().on("s").build("p");
    assert_eq!(one, other);
}

#[test]
fn every_malformed_pattern_is_rejected() {
    let begin = || Pattern::begin("a");
    assert_eq!(kinds(begin().next("a")), [Kind::DuplicateStage]);
    assert_eq!(kinds(begin().not_followed_by("b")), [Kind::TrailingNotWithoutWindow]);
    assert_eq!(kinds(begin().not_followed_by("b").gap(Duration(5))), []);
    let skip = Skip::ToFirst { stage: "x".into(), or_fail: false };
    assert_eq!(kinds(begin().after_match(skip)), [Kind::UnknownSkipTarget("x".into())]);
    assert_eq!(kinds(begin().one_or_more().greedy().next("b").optional()), [Kind::OptionalAfterGreedy]);
    assert_eq!(kinds(begin().consecutive()), [Kind::InnerWithoutLoop]);
    assert_eq!(kinds(begin().one_or_more().consecutive().allow_combinations()), [Kind::InnerWithoutLoop]);
    assert_eq!(kinds(begin().greedy()), [Kind::MisplacedGreedy]);
    assert_eq!(kinds(begin().one_or_more().allow_combinations().greedy()), [Kind::MisplacedGreedy]);
    assert_eq!(kinds(begin().optional().optional()), [Kind::RepeatedModifier("optional")]);
    assert_eq!(kinds(begin().times(2).one_or_more()), [Kind::RepeatedModifier("times")]);
    assert_eq!(kinds(begin().not_next("b").times(2).next("c")), [Kind::QuantifiedNegation]);
    assert_eq!(kinds(begin().until(field("x").eq(1))), [Kind::MisplacedUntil]);
    assert_eq!(kinds(begin().optional().not_next("b").next("c")), [Kind::NegationAfterOptional]);
    assert_eq!(kinds(begin().times(-1)), [Kind::BadTimes { from: -1, to: -1 }]);
    assert_eq!(kinds(begin().times_between(3, 2)), [Kind::BadTimes { from: 3, to: 2 }]);
    assert_eq!(kinds(begin().within(Duration(0))), [Kind::EmptyWindow]);
    let group = || GroupBuilder::begin("g");
    assert_eq!(kinds(begin().next_group(group()).filter(field("x").eq(1))), [Kind::ConditionOnGroup]);
    assert_eq!(kinds(begin().next_group(group()).times(2).greedy()), [Kind::MisplacedGreedy]);
}

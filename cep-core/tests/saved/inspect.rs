//! What people are shown of a key.

use std::sync::Arc;

use cep_core::event::{BatchBuilder, Value};
use cep_core::expr::{field, stage};
use cep_core::matcher::{Config, Hold, Matcher};
use cep_core::pattern::{Pattern, Skip};
use cep_core::program::Program;
use cep_core::runtime::{InspectedKey, RecordCodec};
use cep_core::time::{Duration, Timestamp, Watermark};

use crate::emit::by_reference;
use crate::random::Random;
use crate::special::{compile, is, row};

/// What is held after events of some letters, a millisecond apart from 1 on.
fn held(program: &Arc<Program>, config: Config, letters: &str, most: usize) -> InspectedKey {
    let mut matcher = Matcher::with_config(Arc::clone(program), config);
    let codec = RecordCodec::of(Arc::clone(program), config.hold);
    let id = program.streams().id("s").unwrap();
    let mut batch = BatchBuilder::new(id, Arc::clone(&program.streams().get(id).schema), 0);
    for (time, letter) in (1..).zip(letters.chars()) {
        let mut values = row(&mut Random(1), Timestamp(time));
        values[0] = letter.to_string().as_str().into();
        values[2] = Value::Float(time as f64);
        let values: Vec<_> = values.iter().map(Value::as_datum).collect();
        batch.push_row(Timestamp(time), Watermark::MIN, &values).unwrap();
    }
    matcher.push(batch.finish(), by_reference(&mut |_| {})).unwrap();
    matcher.advance(Watermark(letters.len().try_into().unwrap()), by_reference(&mut |_| {})).unwrap();
    let mut found = Vec::new();
    matcher.save_records(&codec, |family, _, record| {
        found.push(codec.decode(family, record).unwrap().state.inspect(program, family, most));
    });
    assert_eq!(found.len(), 1);
    found.remove(0)
}

fn lines(key: &InspectedKey) -> Vec<String> {
    let line = |found: &cep_core::runtime::InspectedPartialMatch| {
        let events = found.events.iter().map(|event| format!("{}@{}", event.stage, event.time.0));
        let events: Vec<_> = events.collect();
        let deadline = found.deadline.map(|time| time.0);
        format!("{} {:?} {} {deadline:?}", found.patterns.join("+"), found.awaits, events.join(" "))
    };
    key.partial_matches.iter().map(line).collect()
}

#[test]
fn partial_matches_are_told_with_their_events_and_what_they_wait_for() {
    let pair = Pattern::begin("a").filter(is("a")).followed_by("b").filter(is("b")).within(Duration(10));
    let late = Pattern::begin("x").filter(is("a")).not_followed_by("y").filter(is("c")).within(Duration(7));
    let program = compile([("pair".to_owned(), pair), ("late".to_owned(), late)], &[]);
    let key = held(&program, Config::default(), "aca", 100);
    assert_eq!(
        lines(&key),
        ["late Absence x@3 Some(10)", r#"pair Stage("b") a@1 Some(11)"#, r#"pair Stage("b") a@3 Some(13)"#]
    );
    let event = &key.partial_matches[1].events[0];
    assert_eq!((&*event.stream, event.position), ("s", 0));
    assert_eq!(event.columns[0], ("letter".to_owned(), "a".into()));
    assert_eq!(held(&program, Config::default(), "aca", 1).partial_matches.len(), 1);
}

#[test]
fn a_match_that_an_older_partial_match_may_drop_is_told_as_such() {
    let near = field("price").lt(stage("a").last("price").add(2.0));
    let pair = Pattern::begin("a").filter(is("a")).followed_by("b").filter(is("b").and(near));
    let program = compile([("p".to_owned(), pair.within(Duration(50)).after_match(Skip::ToNext))], &[]);
    let key = held(&program, Config::default(), "aab", 100);
    assert_eq!(lines(&key), [r#"p Stage("b") a@1 Some(51)"#, "p Older a@2 b@3 Some(52)"]);
    assert_eq!(key.total, 2);
}

#[test]
fn sets_are_counted_and_some_of_them_listed() {
    let all = Pattern::begin("a").filter(is("a")).followed_by_any("b").filter(is("b")).one_or_more();
    let all = all.allow_combinations().followed_by_any("c").filter(is("c")).within(Duration(100));
    let program = compile([("all".to_owned(), all)], &[]);
    let config = Config { hold: Hold::Sets, ..Config::default() };
    let key = held(&program, config, "abbbbbbbbbbbbbbbbbbbbbbbb", 5);
    assert_eq!(key.partial_matches.len(), 5);
    assert!(key.total > 1 << 20, "{}", key.total);
}

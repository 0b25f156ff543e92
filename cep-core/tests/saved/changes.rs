//! Records of one program read by another.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cep_core::event::{BatchBuilder, DataType, Datum, Schema, Value};
use cep_core::expr::{field, param, stage};
use cep_core::matcher::{Config, Matcher, Output, RecordKey};
use cep_core::pattern::{Definitions, Param, Pattern, PatternBuilder, StreamDef};
use cep_core::program::{Drained, Hold, Layout, Likeness, Program};
use cep_core::runtime::{Adopt, LeftOut, RecordCodec};
use cep_core::time::{Duration, Timestamp, Watermark};

use crate::emit::by_reference;

/// Streams `other`, which nobody reads, and `s` with some columns beside the usual.
fn compile(more: &[&str], limit: i64, patterns: Vec<(&str, PatternBuilder)>) -> Arc<Program> {
    let schema = more.iter().fold(Schema::new(), |schema, name| schema.with_nullable(*name, DataType::Int));
    let schema =
        schema.with("n", DataType::Int).with("key", DataType::String).with("ts", DataType::Timestamp);
    let other = StreamDef::new("other", Schema::new().with("ts", DataType::Timestamp), "ts");
    let patterns = patterns.into_iter();
    let definitions = Definitions {
        streams: vec![other, StreamDef::new("s", schema, "ts")],
        params: vec![Param {
            name: "limit".into(),
            ty: DataType::Int.required(),
            default: Some(limit.into()),
        }],
        patterns: patterns
            .map(|(name, pattern)| pattern.on_keyed("s", ["key"]).build(name).unwrap())
            .collect(),
        ..Definitions::default()
    };
    Arc::new(Program::compile(definitions, &Default::default()).unwrap())
}

fn pair(first: i64, second: i64) -> PatternBuilder {
    let pair =
        Pattern::begin("a").filter(field("n").eq(first)).followed_by("b").filter(field("n").eq(second));
    pair.within(Duration(1_000))
}

/// `n` of events one after the other, from a time on.
fn push(matcher: &mut Matcher, from: i64, events: &[i64]) -> Vec<String> {
    let program = Arc::clone(matcher.program());
    let id = program.streams().id("s").unwrap();
    let schema = &program.streams().get(id).schema;
    let mut batch = BatchBuilder::new(id, Arc::clone(schema), from.cast_unsigned());
    for (time, n) in (from..).zip(events) {
        let row = schema.fields().iter().map(|field| match &*field.name {
            "n" => Datum::Int(*n),
            "key" => Datum::Str("k".into()),
            "ts" => Datum::Timestamp(Timestamp(time)),
            _ => Datum::Int(time),
        });
        batch.push_row(Timestamp(time), Watermark::MIN, &row.collect::<Vec<_>>()).unwrap();
    }
    let mut found = Vec::new();
    let mut note = |output: Output<'_>| {
        let found_match = output.as_match().unwrap().to_owned();
        let name = &program.pattern(found_match.pattern).name;
        let times =
            found_match.captures.iter().flat_map(|(_, events)| events).map(|event| event.time.0.to_string());
        found.push(format!("{name} {}", times.collect::<Vec<_>>().join(" ")));
    };
    matcher.push(batch.finish(), by_reference(&mut note)).unwrap();
    matcher.advance(Watermark(from + 100), by_reference(&mut note)).unwrap();
    found
}

/// The records of a program after some events, read by another.
struct Moved {
    matcher: Matcher,
    left_out: BTreeMap<String, u64>,
    likeness: Vec<(String, Likeness)>,
}

fn move_to(from: &Arc<Program>, events: &[i64], to: &Arc<Program>, adopt: &Adopt) -> Moved {
    let mut matcher = Matcher::new(Arc::clone(from));
    push(&mut matcher, 0, events);
    let layouts = [from, to].map(|program| {
        let layout = program.layout(Hold::Chosen);
        Layout::decode(&layout.encode()).unwrap()
    });
    let old = RecordCodec::of(Arc::clone(from), Hold::Chosen);
    let new = RecordCodec::new(Arc::clone(to), layouts.to_vec(), 1, adopt);
    let mut moved = Moved {
        matcher: Matcher::with_config(Arc::clone(to), Config::default()),
        left_out: BTreeMap::new(),
        likeness: to
            .likeness(&layouts[1], &layouts[0])
            .into_iter()
            .map(|(name, likeness)| (name.to_owned(), likeness))
            .collect(),
    };
    matcher.save_records(&old, |family, values, record| {
        let key = RecordKey { family, values: values.to_vec() };
        let key = RecordKey::from_bytes(to, &key.to_bytes(from)).unwrap().unwrap();
        let decoded = new.decode(key.family, record).unwrap();
        for LeftOut { pattern, partial_matches } in decoded.left_out {
            *moved.left_out.entry(pattern).or_default() += partial_matches;
        }
        let mut again = Vec::new();
        new.encode(key.family, &decoded.state, &mut again);
        let twice = new.decode(key.family, &again).unwrap();
        assert!(twice.left_out.is_empty());
        moved.matcher.provide(&key, Some(twice.state));
    });
    moved
}

#[test]
fn patterns_come_and_go_and_the_others_keep_what_they_hold() {
    let from = compile(&[], 0, vec![("one", pair(1, 9)), ("two", pair(2, 9)), ("three", pair(3, 8))]);
    // Another order, other groups and another place of `s` among the streams' columns.
    let more = ("more", pair(1, 7).followed_by("c"));
    let to = compile(&["x"], 0, vec![more, ("three", pair(3, 8)), ("two", pair(2, 9))]);
    let mut moved = move_to(&from, &[1, 2, 3, 1], &to, &Adopt::Unchanged);
    assert_eq!(moved.left_out, BTreeMap::from([("one".to_owned(), 2)]));
    let x = || vec![("s".to_owned(), "x".to_owned())];
    let expected = [
        ("one".to_owned(), Likeness::Gone),
        ("two".to_owned(), Likeness::Unkept(x())),
        ("three".to_owned(), Likeness::Unkept(x())),
    ];
    let mut likeness = moved.likeness.clone();
    likeness.sort_by_key(|(name, _)| expected.iter().position(|(known, _)| known == name));
    assert_eq!(likeness, expected, "they hand out events whole");
    assert_eq!(push(&mut moved.matcher, 200, &[9, 8]), ["two 1 200", "three 2 201"]);
}

/// More patterns than run as one, and then fewer: what two groups held, one holds, in the order it would have anyhow.
#[test]
fn groups_become_one() {
    let named = |numbers: &[i64]| {
        let of = |number: &i64| (format!("p{number}"), pair(number % 5, 9));
        let all: Vec<_> = numbers.iter().map(of).collect();
        compile(&[], 0, all.iter().map(|(name, pattern)| (&**name, pattern.clone())).collect())
    };
    let (many, few) = (named(&(0..70).collect::<Vec<_>>()), named(&[3, 66, 2, 69, 64]));
    let events = [4, 1, 3, 2, 1, 4, 3];
    let mut moved = move_to(&many, &events, &few, &Adopt::Unchanged);
    assert_eq!(moved.left_out.len(), 70 - 14 - 5, "those of p0, p5 … hold nothing");
    let mut always = Matcher::new(Arc::clone(&few));
    push(&mut always, 0, &events);
    let expected = push(&mut always, 200, &[9]);
    assert_eq!(expected.len(), 9);
    assert_eq!(push(&mut moved.matcher, 200, &[9]), expected);
}

#[test]
fn a_changed_condition_is_another_pattern_unless_the_caller_says_otherwise() {
    let of = |limit| {
        let above = Pattern::begin("a").filter(field("n").gt(param("limit"))).followed_by("b");
        compile(&[], limit, vec![("p", above.filter(field("n").eq(0)).within(Duration(1_000)))])
    };
    let (from, to) = (of(3), of(4));
    let mut kept = move_to(&from, &[4, 5], &to, &Adopt::Listed(vec![["p".to_owned()].into(); 2]));
    assert_eq!(kept.likeness, [("p".to_owned(), Likeness::Conditions)]);
    assert_eq!(push(&mut kept.matcher, 200, &[0]), ["p 0 200", "p 1 200"]);
    let reset = move_to(&from, &[4, 5], &to, &Adopt::Unchanged);
    assert_eq!(reset.left_out, BTreeMap::from([("p".to_owned(), 2)]));
    assert_eq!(reset.matcher.held(), (1, 0), "a key in which nothing is left");
    let mut same = move_to(&from, &[4, 5], &of(3), &Adopt::Unchanged);
    assert_eq!(push(&mut same.matcher, 200, &[0]), ["p 0 200", "p 1 200"]);
}

#[test]
fn what_was_not_kept_is_null() {
    let emit =
        |pattern: PatternBuilder, column: &str| pattern.emit("out", [("value", stage("a").last(column))]);
    let from = compile(&["x"], 0, vec![("p", emit(pair(1, 2), "n"))]);
    let to = compile(&["x"], 0, vec![("p", emit(pair(1, 2), "x"))]);
    let moved = move_to(&from, &[1], &to, &Adopt::Unchanged);
    assert_eq!(moved.likeness, [("p".to_owned(), Likeness::Unkept(vec![("s".into(), "x".into())]))]);
    let mut matcher = moved.matcher;
    let id = to.streams().id("s").unwrap();
    let mut batch = BatchBuilder::new(id, Arc::clone(&to.streams().get(id).schema), 9);
    let row = [Datum::Int(5), Datum::Int(2), Datum::Str("k".into()), Datum::Timestamp(Timestamp(300))];
    batch.push_row(Timestamp(300), Watermark::MIN, &row).unwrap();
    assert!(matcher.push_collect(batch.finish()).unwrap().is_empty());
    let mut values = Vec::new();
    let mut note =
        |output: Output<'_>| values.push(output.as_match().unwrap().to_owned().records[0].values[0].clone());
    matcher.advance(Watermark::MAX, by_reference(&mut note)).unwrap();
    assert_eq!(values, [Value::Null]);
}

#[test]
fn a_layout_that_nobody_told_of_is_named() {
    let program = compile(&[], 0, vec![("p", pair(1, 2))]);
    let layout = program.layout(Hold::Chosen);
    let all = RecordCodec::new(Arc::clone(&program), vec![layout.clone(), layout], 1, &Adopt::Unchanged);
    let mut record = Vec::new();
    all.encode(cep_core::ids::FamilyId::new(0), &Default::default(), &mut record);
    let few = RecordCodec::of(program, Hold::Chosen);
    let error = few.decode(cep_core::ids::FamilyId::new(0), &record).unwrap_err();
    assert_eq!(error.to_string(), "layout 1 is not known, at byte 1");
}

#[test]
fn what_others_read_is_nothing_that_a_pattern_lacks() {
    let emit =
        |pattern: PatternBuilder, column: &str| pattern.emit("out", [("value", stage("a").last(column))]);
    let one = || ("one", emit(pair(1, 2), "n"));
    let from = compile(&["x"], 0, vec![one(), ("shape", pair(1, 2)), ("streams", pair(3, 4))]);
    let wider = pair(1, 2).within(Duration(2_000));
    let to = compile(&["x"], 0, vec![one(), ("two", emit(pair(3, 2), "x")), ("shape", wider)]);
    let likeness = move_to(&from, &[1], &to, &Adopt::Unchanged).likeness;
    let of = |name: &str| likeness.iter().find(|(known, _)| known == name).unwrap().1.clone();
    assert_eq!((of("one"), of("shape"), of("streams")), (Likeness::Same, Likeness::Shape, Likeness::Gone));
}

/// What is in flight of patterns that have changed comes to its end, and nothing of them begins: held one by one, in groups
/// and as sets, beside what they have become.
#[test]
fn earlier_forms_of_patterns_run_out() {
    let any = |last: i64| {
        let any = Pattern::begin("a").filter(field("n").eq(1)).followed_by_any("b").filter(field("n").eq(2));
        any.followed_by_any("c")
            .filter(field("n").eq(last).and(field("n").ge(param("limit"))))
            .within(Duration(1_000))
    };
    let from = compile(&[], 3, vec![("one", pair(1, 3)), ("two", pair(2, 3)), ("any", any(3))]);
    let new = compile(&[], 99, vec![("two", pair(2, 3)), ("one", pair(1, 4)), ("any", any(4))]);
    let held = |name: &str| {
        let (_, pattern) = from.patterns().find(|(_, pattern)| pattern.name == name).unwrap();
        pattern.held.as_sets(Hold::Chosen)
    };
    assert_eq!((held("one"), held("any")), (false, true), "both are tried");
    let patterns: BTreeSet<String> = ["one", "any"].map(str::to_owned).into();
    let drained = Drained { program: &from, version: 7, patterns: &patterns };
    let to = Arc::new(new.with_drained(&[drained]).unwrap());
    let mut before = Matcher::new(Arc::clone(&from));
    assert_eq!(push(&mut before, 0, &[1, 2, 1]), [""; 0]);
    let mut renamed = from.layout(Hold::Chosen);
    renamed.rename(|name| patterns.contains(name).then(|| format!("{name}@7")));
    let all = renamed.patterns().map(str::to_owned).collect();
    let adopt = Adopt::Listed(vec![all, BTreeSet::new()]);
    let codec = RecordCodec::new(Arc::clone(&to), vec![renamed, to.layout(Hold::Chosen)], 1, &adopt);
    let old = RecordCodec::of(Arc::clone(&from), Hold::Chosen);
    let mut after = Matcher::new(Arc::clone(&to));
    before.save_records(&old, |family, values, record| {
        let key = RecordKey { family, values: values.to_vec() };
        let decoded = codec.decode(family, record).unwrap();
        assert_eq!(decoded.left_out, []);
        after.provide(&key, Some(decoded.state));
    });
    let mut found = push(&mut after, 200, &[1, 2, 3, 4]);
    found.sort();
    let expected =
        ["any@7 0 1 202", "any@7 0 201 202", "any@7 2 201 202", "one 200 203", "one@7 0 202", "one@7 2 202"];
    assert_eq!(found, [&expected[..], &["two 1 202", "two 201 202"]].concat());
}

//! The library as its users see it.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

use cep::{MatchKind, Program, PushError, RowError, Timestamp, Value};
use serde::{Deserialize, Serialize};
use serde_json::json;

const KINDS: &str = "
stream all { b: bool  i: int  f: float  s: string  t: timestamp  d: duration?  l: list<int>  m: map<string>  n: int? } time t
pattern any on all { begin a }";

#[derive(Serialize, Deserialize, PartialEq, Clone, Debug)]
struct All {
    b: bool,
    i: u8,
    f: f32,
    s: Kind,
    t: i64,
    d: Option<i64>,
    l: (i64, i64),
    m: std::collections::BTreeMap<String, String>,
    n: Option<Wrapped>,
}

#[derive(Serialize, Deserialize, PartialEq, Clone, Debug)]
#[serde(rename_all = "lowercase")]
enum Kind {
    One,
    Two,
}

#[derive(Serialize, Deserialize, PartialEq, Clone, Debug)]
struct Wrapped(i64);

fn all() -> All {
    let m = [("k".to_owned(), "v".to_owned())].into();
    All { b: true, i: 7, f: 1.5, s: Kind::Two, t: 1_000, d: Some(5), l: (1, 2), m, n: None }
}

fn found_in(program: &str, stream: &str, events: &[impl Serialize]) -> Vec<cep::Match> {
    let mut matcher = Program::parse("p.cep", program).unwrap().matcher();
    let mut found: Vec<_> = matcher.push_all(stream, events).unwrap().collect();
    found.extend(matcher.finish().unwrap());
    found
}

#[test]
fn a_struct_goes_in_and_comes_out_as_it_was() {
    let other = All { n: Some(Wrapped(3)), d: None, ..all() };
    let found = found_in(KINDS, "all", &[all(), other.clone()]);
    let read: Vec<All> = found.iter().map(|found| found.stage("a").next().unwrap().read().unwrap()).collect();
    assert_eq!(read, [all(), other]);
}

#[test]
fn json_is_an_event_like_any_other() {
    let event = json!({
        "b": false, "i": 1, "f": 2, "s": "x", "t": "1970-01-01T00:00:01Z", "l": [], "m": {}, "more": "is passed over"
    });
    let found = found_in(KINDS, "all", &[event]);
    let event = found[0].stage("a").next().unwrap();
    assert_eq!(event.time(), Timestamp(1_000));
    assert_eq!(
        (event.get("f"), event.get("n"), event.get("more")),
        (Some(&Value::Float(2.0)), Some(&Value::Null), None)
    );
}

#[test]
fn what_does_not_fit_says_where_and_nothing_else_is_lost() {
    let mut matcher = Program::parse("p.cep", KINDS).unwrap().matcher();
    let good = serde_json::to_value(all()).unwrap();
    let wrong = |field: &str, value: serde_json::Value| {
        let mut event = good.clone();
        event[field] = value;
        event
    };
    let type_of = |field: &str, expected: &str, found: &str| RowError::Type {
        field: field.into(),
        expected: expected.into(),
        found: found.into(),
    };
    let cases = [
        (wrong("b", json!(1)), type_of("b", "bool", "the number 1")),
        (wrong("i", json!(1.5)), type_of("i", "int", "the number 1.5")),
        (
            wrong("i", json!(u64::MAX)),
            type_of("i", "int", "the number 18446744073709551615, which is too large"),
        ),
        (wrong("s", json!(null)), RowError::Missing("s".into())),
        (wrong("t", json!("noon")), type_of("t", "timestamp", "the text \"noon\"")),
        (wrong("l", json!(["x"])), type_of("l", "int", "the text \"x\"")),
        (wrong("m", json!([1])), type_of("m", "map<string>", "a list")),
        (json!([1]), RowError::NoRow("a list")),
        (json!({}), RowError::Missing("b".into())),
    ];
    for (event, expected) in cases {
        let failed = matcher.push("all", &event).map(|_| ()).unwrap_err();
        assert!(
            matches!(&failed, PushError::Event { stream, error } if stream == "all" && *error == expected),
            "{failed}"
        );
        assert_eq!(matcher.push("all", &good).unwrap().filter(|found| found.pattern() != "any").count(), 0);
    }
    assert!(matches!(matcher.push("al", &good), Err(PushError::NoStream(name)) if name == "al"));
    // The events before the one that does not fit are taken.
    let batch = [good.clone(), good.clone(), json!({}), good];
    assert!(matcher.push_all("all", &batch).is_err());
    matcher.finish().unwrap();
    assert_eq!(matcher.stats().next().unwrap().1.matches, 9 + 2);
}

const LOOP: &str = "
stream s { k: string  n: int  ts: timestamp } key k time ts lateness 2ms
pattern p on s by k { begin a where n == 1  followed by b one or more where n == 2  next c optional where n == 3  next d where n == 4  within 10ms }
pattern q on s by k { begin x where n == 1  next y where n == 9  within 5ms  emit q { k: x.k, n: y.n }  on timeout emit late { k: x.k } }";

fn event(n: i64, ts: i64) -> serde_json::Value {
    json!({ "k": "k", "n": n, "ts": ts })
}

#[derive(Deserialize, PartialEq, Debug)]
struct N {
    n: i64,
}

#[derive(Deserialize, PartialEq, Debug)]
struct Stages {
    a: N,
    b: Vec<N>,
    c: Option<N>,
    d: N,
}

#[test]
fn stages_are_read_by_what_the_type_asks_for() {
    let found = found_in(LOOP, "s", &[event(1, 0), event(2, 1), event(2, 2), event(4, 3)]);
    let whole = found.iter().find(|found| found.pattern() == "p" && found.stage("b").count() == 2).unwrap();
    let expected = Stages { a: N { n: 1 }, b: vec![N { n: 2 }, N { n: 2 }], c: None, d: N { n: 4 } };
    assert_eq!(whole.read::<Stages>().unwrap(), expected);
    // One event of a loop: the last.
    #[derive(Deserialize)]
    struct Last {
        b: N,
    }
    assert_eq!(whole.read::<Last>().unwrap().b, N { n: 2 });
    assert_eq!(whole.read::<i64>().unwrap_err().to_string(), "pattern `p`: invalid type: map, expected i64");
    assert_eq!(whole.key(), [Value::from("k")]);
    assert_eq!(whole.stages().map(|(name, _)| name.to_owned()).collect::<Vec<_>>(), ["a", "b", "d"]);
}

#[test]
fn records_come_first_and_timeouts_are_told_apart() {
    let found = found_in(LOOP, "s", &[event(1, 0), event(9, 1), event(1, 20), event(5, 40)]);
    let of_q: Vec<_> = found.iter().filter(|found| found.pattern() == "q").collect();
    assert_eq!(
        of_q.iter().map(|found| found.kind()).collect::<Vec<_>>(),
        [MatchKind::Complete, MatchKind::TimedOut]
    );
    #[derive(Deserialize, PartialEq, Debug)]
    struct Q {
        k: String,
        n: i64,
        ts: i64,
    }
    assert_eq!(of_q[0].read::<Q>().unwrap(), Q { k: "k".into(), n: 9, ts: 1 });
    let late = of_q[1].records().next().unwrap();
    assert_eq!((late.stream(), late.get("k")), ("late", Some(&Value::from("k"))));
    assert_eq!(of_q[0].id().len(), 32);
    assert_ne!(of_q[0].id(), of_q[1].id());
}

#[test]
fn one_by_one_is_as_many_at_once() {
    let events: Vec<_> = (0..5_000_i64).map(|i| event(1 + i % 4, i / 2)).collect();
    let at_once: Vec<_> = found_in(LOOP, "s", &events).iter().map(cep::Match::id).collect();
    let mut matcher = Program::parse("p.cep", LOOP).unwrap().matcher();
    let mut one_by_one = Vec::new();
    for event in &events {
        one_by_one.extend(matcher.push("s", event).unwrap().map(|found| found.id()));
    }
    one_by_one.extend(matcher.finish().unwrap().map(|found| found.id()));
    assert!(at_once.len() > 1_000, "{}", at_once.len());
    assert_eq!(one_by_one, at_once);
}

#[test]
fn late_events_are_kept_where_that_is_asked_for() {
    let mut matcher = Program::parse("p.cep", LOOP).unwrap().matcher();
    let late = |matcher: &mut cep::Matcher, ts: i64| {
        matcher.push("s", &event(1, 100)).unwrap();
        matcher.push_tagged("s", &event(1, ts), 77).unwrap();
        matcher.take_late()
    };
    assert_eq!(late(&mut matcher, 50), []);
    matcher.keep_late(true);
    let kept = late(&mut matcher, 50);
    assert_eq!(kept.iter().map(|late| late.pattern.as_str()).collect::<Vec<_>>(), ["p", "q"]);
    assert!(
        kept.iter().all(|late| (late.time, late.tag, late.position) == (Timestamp(50), 77, 3)),
        "{kept:?}"
    );
    assert_eq!(late(&mut matcher, 98), []);
}

#[test]
fn a_pattern_that_stops_the_run_loses_nothing_before() {
    let program = "stream s { n: int  ts: timestamp } time ts
                   pattern ok on s { begin a where n > 0 }
                   pattern stop on s { begin a  followed by b where n == 0  within 1s  limit 2 partial matches per key fail }";
    let mut matcher = Program::parse("p.cep", program).unwrap().matcher();
    let events: Vec<_> = (1..=5).map(|n| json!({ "n": n, "ts": n })).collect();
    let stopped = matcher.push_all("s", &events).map(|_| ()).unwrap_err();
    assert!(matches!(stopped, PushError::Stopped(_)), "{stopped}");
    assert!(matcher.matches().any(|found| found.pattern() == "ok"));
}

#[test]
fn streams_without_time_are_told_it() {
    let program = "stream s { n: int }\npattern p on s { begin a where n == 1 next b within 5ms }";
    let mut matcher = Program::parse("p.cep", program).unwrap().matcher();
    let event = |n: i64| json!({ "n": n });
    assert!(matches!(matcher.push("s", &event(1)), Err(PushError::NoTime(_))));
    matcher.push_at("s", Timestamp(10), &event(1)).unwrap();
    matcher.push_at("s", Timestamp(12), &event(2)).unwrap();
    assert_eq!(matcher.finish().unwrap().count(), 1);
}

#[test]
fn what_is_not_taken_is_there_with_the_next_call() {
    let mut matcher =
        Program::parse("p.cep", "stream s { n: int }\npattern p on s { begin a }").unwrap().matcher();
    for n in 0..5 {
        matcher.push_at("s", Timestamp(n), &json!({ "n": n })).unwrap();
    }
    let first = matcher.push_at("s", Timestamp(5), &json!({ "n": 5 })).unwrap().next().unwrap();
    assert_eq!(first.time(), Timestamp(0));
    assert_eq!(matcher.finish().unwrap().map(|found| found.time().0).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
}

#[test]
fn what_does_not_fit_a_type_names_pattern_stage_and_field() {
    #[derive(Deserialize, Debug)]
    #[expect(dead_code, reason = "it is never made")]
    struct Text {
        n: String,
    }
    #[derive(Deserialize, Debug)]
    #[expect(dead_code, reason = "it is never made")]
    struct WrongType {
        a: N,
        b: Vec<Text>,
    }
    #[derive(Deserialize, Debug)]
    #[expect(dead_code, reason = "it is never made")]
    struct NoStage {
        z: N,
    }
    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "it is never made")]
    struct Strict {
        n: i64,
    }
    let said = |result: Result<String, cep::ReadError>| result.unwrap_err().to_string();
    let found = found_in(LOOP, "s", &[event(1, 0), event(9, 1), event(2, 2), event(4, 3)]);
    let of_p = found.iter().find(|found| found.pattern() == "p").unwrap();
    let of_q = found.iter().find(|found| found.pattern() == "q").unwrap();
    let shown = |value: &dyn std::fmt::Debug| format!("{value:?}");
    let cases = [
        (
            of_p.read::<WrongType>().map(|it| shown(&it)),
            "pattern `p`, stage `b`, field `n`: invalid type: integer `2`, expected a string",
        ),
        (of_p.read::<NoStage>().map(|it| shown(&it)), "pattern `p`: there is no `z`, only `a`, `b`, `d`"),
        (
            of_q.read::<NoStage>().map(|it| shown(&it)),
            "pattern `q`, record `q`: there is no `z`, only `k`, `n`, `ts`",
        ),
        (
            of_q.read::<Text>().map(|it| shown(&it)),
            "pattern `q`, record `q`, field `n`: invalid type: integer `9`, expected a string",
        ),
        (
            of_p.stage("a").next().unwrap().read::<Strict>().map(|it| shown(&it)),
            "event of `s`: the type has no field `k`, only `n`",
        ),
        (of_p.read::<i64>().map(|it| shown(&it)), "pattern `p`: invalid type: map, expected i64"),
    ];
    for (result, expected) in cases {
        assert_eq!(said(result), expected);
    }
}

#[test]
fn silent_streams_are_idle_by_the_hosts_clock() {
    let program = "stream a { n: int  ts: timestamp } time ts
                   stream b { n: int  ts: timestamp } time ts idle after 10s
                   pattern p on a, b { begin x: a where n > 0 }";
    let mut matcher = Program::parse("p.cep", program).unwrap().matcher();
    let push = |matcher: &mut cep::Matcher, stream: &str, ts: i64| {
        matcher.push(stream, &json!({ "n": 1, "ts": ts })).unwrap().count()
    };
    let tick =
        |matcher: &mut cep::Matcher, seconds: i64| matcher.tick(Timestamp(seconds * 1_000)).unwrap().count();
    assert_eq!((push(&mut matcher, "a", 1), push(&mut matcher, "a", 2)), (0, 0));
    assert_eq!((tick(&mut matcher, 500), tick(&mut matcher, 509), tick(&mut matcher, 510)), (0, 0, 1));
    assert_eq!(push(&mut matcher, "a", 3), 1);
    // It speaks again: time waits for it, and its silence begins anew.
    assert_eq!((push(&mut matcher, "b", 3), push(&mut matcher, "a", 9)), (0, 0));
    assert_eq!((tick(&mut matcher, 515), tick(&mut matcher, 524), tick(&mut matcher, 525)), (0, 0, 1));
    // What is set takes the place of what is declared.
    matcher.set_watermarks("a", cep::Watermarks::bounded(cep::Duration(100))).unwrap();
    assert_eq!((push(&mut matcher, "a", 50), push(&mut matcher, "a", 20)), (0, 0));
    assert_eq!(matcher.metrics().late(), 0);
    assert!(matches!(
        matcher.set_watermarks("c", cep::Watermarks::bounded(cep::Duration(0))),
        Err(PushError::NoStream(_))
    ));
}

#[test]
fn matches_are_shown_by_names() {
    let found = found_in(LOOP, "s", &[event(1, 0), event(2, 1), event(4, 3)]);
    let shown = format!("{:#?}", found[0]);
    let expected = r#"Match {
    pattern: "p",
    kind: Complete,
    time: 1970-01-01T00:00:00.003Z,
    key: [
        "k",
    ],
    stages: {
        "a": [
            s {
                k: "k",
                n: 1,
                ts: 1970-01-01T00:00:00.000Z,
            },
        ],
        "b": [
            s {
                k: "k",
                n: 2,
                ts: 1970-01-01T00:00:00.001Z,
            },
        ],
        "d": [
            s {
                k: "k",
                n: 4,
                ts: 1970-01-01T00:00:00.003Z,
            },
        ],
    },
}"#;
    assert_eq!(shown, expected);
}

#[test]
fn matchers_can_be_sent() {
    fn is_send<T: Send>() {}
    is_send::<cep::Matcher>();
    is_send::<cep::Match>();
    is_send::<cep::Metrics>();
    is_send::<cep::PushError>();
    is_send::<cep::CompileError>();
    is_send::<cep::HostFunction>();
    is_send::<Program>();
}

//! Functions of the host: where patterns may call them, what is checked, and what becomes of panics.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

use cep::engine::event::{BatchBuilder, Datum};
use cep::engine::matcher::{Config, Hold, ShardedMatcher, TableRows};
use cep::engine::program::{Layout, Likeness, Program as Inner};
use cep::engine::time::Watermark;
use cep::expr::field;
use cep::{
    CompileError, DataType, HostFunction, Panicked, Pattern, Program, ProgramBuilder, PushError, Schema,
    StreamDef, Timestamp, Value,
};
use serde_json::json;

const STREAM: &str = "stream txn { card: string  amount: float  n: int?  ts: timestamp } key card time ts\n";

fn risk() -> HostFunction {
    HostFunction::new("risk", |card: &str, amount: f64| card.len() as f64 * amount)
}

fn with_functions() -> ProgramBuilder {
    Program::builder()
        .host_function(risk())
        .function("succ", |n: i64| n + 1)
        .function("told", |n: Option<i64>| n.map_or("nothing".to_owned(), |n| n.to_string()))
        .function("late", |time: Timestamp| time > Timestamp(5))
}

fn program(patterns: &str) -> Program {
    with_functions().text("p.cep", &format!("{STREAM}{patterns}")).unwrap().build().unwrap()
}

fn said(patterns: &str) -> String {
    with_functions().text("p.cep", &format!("{STREAM}{patterns}")).unwrap_err().to_string()
}

fn event(card: &str, amount: f64, n: Option<i64>, ts: i64) -> serde_json::Value {
    json!({ "card": card, "amount": amount, "n": n, "ts": ts })
}

#[test]
fn conditions_aggregates_derived_streams_and_emits_call_them() {
    let program = program(
        "stream scored = txn where late(ts) or risk(card, amount) > 0 with risk: risk(card, amount), succ: succ(n)
         pattern p on scored by card {
           begin a one or more where risk < 10
           next b where risk(card, sum(a.amount)) > 8 and told(n) == \"nothing\"
           emit out { total: sum(a.risk), told: told(b.n), succ: a.first.succ, of_both: risk(b.card, a.amount + b.amount) }
         }",
    );
    let mut matcher = program.matcher();
    let events = [
        event("ab", 2.0, Some(6), 1),
        event("ab", 3.0, None, 2),
        event("ab", 5.0, None, 3),
        event("ab", 6.0, Some(1), 4),
    ];
    matcher.push_all("txn", &events).unwrap();
    let found: Vec<_> = matcher.finish().unwrap().collect();
    let records: Vec<_> = found.iter().map(|found| found.records().next().unwrap()).collect();
    let of = |name: &str| records.iter().map(|record| record.get(name).unwrap().clone()).collect::<Vec<_>>();
    assert_eq!(of("total"), [10.0.into()]);
    assert_eq!(of("told"), ["nothing".into()]);
    assert_eq!(of("succ"), [Value::Int(7)]);
    assert_eq!(of("of_both"), [16.0.into()]);
}

#[test]
fn a_null_is_the_value_where_no_option_takes_it() {
    let program = program(
        "pattern p on txn { begin a where succ(n) == 8 }\npattern q on txn { begin a where not exists(succ(n)) }",
    );
    let mut matcher = program.matcher();
    matcher.push_all("txn", &[event("a", 1.0, Some(7), 1), event("a", 1.0, None, 2)]).unwrap();
    let found: Vec<_> =
        matcher.finish().unwrap().map(|found| (found.pattern().to_owned(), found.time().0)).collect();
    assert_eq!(found, [("p".to_owned(), 1), ("q".to_owned(), 2)]);
}

#[test]
fn calls_are_checked_against_what_is_registered() {
    let cases = [
        (
            "risk(card)",
            "`risk` takes 2 arguments, found 1",
            "the host registers it as `risk(string, float) -> float`",
        ),
        (
            "risk(amount, card)",
            "`risk` takes a `string`",
            "the host registers it as `risk(string, float) -> float`",
        ),
        ("succ(amount)", "`succ` takes an `int`", "the host registers it as `succ(int) -> int`"),
        ("told(card)", "`told` takes an `int`", "the host registers it as `told(int?) -> string`"),
        ("rysk(card, amount)", "unknown function `rysk`", "perhaps `risk` is meant"),
        ("anything(card)", "unknown function `anything`", "known only where that program reads the file"),
    ];
    for (call, message, more) in cases {
        let said = said(&format!("pattern p on txn {{ begin a where {call} == 1 }}"));
        assert!(said.contains(message) && said.contains(more), "{call}: {said}");
    }
    // What may be null is so where the function does not take it.
    assert!(said("pattern p on txn { begin a where succ(n) }").contains("an `int?`"));
}

#[test]
fn names_are_given_once() {
    for name in ["sum", "count", "abs", "risk"] {
        let built = with_functions().function(name, |x: f64| x).build();
        assert!(matches!(built, Err(CompileError::Function(taken)) if taken == name), "{name}");
    }
}

fn built(conditions: [HostFunction; 2]) -> Result<Program, CompileError> {
    let schema = Schema::new()
        .with("card", DataType::String)
        .with("amount", DataType::Float)
        .with("ts", DataType::Timestamp);
    let mut builder = Program::builder().stream(StreamDef::new("txn", schema, "ts"));
    for (name, function) in ["p", "q"].into_iter().zip(conditions) {
        let condition = function.call([field("card"), field("amount")]).gt(5.0);
        builder = builder.pattern(Pattern::begin("a").filter(condition).on("txn").build(name).unwrap());
    }
    builder.build()
}

#[test]
fn patterns_that_are_built_call_them_and_two_of_one_name_are_a_mistake() {
    let one = risk();
    let program = built([one.clone(), one]).unwrap();
    let predicates: usize = program.inner().families().iter().map(|family| family.predicates.len()).sum();
    assert_eq!(predicates, 1, "a condition that two patterns share is one");
    let error = built([risk(), risk()]).unwrap_err();
    assert!(error.to_string().contains("two functions of the host are called `risk`"), "{error}");
}

#[test]
fn another_version_is_another_condition_and_nothing_else_is() {
    let compiled = |function: HostFunction, name: &str| {
        let text = format!(
            "{STREAM}pattern {name} on txn by card {{ begin a where risk(card, amount) > 1 next b }}"
        );
        let program =
            Program::builder().host_function(function).text("p.cep", &text).unwrap().build().unwrap();
        Arc::clone(program.inner())
    };
    let likeness = |now: &Arc<Inner>, before: &Arc<Inner>| {
        let (own, from): (Layout, Layout) = (now.layout(Hold::default()), before.layout(Hold::default()));
        now.likeness(&own, &from).into_iter().map(|(_, likeness)| likeness).collect::<Vec<_>>()
    };
    let first = compiled(risk(), "p");
    assert_eq!(likeness(&compiled(risk(), "p"), &first), [Likeness::Same]);
    assert_eq!(likeness(&compiled(risk().version(2), "p"), &first), [Likeness::Conditions]);
    let other = HostFunction::new("risk", |_: &str, amount: Option<f64>| amount.unwrap_or(0.0));
    assert_eq!(likeness(&compiled(other, "p"), &first), [Likeness::Conditions]);
}

fn panicking() -> Program {
    let text = "stream s { n: int  ts: timestamp } time ts
                pattern p on s { begin a where n > 0  next b where checked(n) + checked(a.n) > 0 }";
    let checked = |n: i64| {
        assert!(n != 3, "no threes");
        n
    };
    Program::builder().function("checked", checked).text("p.cep", text).unwrap().build().unwrap()
}

#[test]
fn a_panic_is_an_error_and_the_matcher_is_over() {
    let program = panicking();
    let mut matcher = program.matcher();
    let n = |n: i64| json!({ "n": n, "ts": n });
    let failed = matcher.push_all("s", [n(1), n(2), n(3), n(4)]).map(|_| ()).unwrap_err();
    assert_eq!(failed.to_string(), "the host's function `checked` panicked: no threes");
    assert!(matches!(&failed, PushError::Function(panicked) if panicked.function == "checked"));
    assert_eq!(matcher.push("s", &n(5)).map(|_| ()).unwrap_err().to_string(), failed.to_string());
    assert_eq!(matcher.finish().map(|_| ()).unwrap_err().to_string(), failed.to_string());
    // What was found before is still there: the first two. Nothing is found behind the panic.
    assert_eq!(matcher.matches().map(|found| found.time().0).collect::<Vec<_>>(), [2]);
    // Another matcher of the same program is not concerned.
    let mut other = program.matcher();
    other.push_all("s", [n(1), n(2)]).unwrap();
    assert_eq!(other.finish().unwrap().count(), 1);
}

#[test]
fn a_panic_in_a_shard_is_caught_where_the_shards_are_fed() {
    let program = Arc::clone(panicking().inner());
    let stream = program.streams().id("s").unwrap();
    let mut batch = BatchBuilder::new(stream, program.streams().get(stream).schema.clone(), 0);
    for n in 1..=4 {
        let row = [Datum::Int(n), Datum::Timestamp(Timestamp(n))];
        batch.push_row(Timestamp(n), Watermark::MIN, &row).unwrap();
    }
    let threads = NonZeroUsize::new(2).unwrap();
    let mut matcher = ShardedMatcher::new(program, Config::default(), TableRows::default(), threads, |_| ());
    let panicked = Panicked::catch(|| {
        matcher.push(batch.finish(), |()| {}).unwrap();
        matcher.advance(Watermark::MAX, |()| {}).unwrap();
        matcher.flush(|()| {}).unwrap();
    });
    assert_eq!(panicked.unwrap_err().function, "checked");
}

#[test]
fn programs_say_which_they_call_in_what_is_explained() {
    let program = program("pattern p on txn by card { begin a where risk(card, amount) > 1 }");
    let texts: HashMap<_, _> =
        program.inner().families()[0].predicates.iter().map(|it| (it.text.clone(), ())).collect();
    assert!(texts.contains_key("risk(card, amount) > 1"), "{texts:?}");
}

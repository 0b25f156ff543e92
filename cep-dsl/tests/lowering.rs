//! What the language makes of a text is what the builder makes of the same pattern.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use cep_core::event::{DataType, Value};
use cep_core::expr::{Aggregate, Expr, count, field, lit, param, stage};
use cep_core::pattern::{Definitions, GroupBuilder, Overflow, Pattern, Skip};
use cep_core::time::Duration;

const STREAM: &str =
    "stream txn { card: string  amount: float  kind: string?  ts: timestamp } key card time ts\n";

fn definitions(text: &str) -> Definitions {
    let compiled = cep_dsl::check("test.cep", &format!("{STREAM}{text}"));
    let said = cep_dsl::diagnostic::render(&compiled.sources, &compiled.diagnostics);
    compiled.definitions.unwrap_or_else(|| panic!("{said}"))
}

fn pattern(text: &str) -> Pattern {
    definitions(text).patterns.remove(0)
}

#[test]
fn stages_clauses_and_emits() {
    let text = "
        param big: float = 500
        const burst = 10m
        @severity(\"high\")
        pattern p on txn by card {
          begin small where amount < 1
          followed within 1m by large where amount > big and kind == 'x'
          not followed by refund where amount < 0
          followed by any end
          within burst
          after match skip to last large or fail
          limit 100 partial matches per key drop newest
          emit fraud { card: small.card, sum: sum(small.amount) } to \"queue:f\"
        }";
    let built = Pattern::begin("small")
        .filter(field("amount").lt(1_i64))
        .followed_by("large")
        .gap(Duration::from_mins(1))
        .filter(field("amount").gt(param("big")).and(field("kind").eq("x")))
        .not_followed_by("refund")
        .filter(field("amount").lt(0_i64))
        .followed_by_any("end")
        .within(Duration::from_mins(10))
        .after_match(Skip::ToLast { stage: "large".to_owned(), or_fail: true })
        .limit(100, Overflow::DropNewest)
        .on_keyed("txn", ["card"])
        .emit(
            "fraud",
            [
                ("card", stage("small").last("card")),
                ("sum", stage("small").aggregate(Aggregate::Sum, "amount")),
            ],
        )
        .annotate("severity", "high")
        .build("p")
        .unwrap();
    let mut lowered = pattern(text);
    assert_eq!(lowered.emits[0].to.take().as_deref(), Some("queue:f"));
    assert_eq!(lowered, built);
}

#[test]
fn loops_and_groups() {
    let text = "
        pattern p on txn {
          begin ( begin a times 2 to 3 consecutive optional
                  next b ) times 2 or more
          next c one or more greedy where count(c) == 0 or amount > c.last.amount until amount < 0
          next d
          within 1h
        }";
    let group = GroupBuilder::begin("a").times_between(2, 3).consecutive().optional().next("b");
    let built = Pattern::begin_group(group)
        .times_or_more(2)
        .next("c")
        .one_or_more()
        .greedy()
        .filter(count("c").eq(0_i64).or(field("amount").gt(stage("c").last("amount"))))
        .until(field("amount").lt(0_i64))
        .next("d")
        .within(Duration::from_hours(1))
        .on("txn")
        .build("p")
        .unwrap();
    assert_eq!(pattern(text), built);
}

#[test]
fn consts_are_computed_and_params_are_typed() {
    let lowered = definitions(
        "const base = 2 * 30s
         const limits = [1, 2]
         param rate: float = 2
         param since: timestamp = timestamp(\"1970-01-01T00:00:01Z\")
         stream late = txn where ts >= since with soon: ts + base, few: amount in limits",
    );
    assert_eq!(lowered.params[0].default, Some(Value::Float(2.0)));
    assert_eq!(lowered.params[1].ty, DataType::Timestamp.required());
    assert_eq!(lowered.params[1].default, Some(Value::Timestamp(cep_core::time::Timestamp(1_000))));
    let with = &lowered.derived[0].with;
    assert_eq!(with[0].1, field("ts").add(Duration::from_mins(1)));
    assert_eq!(with[1].1, field("amount").is_in(lit(Value::List([1.into(), 2.into()].into()))));
}

#[test]
fn a_window_may_be_a_fraction_of_a_const() {
    let text = "const whole = 10m
                const half = whole / 2
                const most = 1.5 * half - 30s
                const few = if(whole / half == 2, 3, 9)
                pattern p on txn { begin a times few  followed within half by b  within most }";
    let lowered = pattern(text);
    assert_eq!(lowered.within, Some(Duration::from_mins(7)));
    assert_eq!(lowered.sequence[1].gap, Some(Duration::from_mins(5)));
    assert_eq!(lowered.sequence[0].quantifier.repeat, cep_core::pattern::Repeat::Times { from: 3, to: 3 });
}

/// The engine takes columns by place.
#[test]
fn emits_of_one_name_have_their_columns_in_one_order() {
    let lowered = definitions(
        "pattern p on txn { begin a within 1m
           emit out { kind: a.kind, card: a.card }
           on timeout emit out { card: \"none\", kind: a.kind } }
         pattern q on txn { begin b emit out { card: b.card, kind: \"q\" } }",
    );
    let emits = lowered.patterns.iter().flat_map(|it| it.emits.iter().chain(&it.timeout_emits));
    for emit in emits {
        let names: Vec<_> = emit.columns.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["kind", "card"]);
    }
    assert!(cep_core::program::Program::compile(lowered, &Default::default()).is_ok());
}

/// Ten thousand alternatives are no deep tree.
#[test]
fn long_conditions_stay_shallow() {
    let condition = (0..10_000).map(|n| format!("amount == {n}")).collect::<Vec<_>>().join(" or ");
    let lowered = pattern(&format!("pattern p on txn {{ begin a where {condition} }}"));
    fn depth(expr: &Expr) -> usize {
        1 + expr.children().into_iter().map(depth).max().unwrap_or(0)
    }
    let cep_core::pattern::Body::Stage { condition: Some(condition), .. } = &lowered.sequence[0].body else {
        panic!("a stage with a condition");
    };
    assert!(depth(condition) < 40, "{}", depth(condition));
}

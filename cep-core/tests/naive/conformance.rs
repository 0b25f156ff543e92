//! The naive matcher against what Flink answered. It covers `no skip`; rejected patterns are not for it.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::corpus::{cases, pattern};
use crate::expr::Event;
use crate::matcher::Output;
use crate::operator::{Answer, events, run, run_directly};

const FILES: [&str; 22] = [
    "generated/seed1.jsonl.gz",
    "generated/seed1.notopt.jsonl.gz",
    "generated/orfail.jsonl.gz",
    "generated/long.jsonl.gz",
    "flink-tests/AfterMatchSkipITCase.jsonl.gz",
    "flink-tests/CEPITCase.jsonl.gz",
    "flink-tests/CEPOperatorTest.jsonl.gz",
    "flink-tests/GreedyITCase.jsonl.gz",
    "flink-tests/GroupITCase.jsonl.gz",
    "flink-tests/IterativeConditionsITCase.jsonl.gz",
    "flink-tests/NFACompilerTest.jsonl.gz",
    "flink-tests/NFAITCase.jsonl.gz",
    "flink-tests/NFAIterativeConditionTimeContextTest.jsonl.gz",
    "flink-tests/NFAStateAccessTest.jsonl.gz",
    "flink-tests/NFAStatusChangeITCase.jsonl.gz",
    "flink-tests/NFATest.jsonl.gz",
    "flink-tests/NotPatternITCase.jsonl.gz",
    "flink-tests/PatternTest.jsonl.gz",
    "flink-tests/SameElementITCase.jsonl.gz",
    "flink-tests/TimesOrMoreITCase.jsonl.gz",
    "flink-tests/TimesRangeITCase.jsonl.gz",
    "flink-tests/UntilConditionITCase.jsonl.gz",
];

/// Why a case is not covered; none if it is.
fn out_of_scope(case: &Json) -> Option<&'static str> {
    let skip = case["pattern"]["skip"]["kind"].as_str();
    if !case["expected"]["error"].is_null() {
        Some("Flink answers with an error")
    } else if skip.is_some_and(|kind| kind != "no_skip") {
        Some("a skip strategy")
    } else {
        None
    }
}

type Row = (String, i64, BTreeMap<String, Vec<i64>>);

/// Matches, timeouts and late events, each sorted.
fn expected(case: &Json) -> (Vec<Row>, Vec<Row>, Vec<i64>) {
    let result = &case["expected"];
    let row = |row: &Json| {
        let key = row["key"].as_str().unwrap_or_default().to_owned();
        (key, row["ts"].as_i64().unwrap(), serde_json::from_value(row["stages"].clone()).unwrap())
    };
    let rows = |kind: &str| sorted(result[kind].as_array().unwrap().iter().map(row).collect());
    (rows("matches"), rows("timeouts"), serde_json::from_value(result["late"].clone()).unwrap())
}

fn answered(answer: &Answer<'_>, events: &[Event]) -> (Vec<Row>, Vec<Row>, Vec<i64>) {
    let rows = |wanted: bool| {
        let outputs = answer.outputs.iter().filter(|(_, output)| output.is_match == wanted);
        sorted(outputs.map(|(key, output)| row(key, output, events)).collect())
    };
    (rows(true), rows(false), answer.late.clone())
}

fn row(key: &str, output: &Output<'_>, events: &[Event]) -> Row {
    let mut stages: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for (stage, index) in &output.captured {
        stages.entry((*stage).to_owned()).or_default().push(id(&events[*index]));
    }
    (key.to_owned(), output.time, stages)
}

fn id(event: &Event) -> i64 {
    format!("{}", event.number("id")).parse().unwrap()
}

fn sorted(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort();
    rows
}

/// Whether counts and hashes are those of the case; of matches without their times.
fn digests_agree(case: &Json, (matches, timeouts, late): &(Vec<Row>, Vec<Row>, Vec<i64>)) -> bool {
    let result = &case["expected"];
    let agrees = |kind: &str, rows: &[Row], times: bool| {
        result[kind]["count"] == rows.len() && result[kind]["sha256"] == digest(rows, times).as_str()
    };
    let late = *late == serde_json::from_value::<Vec<i64>>(result["late"].clone()).unwrap();
    late && agrees("matches", matches, false) && agrees("timeouts", timeouts, true)
}

/// SHA-256 over the sorted lines.
fn digest(rows: &[Row], times: bool) -> String {
    let line = |(key, time, stages): &Row| {
        let (key, stages) = (serde_json::json!(key), serde_json::to_string(stages).unwrap());
        let time = if times { format!(",\"ts\":{time}") } else { String::new() };
        format!("{{\"key\":{key},\"stages\":{stages}{time}}}\n")
    };
    let mut lines: Vec<String> = rows.iter().map(line).collect();
    lines.sort();
    Sha256::digest(lines.concat()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether the naive matcher agrees with Flink on a case.
fn agrees(case: &Json) -> bool {
    let pattern = pattern(case).expect("cases that are not rejected have no literal calls");
    let events = events(case);
    let direct = case["driver"] == "nfa";
    let answer = if direct { run_directly(&pattern, case, &events) } else { run(&pattern, case, &events) };
    if case["result"] == "digest" {
        return digests_agree(case, &answered(&answer, &events));
    }
    let mut expected = expected(case);
    if direct {
        expected.0.iter_mut().chain(&mut expected.1).for_each(|row| row.0.clear());
    }
    let got = answered(&answer, &events);
    expected == got
}

#[test]
fn the_naive_matcher_agrees_with_flink() {
    let mut left_out: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut covered = 0;
    for file in FILES.into_iter().chain(["flink-tests/nfa-driver.jsonl.gz"]) {
        for case in cases(file) {
            if let Some(reason) = out_of_scope(&case) {
                *left_out.entry(reason).or_default() += 1;
                continue;
            }
            covered += 1;
            if !agrees(&case) {
                wrong.push(case["name"].as_str().unwrap().to_owned());
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {covered} cases differ: {:?}",
        wrong.len(),
        &wrong[..wrong.len().min(40)]
    );
    let reasons = [("Flink answers with an error", 163), ("a skip strategy", 701)];
    assert_eq!((covered, left_out), (3388, BTreeMap::from(reasons)));
}

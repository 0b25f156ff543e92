//! Whether an outcome is equal to Flink's, and where not, how it differs.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::case::{Case, Fate};
use super::engine::{Holding, Line, Outcome};

/// Nothing where the outcome is equal to Flink's, else the differences in words.
pub(crate) fn differences(case: &Case, outcome: &Outcome, holding: Holding) -> Option<String> {
    let mut text = String::new();
    if outcome.fate != case.fate() {
        let _ = writeln!(text, "    fate: expected {:?}, found {:?}", case.fate(), outcome.fate);
    }
    if case.fate() != Fate::Rejected && outcome.fate != Fate::Rejected {
        late(case, outcome, &mut text);
        if case.is_digest() {
            digests(case, outcome, holding, &mut text);
        } else {
            lines(case, outcome, holding, &mut text);
        }
    }
    (!text.is_empty()).then_some(text)
}

fn late(case: &Case, outcome: &Outcome, text: &mut String) {
    let expected: BTreeSet<i64> = numbers(&case.expected()["late"]).into_iter().collect();
    let found: BTreeSet<i64> = outcome.late.iter().copied().collect();
    if expected != found {
        let _ = writeln!(text, "    late: expected {expected:?}, found {found:?}");
    }
}

fn numbers(list: &Value) -> Vec<i64> {
    list.as_array().into_iter().flatten().filter_map(Value::as_i64).collect()
}

fn lines(case: &Case, outcome: &Outcome, holding: Holding, text: &mut String) {
    let expected = (parse(&case.expected()["matches"]), parse(&case.expected()["timeouts"]));
    multisets("matches", &expected.0, &outcome.matches, text);
    if holding == Holding::Runs {
        multisets("timeouts", &expected.1, &outcome.timeouts, text);
    }
    if case.is_ordered() && by_key(&expected.0) != by_key(&outcome.matches) && text.is_empty() {
        let _ = writeln!(text, "    the matches are the same, their order is not");
        let _ = writeln!(text, "      expected: {}", show_all(&by_key(&expected.0)));
        let _ = writeln!(text, "      found:    {}", show_all(&by_key(&outcome.matches)));
    }
}

fn parse(list: &Value) -> Vec<Line> {
    let line = |item: &Value| {
        let stages = item["stages"].as_object().into_iter().flatten();
        let mut stages: Vec<_> = stages.map(|(name, ids)| (name.clone(), numbers(ids))).collect();
        stages.sort();
        let key = item["key"].as_str().unwrap_or_default().to_owned();
        Line { key, stages, time: item["ts"].as_i64().unwrap_or_default() }
    };
    list.as_array().into_iter().flatten().map(line).collect()
}

/// With the stages by name.
fn canonical(line: &Line) -> Line {
    let mut line = line.clone();
    line.stages.sort();
    line
}

fn multisets(what: &str, expected: &[Line], found: &[Line], text: &mut String) {
    let sorted = |lines: &[Line]| {
        let mut lines: Vec<_> = lines.iter().map(canonical).collect();
        lines.sort();
        lines
    };
    let (expected, found) = (sorted(expected), sorted(found));
    let missing = without(&expected, &found);
    let extra = without(&found, &expected);
    if !missing.is_empty() || !extra.is_empty() {
        let _ = writeln!(text, "    {what}: {} expected, {} found", expected.len(), found.len());
        for (sign, lines) in [("-", missing), ("+", extra)] {
            for line in lines.iter().take(MOST_SHOWN) {
                let _ = writeln!(text, "      {sign} {}", show(line));
            }
        }
    }
}

/// Enough to see what is wrong.
const MOST_SHOWN: usize = 5;

/// The lines of one sorted list that the other has fewer of.
fn without(lines: &[Line], others: &[Line]) -> Vec<Line> {
    let mut rest = others.to_vec();
    let kept = |line: &&Line| match rest.binary_search(line) {
        Ok(place) => {
            rest.remove(place);
            false
        }
        Err(_) => true,
    };
    lines.iter().filter(kept).cloned().collect()
}

fn by_key(lines: &[Line]) -> Vec<Line> {
    let mut lines: Vec<_> = lines.iter().map(canonical).collect();
    lines.sort_by(|left, right| left.key.cmp(&right.key));
    lines
}

fn show(line: &Line) -> String {
    let stages: Vec<_> = line.stages.iter().map(|(name, ids)| format!("{name}{ids:?}")).collect();
    format!("{} @{} {}", line.key, line.time, stages.join(" "))
}

fn show_all(lines: &[Line]) -> String {
    lines.iter().map(show).collect::<Vec<_>>().join(" | ")
}

fn digests(case: &Case, outcome: &Outcome, holding: Holding, text: &mut String) {
    let found = [("matches", &outcome.matches, false), ("timeouts", &outcome.timeouts, true)];
    for (what, lines, timed) in found.into_iter().filter(|(.., timed)| !timed || holding == Holding::Runs) {
        let expected = &case.expected()[what];
        let (all, ordered) = digest(lines, timed);
        if expected["count"].as_u64() != Some(lines.len() as u64) || expected["sha256"].as_str() != Some(&all)
        {
            let _ = writeln!(
                text,
                "    {what}: expected {} with another digest, found {}",
                expected["count"],
                lines.len()
            );
        } else if !timed && case.is_ordered() && expected["ordered_sha256"].as_str() != Some(&ordered) {
            let _ = writeln!(text, "    the matches are the same, their order is not");
        }
    }
}

/// The digest over all lines, sorted, and over the lines of each key in order.
fn digest(lines: &[Line], timed: bool) -> (String, String) {
    let mut texts: Vec<_> = lines.iter().map(|line| (line.key.clone(), json(line, timed))).collect();
    texts.sort_by(|left, right| left.0.cmp(&right.0));
    let ordered = sha256(texts.iter().map(|(_, text)| text));
    let mut all: Vec<_> = texts.into_iter().map(|(_, text)| text).collect();
    all.sort();
    (sha256(all.iter()), ordered)
}

fn json(line: &Line, timed: bool) -> String {
    let mut stages: Vec<_> = line.stages.iter().collect();
    stages.sort();
    let stage = |(name, ids): &&(String, Vec<i64>)| {
        let ids: Vec<_> = ids.iter().map(i64::to_string).collect();
        format!("\"{name}\":[{}]", ids.join(","))
    };
    let stages: Vec<_> = stages.iter().map(stage).collect();
    let time = if timed { format!(",\"ts\":{}", line.time) } else { String::new() };
    format!("{{\"key\":{},\"stages\":{{{}}}{time}}}", Value::from(line.key.as_str()), stages.join(","))
}

fn sha256<'a>(lines: impl Iterator<Item = &'a String>) -> String {
    let mut hash = Sha256::new();
    for line in lines {
        hash.update(line.as_bytes());
        hash.update(b"\n");
    }
    hash.finalize().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

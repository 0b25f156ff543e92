//! Conformance cases as patterns and events of the naive matcher. The format is in `fixtures/conformance/README.md`.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::rc::Rc;

use flate2::read::GzDecoder;
use serde_json::Value as Json;

use crate::expr::{Arithmetic, Compare, Event, Expr, Fold, Value};
use crate::pattern::{Body, Connector, Count, Element, Pattern};

/// The cases of one file.
pub(crate) fn cases(file: &str) -> Vec<Json> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/conformance").join(file);
    let lines = BufReader::new(GzDecoder::new(File::open(path).unwrap())).lines();
    lines.map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect()
}

/// The pattern of a case; none if it is written as literal API calls.
pub(crate) fn pattern(case: &Json) -> Option<Pattern> {
    let pattern = &case["pattern"];
    let mut sequence = elements(&pattern["stages"])?;
    let length = pattern["within_ms"].as_i64();
    let gap = pattern["within_type"] == "previous_and_current";
    if gap && length.is_some() {
        sequence.last_mut()?.gap = length;
    }
    let length = length.filter(|_| !gap);
    // Said twice of the last stage, the later call counts.
    let written = windows(&pattern["stages"], length.is_none());
    let within = length.into_iter().chain(written).min();
    Some(Pattern { sequence, within })
}

/// Whole-pattern windows written at elements, that of the last one only if wanted; at the last of a body never.
fn windows(stages: &Json, last: bool) -> Vec<i64> {
    let stages = stages.as_array().unwrap();
    let own = stages.iter().take(if last { stages.len() } else { stages.len() - 1 });
    let own = own.filter_map(|stage| stage["within_first_last_ms"].as_i64());
    let groups = stages.iter().filter(|stage| stage["stages"].is_array());
    own.chain(groups.flat_map(|group| windows(&group["stages"], false))).collect()
}

fn elements(stages: &Json) -> Option<Vec<Element>> {
    stages.as_array()?.iter().map(element).collect()
}

fn element(json: &Json) -> Option<Element> {
    let quantifier = &json["quantifier"];
    if quantifier["calls"].is_array() {
        return None;
    }
    let body = match &json["stages"] {
        Json::Null => {
            let name = json["name"].as_str()?.to_owned();
            Body::Stage { name, condition: optional(&json["where"]).unwrap_or(always()) }
        }
        stages => Body::Group(elements(stages)?),
    };
    Some(Element {
        connector: connector(&json["contiguity"]),
        body,
        count: count(quantifier),
        optional: quantifier["optional"] == true || quantifier["min"] == 0,
        greedy: quantifier["greedy"] == true,
        inner: inner(&quantifier["inner"]),
        until: optional(&json["until"]),
        gap: json["within_ms"].as_i64(),
        apart: quantifier["window_ms"].as_i64(),
    })
}

fn connector(json: &Json) -> Connector {
    match json.as_str() {
        None | Some("next") => Connector::Next,
        Some("followed_by") => Connector::FollowedBy,
        Some("followed_by_any") => Connector::FollowedByAny,
        Some("not_next") => Connector::NotNext,
        Some("not_followed_by") => Connector::NotFollowedBy,
        Some(other) => panic!("unknown contiguity {other}"),
    }
}

fn inner(json: &Json) -> Connector {
    match json.as_str() {
        None | Some("relaxed") => Connector::FollowedBy,
        Some("consecutive") => Connector::Next,
        Some("combinations") => Connector::FollowedByAny,
        Some(other) => panic!("unknown inner contiguity {other}"),
    }
}

fn count(quantifier: &Json) -> Count {
    let bound = |json: &Json| json.as_u64().and_then(|bound| u32::try_from(bound).ok()).unwrap_or(1);
    let least = bound(&quantifier["min"]).max(1);
    match quantifier.get("max") {
        Some(Json::Null) => Count::OrMore(least),
        most => {
            let most = most.map_or(1, bound);
            let plain = least == 1 && most == 1 && quantifier["times"] != true && quantifier["min"] != 0;
            if plain { Count::Once } else { Count::Times(least, most) }
        }
    }
}

fn always() -> Expr {
    Expr::Value(Some(Value::Bool(true)))
}

fn optional(json: &Json) -> Option<Expr> {
    (!json.is_null()).then(|| expr(json))
}

fn expr(json: &Json) -> Expr {
    let Some(parts) = json.as_array() else { return Expr::Value(scalar(json)) };
    let operator = parts[0].as_str().unwrap();
    let part = |index: usize| Box::new(expr(&parts[index]));
    let text = |index: usize| parts[index].as_str().unwrap().to_owned();
    let compare = |operator| Expr::Compare(operator, part(1), part(2));
    let arithmetic = |operator| Expr::Arithmetic(operator, part(1), part(2));
    let captured = |fold| Expr::Captured(fold, text(1), text(2));
    match operator {
        "f" => Expr::Field(text(1)),
        "ts" => Expr::Time,
        "and" => Expr::All(parts[1..].iter().map(expr).collect()),
        "or" => Expr::Any(parts[1..].iter().map(expr).collect()),
        "not" => Expr::Not(part(1)),
        "==" => compare(Compare::Eq),
        "!=" => compare(Compare::Ne),
        "<" => compare(Compare::Lt),
        "<=" => compare(Compare::Le),
        ">" => compare(Compare::Gt),
        ">=" => compare(Compare::Ge),
        "+" => arithmetic(Arithmetic::Add),
        "-" => arithmetic(Arithmetic::Sub),
        "*" => arithmetic(Arithmetic::Mul),
        "/" => arithmetic(Arithmetic::Div),
        "contains" => Expr::Contains(part(1), part(2)),
        "starts_with" => Expr::StartsWith(part(1), part(2)),
        "count" => Expr::Count(text(1)),
        "first" => captured(Fold::First),
        "last" => captured(Fold::Last),
        "sum" => captured(Fold::Sum),
        "avg" => captured(Fold::Avg),
        "min" => captured(Fold::Min),
        "max" => captured(Fold::Max),
        other => panic!("unknown operator {other}"),
    }
}

fn scalar(json: &Json) -> Option<Value> {
    match json {
        Json::Null => None,
        Json::Bool(value) => Some(Value::Bool(*value)),
        Json::Number(value) => Some(Value::Number(value.as_f64().unwrap())),
        Json::String(value) => Some(Value::Text(Rc::from(value.as_str()))),
        other => panic!("no scalar: {other}"),
    }
}

/// An event of a case.
pub(crate) fn event(json: &Json) -> Event {
    let fields = json.as_object().unwrap().iter();
    Event {
        time: json["ts"].as_i64().unwrap(),
        fields: fields.filter_map(|(name, value)| Some((Rc::from(name.as_str()), scalar(value)?))).collect(),
    }
}

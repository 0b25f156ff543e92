//! What `cep why` finds out agrees with what the engine finds, case by case of the conformance corpus: each event that begins
//! matches is told to have begun as many, with one of theirs, and no other is.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cep_core::event::{BatchBuilder, DataType, Datum, EventBatch, Watermarks};
use cep_core::ids::PatternId;
use cep_core::matcher::{Gather, Matcher, Output, TableRows, Wanted};
use cep_core::program::Program;
use cep_core::runtime::MatchKind;
use cep_core::time::{Duration, Timestamp, Watermark};
use cep_core::why::{Cause, Question, why};
use flate2::read::GzDecoder;
use serde_json::Value as Json;

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/conformance");
    let groups = ["flink-tests", "generated"].map(|group| fs::read_dir(folder.join(group)).unwrap());
    let mut files: Vec<_> = groups.into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn program(case: &Json) -> Option<Arc<Program>> {
    let definitions = cep_dsl::check("case.cep", case["cep"].as_str()?).definitions?;
    Program::compile(definitions, &Default::default()).ok().map(Arc::new)
}

/// The events of a case, some of them late.
fn batches(case: &Json, program: &Program, size: usize) -> Vec<(EventBatch, Watermark)> {
    const LATENESS: Duration = Duration(3);
    let (stream, definition) = program.streams().iter().next().unwrap();
    let mut watermarks = Watermarks::bounded(LATENESS);
    let mut builder = BatchBuilder::new(stream, Arc::clone(&definition.schema), 0);
    let mut batches = Vec::new();
    for event in case["events"].as_array().unwrap().iter().filter(|event| event["ts"].is_i64()) {
        let time = Timestamp(event["ts"].as_i64().unwrap());
        let fields = definition.schema.fields();
        let row: Vec<_> = fields.iter().map(|field| datum(&event[&field.name], &field.ty.data)).collect();
        builder.push_row(time, watermarks.observe(time), &row).unwrap();
        if builder.len() == size {
            batches.push((builder.take(), watermarks.current()));
        }
    }
    batches.push((builder.take(), Watermark::MAX));
    batches
}

fn datum<'a>(value: &'a Json, data: &DataType) -> Datum<'a> {
    match (value, data) {
        (Json::Bool(value), DataType::Bool) => Datum::Bool(*value),
        (Json::String(value), DataType::String) => Datum::Str(value.as_str().into()),
        (Json::Number(value), DataType::Float) => value.as_f64().map_or(Datum::Null, Datum::Float),
        (Json::Number(value), DataType::Int) => value.as_i64().map_or(Datum::Null, Datum::Int),
        (Json::Number(value), DataType::Timestamp) => {
            value.as_i64().map_or(Datum::Null, |value| Datum::Timestamp(Timestamp(value)))
        }
        _ => Datum::Null,
    }
}

/// By position of the first event: the events of each match by position, in stages.
type Matches = BTreeMap<u64, Vec<Events>>;

/// Events by position, in stages.
type Events = Vec<(String, u64)>;

/// What the engine finds; none where it is stopped.
fn found(program: &Arc<Program>, batches: &[(EventBatch, Watermark)]) -> Option<Matches> {
    let mut matcher = Matcher::new(Arc::clone(program));
    let mut found = Matches::new();
    let mut see = |output: Output<'_>| {
        if let Output::Match(one) = output
            && one.kind() == MatchKind::Complete
        {
            let stages = &one.pattern().stages;
            let events = one.events().map(|(stage, event)| (stages[stage.index()].clone(), event.position()));
            let events: Vec<_> = events.collect();
            found.entry(events[0].1).or_default().push(events);
        }
    };
    for (batch, watermark) in batches {
        matcher.push(batch.clone(), &mut see).ok()?;
        matcher.advance(*watermark, &mut see).ok()?;
    }
    Some(found)
}

/// What is told of the same: how many matches each event began, and the first.
fn told(program: &Arc<Program>, batches: &[(EventBatch, Watermark)]) -> Vec<(u64, usize, Events)> {
    let mut gather = Gather::new(Arc::clone(program), PatternId(0), Wanted::All, TableRows::default());
    let (stream, _) = program.streams().iter().next().unwrap();
    for (batch, watermark) in batches {
        gather.push(batch.clone());
        gather.reach(stream, *watermark);
    }
    let gathered = gather.finish();
    let question = Question { from: None, to: None, most: usize::MAX };
    let mut told = Vec::new();
    for key in 0..gathered.keys.len() {
        let report = why(program, PatternId(0), &gathered, u32::try_from(key).unwrap(), question);
        assert_eq!(report.given_up, None);
        for attempt in report.attempts {
            if let Cause::Matched { matches, .. } = attempt.cause {
                let events = attempt.captured.iter().map(|one| (one.stage.clone(), one.event.position));
                told.push((attempt.began.position, matches, events.collect()));
            }
        }
    }
    told
}

fn check(case: &Json, program: &Arc<Program>, size: usize) -> bool {
    let name = &case["name"];
    let batches = batches(case, program, size);
    let told = told(program, &batches);
    let Some(found) = found(program, &batches) else { return false };
    let counts: BTreeMap<_, _> = found.iter().map(|(began, matches)| (*began, matches.len())).collect();
    let told_counts: BTreeMap<_, _> = told.iter().map(|(began, matches, _)| (*began, *matches)).collect();
    assert_eq!(told_counts, counts, "{name}");
    for (began, _, events) in &told {
        assert!(found[began].contains(events), "{name}: {events:?} of {:?}", found[began]);
    }
    true
}

#[test]
fn attempts_agree_with_the_matches_of_the_corpus() {
    let (mut checked, mut stopped) = (0, 0);
    for file in files() {
        for line in BufReader::new(GzDecoder::new(File::open(&file).unwrap())).lines() {
            let case: Json = serde_json::from_str(&line.unwrap()).unwrap();
            let Some(program) = program(&case) else { continue };
            match check(&case, &program, 5) {
                true => checked += 1,
                false => stopped += 1,
            }
        }
    }
    assert!(checked > 3_000 && stopped > 0, "{checked} were checked, {stopped} stopped");
}

//! Programs that check: the engine compiles them or says why not, its automata keep their invariants, and matching some
//! events ends without a panic.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::sync::Arc;

use cep_core::event::{BatchBuilder, DataType, Datum, EventBatch, Value, Watermarks};
use cep_core::ids::StreamId;
use cep_core::matcher::{Matcher, Output};
use cep_core::pattern::{Definitions, Element, Repeat};
use cep_core::program::{Origin, ParamValues, Program, verify};
use cep_core::time::{Duration, Timestamp, Watermark};
use cep_dsl::diagnostic::render;
use cep_fuzz::{Target, conformance, fixtures, run};

/// Few, since matches can be as many as there are sets of events.
const EVENTS: usize = 7;

/// Automata have a state for each occurrence, and a group multiplies those of its body.
const MOST_TIMES: u32 = 12;

fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let compiled = cep_dsl::check("input.cep", &text);
    let _ = render(&compiled.sources, &compiled.diagnostics);
    assert_eq!(compiled.definitions.is_none(), compiled.diagnostics.has_errors());
    let Some(definitions) = compiled.definitions else { return };
    if !definitions.patterns.iter().all(|pattern| is_small(&pattern.sequence)) {
        return;
    }
    let program = match Program::compile(definitions.clone(), &params(&definitions)) {
        Ok(program) => Arc::new(program),
        Err(errors) => panic!("the language lets pass what the engine refuses: {errors:?}"),
    };
    verify(&program).unwrap();
    run_some_events(program, &strings(&text));
}

/// Whether all numbers of occurrences are small.
fn is_small(elements: &[Element]) -> bool {
    elements.iter().all(|element| {
        let most = match element.quantifier.repeat {
            Repeat::Once => 1,
            Repeat::Times { to, .. } => to,
            Repeat::AtLeast(from) => from,
        };
        most <= MOST_TIMES && element.group().is_none_or(is_small)
    })
}

/// Values for the params that have no default.
fn params(definitions: &Definitions) -> ParamValues {
    let missing = definitions.params.iter().filter(|param| param.default.is_none());
    missing
        .map(|param| (param.name.clone(), datum(&param.ty.data, 1, &[String::new()]).into_value()))
        .collect()
}

/// The `n`th of a few values of a type.
fn datum(data: &DataType, n: usize, strings: &[String]) -> Datum<'static> {
    let text = strings[n % strings.len()].clone();
    let n = i64::try_from(n % 4).unwrap();
    match data {
        DataType::Null => Datum::Null,
        DataType::Bool => Datum::Bool(n % 2 == 0),
        DataType::Int => Datum::Int(n),
        DataType::Float => Datum::Float(n as f64 * 0.5),
        DataType::String => Datum::Str(text.into()),
        DataType::Timestamp => Datum::Timestamp(Timestamp(n)),
        DataType::Duration => Datum::Duration(Duration(n * 1_000)),
        DataType::List(of) => Datum::List(vec![datum(of, 1, strings).into_value(), Value::Null].into()),
        // There is no map to borrow from.
        DataType::Map(_) => Datum::Null,
    }
}

/// What the text compares with, so that something is found.
fn strings(text: &str) -> Vec<String> {
    let literals = text.split('"').skip(1).step_by(2).map(str::to_owned);
    literals.chain(["é".to_owned()]).collect()
}

fn run_some_events(program: Arc<Program>, strings: &[String]) {
    let streams = program.streams().iter();
    let declared = streams.filter(|(_, stream)| matches!(stream.origin, Origin::Declared { .. }));
    let batches: Vec<_> = declared.map(|(id, _)| batch(&program, id, strings)).collect();
    let mut matcher = Matcher::new(program);
    let mut found = 0_u64;
    let mut count = |_: Output<'_>| found += 1;
    for batch in batches {
        if matcher.push(batch, &mut count).is_err() {
            return;
        }
    }
    let _ = matcher.advance(Watermark::MAX, &mut count);
}

/// Some events of a stream, a second apart.
fn batch(program: &Program, id: StreamId, strings: &[String]) -> EventBatch {
    let stream = program.streams().get(id);
    let Origin::Declared { time, lateness } = &stream.origin else { unreachable!("a declared stream") };
    let definition = program.definitions().streams.iter().find(|definition| definition.name == stream.name);
    let keys = definition.map(|definition| definition.key.clone()).unwrap_or_default();
    let mut builder = BatchBuilder::new(id, Arc::clone(&stream.schema), 0);
    let mut watermarks = Watermarks::bounded(*lateness);
    for row in 0..EVENTS {
        let at = Timestamp(1_000 * i64::try_from(row).unwrap());
        let values = stream.schema.fields().iter().enumerate().map(|(column, field)| {
            let is_time = time.is_some_and(|time| time.index() == column);
            let is_key = keys.contains(&field.name);
            match datum(&field.ty.data, if is_key { row / 6 } else { row + column }, strings) {
                _ if is_time => Datum::Timestamp(at),
                _ if field.ty.nullable && (3 * row + column) % 8 == 0 => Datum::Null,
                value => value,
            }
        });
        let values: Vec<_> = values.collect();
        if builder.push_row(at, watermarks.observe(at), &values).is_err() {
            builder.abandon_row();
        }
    }
    builder.finish()
}

#[test]
fn what_checks_compiles_and_runs() {
    let mut corpus = fixtures("language", "cep");
    corpus.extend(fixtures("diagnostics", "cep"));
    corpus.extend(fixtures("newcomers", "cep"));
    corpus.extend(conformance(25));
    run(Target { name: "compile", corpus, words: &support::WORDS, cases: 3_000, check });
}

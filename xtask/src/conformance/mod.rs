//! `cargo xtask conformance FILE…`: the cases that Flink CEP answered, put to this engine.

mod case;
mod compare;
mod engine;
mod translate;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use cep_core::program::Program;

use case::Case;

/// Results may depend on none of these.
const BATCH_SIZES: [usize; 3] = [1, 7, 4096];

/// How many failing cases are shown in full.
const MOST_FAILURES_SHOWN: usize = 20;

#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
    /// Cases not run some way, by reason.
    left_out: BTreeMap<String, usize>,
}

/// Runs all cases of the files; true where all passed.
pub(crate) fn run(files: &[PathBuf]) -> Result<bool, String> {
    let mut tally = Tally::default();
    for file in files {
        let before = (tally.passed, tally.failed);
        for case in case::read(file)? {
            put(&case, &mut tally);
        }
        println!(
            "{}: {} passed, {} failed",
            file.display(),
            tally.passed - before.0,
            tally.failed - before.1
        );
    }
    for (reason, count) in &tally.left_out {
        println!("left out: {count} × {reason}");
    }
    println!("{} passed, {} failed", tally.passed, tally.failed);
    Ok(tally.failed == 0)
}

/// Puts a case to the engine, through the builder and through the language.
fn put(case: &Case, tally: &mut Tally) {
    if case.drives_nfa() {
        *tally.left_out.entry("drives Flink's NFA without its operator".to_owned()).or_default() += 1;
        return;
    }
    let mut failures = Vec::new();
    put_through("builder", case, from_builder(case), &mut failures);
    match case.text() {
        Some(text) if std::env::var_os("LANG_TOO").is_some() => {
            put_through("language", case, from_text(text), &mut failures)
        }
        Some(_) => {}
        None => {
            let reason = format!("not through the language: {}", case.text_absent());
            *tally.left_out.entry(reason).or_default() += 1;
        }
    }
    if failures.is_empty() {
        tally.passed += 1;
        return;
    }
    tally.failed += 1;
    if tally.failed <= MOST_FAILURES_SHOWN {
        println!("FAILED {}", case.name());
        failures.iter().for_each(|failure| print!("{failure}"));
    }
}

fn put_through(way: &str, case: &Case, program: Result<Program, String>, failures: &mut Vec<String>) {
    let (program, rejection) = match program {
        Ok(program) => (Some(Arc::new(program)), String::new()),
        Err(rejection) => (None, rejection),
    };
    for size in BATCH_SIZES {
        let outcome = match &program {
            Some(program) => engine::run(case, program, size),
            None => engine::Outcome::rejected(),
        };
        if let Some(differences) = compare::differences(case, &outcome) {
            failures.push(format!("  through the {way}, batches of {size} {rejection}\n{differences}"));
            return;
        }
    }
}

fn from_builder(case: &Case) -> Result<Program, String> {
    let definitions = translate::definitions(case).map_err(|errors| format!("rejected: {errors:?}"))?;
    Program::compile(definitions, &Default::default()).map_err(|errors| format!("rejected: {errors:?}"))
}

fn from_text(_: &str) -> Result<Program, String> {
    Err("the language is not linked yet".to_owned())
}

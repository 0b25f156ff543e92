//! `cargo xtask conformance FILE…`: the cases that Flink CEP answered, put to this engine.

mod case;
mod compare;
mod engine;
mod saved;
mod stored;
mod translate;

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cep_core::program::{Hold, Program};

use case::Case;
use engine::{Driver, Holding, Mode};
use stored::{Kind, Shelf};

/// Results may depend on none of these.
const BATCH_SIZES: [usize; 3] = [1, 7, 4096];

/// Nor on this: each case is also run on so many threads, in batches of one of the sizes.
const THREADS: NonZeroUsize = NonZeroUsize::new(3).expect("it is three");
const BATCH_SIZE_ON_THREADS: usize = 7;

/// Nor on whether state is saved as bytes and read back, after batches of this size.
const BATCH_SIZE_SAVING: usize = 2;

/// How many failing cases are shown in full.
const MOST_FAILURES_SHOWN: usize = 20;

/// Through what cases are put to the engine.
struct Ways {
    /// The only store; without one, the matcher in all ways and the engine over memory.
    store: Option<Kind>,
    shelf: Shelf,
}

#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
    /// Cases whose partial matches were held as sets, too.
    as_sets: usize,
    /// Cases not run some way, by reason.
    left_out: BTreeMap<String, usize>,
}

/// `cargo xtask conformance [--store memory|disk|redis] [FILE…]`; without files, those that ship with the project.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<bool, String> {
    let (store, files) = match args {
        [option, store, files @ ..] if option == "--store" => (Some(kind(store)?), files),
        files => (None, files),
    };
    let ways = Ways { store, shelf: Shelf::new()? };
    if files.is_empty() {
        return run_shipped(root, &ways);
    }
    let files: Vec<_> = files.iter().map(PathBuf::from).collect();
    Ok(put_all(&files, &ways)?.conclude(&ways))
}

fn kind(store: &str) -> Result<Kind, String> {
    let kinds = [("memory", Kind::Memory), ("disk", Kind::Disk), ("redis", Kind::Redis)];
    let found = kinds.into_iter().find(|(name, _)| *name == store);
    found.map(|(_, kind)| kind).ok_or_else(|| format!("no store `{store}`: there are memory, disk and redis"))
}

/// Runs the cases that ship with the project. What is left out must be just what the list beside them says.
fn run_shipped(root: &Path, ways: &Ways) -> Result<bool, String> {
    let folder = root.join("fixtures/conformance");
    let mut files = Vec::new();
    for group in ["flink-tests", "generated"] {
        let entries = fs::read_dir(folder.join(group)).map_err(|error| format!("{group}: {error}"))?;
        files.extend(entries.flatten().map(|entry| entry.path()));
    }
    files.sort();
    let tally = put_all(&files, ways)?;
    let list = folder.join("left-out.txt");
    let expected = fs::read_to_string(&list).map_err(|error| format!("{}: {error}", list.display()))?;
    let found: String = tally.left_out.iter().map(|(reason, count)| format!("{count} {reason}\n")).collect();
    if expected != found {
        println!("{} says otherwise of what is left out", list.display());
    }
    Ok(tally.conclude(ways) && expected == found)
}

fn put_all(files: &[PathBuf], ways: &Ways) -> Result<Tally, String> {
    let mut tally = Tally::default();
    for file in files {
        let before = (tally.passed, tally.failed);
        for case in case::read(file)? {
            put(&case, ways, &mut tally);
        }
        println!(
            "{}: {} passed, {} failed",
            file.display(),
            tally.passed - before.0,
            tally.failed - before.1
        );
    }
    Ok(tally)
}

impl Tally {
    /// Prints the sum of it.
    fn conclude(&self, ways: &Ways) -> bool {
        for (reason, count) in &self.left_out {
            println!("left out: {count} × {reason}");
        }
        let how = match ways.store {
            None => format!("all on 1 thread, on {THREADS}, with state saved as bytes, and from a store"),
            Some(kind) => format!("all with state in the store {kind:?}"),
        };
        println!("{} passed, {} failed; {} also as sets; {how}", self.passed, self.failed, self.as_sets);
        self.failed == 0
    }
}

/// Puts a case to the engine, through the builder and through the language.
fn put(case: &Case, ways: &Ways, tally: &mut Tally) {
    if case.drives_nfa() {
        *tally.left_out.entry("drives Flink's NFA without its operator".to_owned()).or_default() += 1;
        return;
    }
    let mut failures = Vec::new();
    let sets = put_through("builder", (case, ways), from_builder(case), &mut failures);
    tally.as_sets += usize::from(sets);
    match case.faithful_text() {
        Some(text) => {
            put_through("language", (case, ways), from_text(text), &mut failures);
        }
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

/// Puts a case to the engine in every way; true where sets were one of them.
fn put_through(
    way: &str,
    (case, ways): (&Case, &Ways),
    program: Result<Program, String>,
    failures: &mut Vec<String>,
) -> bool {
    let (program, rejection) = match program {
        Ok(program) => (Some(Arc::new(program)), String::new()),
        Err(rejection) => (None, rejection),
    };
    let as_sets = program.as_ref().is_some_and(|program| can_be_sets(program));
    let holdings: &[Holding] = if as_sets { &[Holding::Runs, Holding::Sets] } else { &[Holding::Runs] };
    let modes = holdings.iter().flat_map(|holding| ways.modes(*holding));
    for mode in modes {
        let outcome = match &program {
            Some(program) => engine::run(case, program, mode, &ways.shelf),
            None => engine::Outcome::rejected(),
        };
        if let Some(differences) = compare::differences(case, &outcome, mode.holding) {
            failures.push(format!("  through the {way}, {mode:?} {rejection}\n{differences}"));
            return as_sets;
        }
    }
    as_sets
}

impl Ways {
    fn modes(&self, holding: Holding) -> Vec<Mode> {
        let mode = |batch_size, driver| Mode { batch_size, holding, driver };
        if let Some(kind) = self.store {
            return vec![mode(1, Driver::Stored(kind))];
        }
        let mut modes = BATCH_SIZES.map(|batch_size| mode(batch_size, Driver::OneThread)).to_vec();
        modes.push(mode(BATCH_SIZE_ON_THREADS, Driver::Threads(THREADS)));
        modes.push(mode(BATCH_SIZE_SAVING, Driver::Saving));
        modes.push(mode(1, Driver::Stored(Kind::Memory)));
        modes
    }
}

fn can_be_sets(program: &Program) -> bool {
    program.patterns().all(|(_, pattern)| pattern.held.as_sets(Hold::Sets))
}

fn from_builder(case: &Case) -> Result<Program, String> {
    let definitions = translate::definitions(case).map_err(|errors| format!("rejected: {errors:?}"))?;
    Program::compile(definitions, &Default::default()).map_err(|errors| format!("rejected: {errors:?}"))
}

fn from_text(text: &str) -> Result<Program, String> {
    let compiled = cep_dsl::check("case.cep", text);
    let rejected = |messages: Vec<&str>| format!("rejected: {}", messages.join("; "));
    let definitions = compiled.definitions.ok_or_else(|| {
        rejected(compiled.diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect())
    })?;
    Program::compile(definitions, &Default::default()).map_err(|errors| format!("rejected: {errors:?}"))
}

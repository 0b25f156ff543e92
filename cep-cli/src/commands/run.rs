//! `cep run`: event files in, matches out.

use std::io::{self, BufWriter, IsTerminal};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use cep_core::matcher::{Config, Matcher, Output, ShardedMatcher, TableRows};
use cep_core::pattern::Definitions;
use cep_core::program::Program;
use cep_core::runtime::RunError;
use cep_engine::ProgramText;

use super::program::{Source, compile, source};
use super::{complain, params, stopped, tell};
use crate::args;
use crate::finder::Finder;
use crate::input::{
    Again, BadRowPolicy, Bindings, DeadLetters, InputError, OnBadRow, ReadAhead, ReadOptions, Rereading,
    bind, open_streams, open_table, table_place, total_size,
};
use crate::outcome::Outcome;
use crate::output::{OutputFormat, Renderer, ShapeError, Shapes, writer};
use crate::progress::Progress;
use crate::run::{Run, RunFailure};
use crate::stop::Stop;
use crate::summary::Summary;

/// How many bytes of output are gathered before they are written.
const OUTPUT_BUFFER: usize = 64 * 1024;

pub(super) fn run(args: &args::Run) -> Outcome {
    let parts = match reading(args).and_then(|reading| prepare(args, &reading)) {
        Ok(parts) => parts,
        Err(outcome) => return outcome,
    };
    match &args.state.store {
        Some(store) => super::stored::run(args, store, parts),
        None if args.watch => super::stored::run(args, "memory", parts),
        None => Job::new(args, parts).map_or_else(|outcome| outcome, |job| job.run(args.quiet)),
    }
}

/// What a run is made of, checked as far as can be without opening inputs.
pub(super) struct Parts {
    pub(super) program: Arc<Program>,
    pub(super) shapes: Arc<Shapes>,
    pub(super) bindings: Bindings,
    pub(super) reading: ReadOptions,
    pub(super) tables: TableRows,
    pub(super) text: ProgramText,
}

/// A run in memory with everything open.
struct Job {
    finder: Finder,
    shapes: Arc<Shapes>,
    format: OutputFormat,
    inputs: ReadAhead,
    total: Option<u64>,
}

/// How inputs are read.
fn reading(args: &args::Run) -> Result<ReadOptions, Outcome> {
    let on_bad_row = match &args.on_bad_row {
        BadRowPolicy::Fail => OnBadRow::Fail,
        BadRowPolicy::Skip => OnBadRow::Skip,
        BadRowPolicy::DeadLetter(file) => {
            let rereading = match (args.state.resume, args.state.store.is_some() || args.watch) {
                (true, _) => Rereading::GoingOn,
                (false, true) => Rereading::InThisRun,
                (false, false) => Rereading::Never,
            };
            let letters = DeadLetters::open(file, rereading).map_err(|error| {
                complain(&error, None);
                Outcome::Failed
            })?;
            OnBadRow::DeadLetter { letters, again: Again::Never }
        }
    };
    Ok(ReadOptions { format: args.format, on_bad_row, batch_rows: None, until_end: args.until_end })
}

pub(super) fn prepare(args: &args::Run, reading: &ReadOptions) -> Result<Parts, Outcome> {
    let Source { definitions, files } = source(&args.patterns)?;
    let values = params::values(&args.params, &definitions).map_err(|error| {
        complain(&error, Some(&error.help()));
        Outcome::Rejected
    })?;
    refuse_connectors(&definitions)?;
    let program = Arc::new(compile(&definitions, &values)?);
    let text = ProgramText { files, params: args.params.clone() };
    let parts = Parts::of(args, program, text, reading)?;
    for unused in &parts.bindings.unused {
        tell(&format_args!("warning: `{}` is not read: no pattern reads `{}`\n", unused.file, unused.stream));
    }
    Ok(parts)
}

impl Parts {
    /// Those of a program.
    pub(super) fn of(
        args: &args::Run,
        program: Arc<Program>,
        text: ProgramText,
        reading: &ReadOptions,
    ) -> Result<Self, Outcome> {
        let definitions = program.definitions();
        let shapes = shapes(args, &program)?;
        let folder = args.patterns.parent().unwrap_or(Path::new(""));
        let bindings = bind(&args.files, definitions, folder).map_err(|error| {
            complain(&error, Some(&error.help()));
            Outcome::Rejected
        })?;
        let tables = tables(definitions, &program, folder, reading)?;
        Ok(Self { program, shapes, bindings, reading: reading.clone(), tables, text })
    }
}

/// What finds, on so many threads. On one, lines are written as they are found, and no thread waits for another.
fn finder(
    threads: NonZeroUsize,
    program: Arc<Program>,
    tables: TableRows,
    shapes: &Arc<Shapes>,
    format: OutputFormat,
) -> Finder {
    if threads.get() == 1 {
        let mut matcher = Matcher::new(program);
        matcher.set_tables(tables);
        return Finder::One(Box::new(matcher), Arc::clone(shapes));
    }
    let renderer = Renderer::new(format, Arc::clone(&program), Arc::clone(shapes));
    let lines = move |output: Output<'_>| renderer.lines(output);
    Finder::Many(Box::new(ShardedMatcher::new(program, Config::default(), tables, threads, lines)))
}

/// What an `emit` names with `to` is outside of this build.
fn refuse_connectors(definitions: &Definitions) -> Result<(), Outcome> {
    let emits =
        definitions.patterns.iter().flat_map(|pattern| pattern.emits.iter().chain(&pattern.timeout_emits));
    let mut outside = emits.filter_map(|emit| Some((emit.to.as_ref()?, &emit.stream)));
    let Some((to, stream)) = outside.next() else { return Ok(()) };
    let help = format!("leave out `to \"{to}\"`: the records of `{stream}` are written to standard output");
    complain(&format_args!("this build has no connector for `{to}`"), Some(&help));
    Err(Outcome::Rejected)
}

fn shapes(args: &args::Run, program: &Program) -> Result<Arc<Shapes>, Outcome> {
    let shapes = Shapes::of_program(program);
    let shapes = if args.only.is_empty() { Ok(shapes) } else { shapes.only(&args.only) };
    shapes.map(Arc::new).map_err(|error| rejected_shape(&error))
}

pub(super) fn rejected_shape(error: &ShapeError) -> Outcome {
    complain(error, Some(&error.help()));
    Outcome::Rejected
}

/// A table for people, lines for programs.
fn default_format() -> OutputFormat {
    if io::stdout().is_terminal() { OutputFormat::Table } else { OutputFormat::Jsonl }
}

pub(super) fn tables(
    definitions: &Definitions,
    program: &Program,
    folder: &Path,
    options: &ReadOptions,
) -> Result<TableRows, Outcome> {
    let mut rows = TableRows::default();
    for table in &definitions.tables {
        let place = table_place(table, folder).map_err(|error| {
            complain(&error, Some(&error.help()));
            Outcome::Rejected
        })?;
        let file = open_table(&place, table, options).map_err(|error| failed_input(&error))?;
        for row in file.rows {
            rows.insert(program, &table.name, row).map_err(|error| {
                complain(&error, None);
                Outcome::Failed
            })?;
        }
    }
    Ok(rows)
}

fn open(bindings: Bindings, program: Arc<Program>, options: ReadOptions) -> Result<ReadAhead, Outcome> {
    // What has an end ends there; without a store there is nothing to be put in order before.
    let stop = if bindings.reads_logs() { stop_on_signals()? } else { Stop::default() };
    ReadAhead::start(move || open_streams(&bindings, &program, &options), stop)
        .map_err(|error| failed_input(&error))
}

/// Whether the user has asked the run to stop.
pub(super) fn stop_on_signals() -> Result<Stop, Outcome> {
    Stop::on_signals().map_err(|error| {
        complain(&format_args!("cannot heed signals: {error}"), None);
        Outcome::Failed
    })
}

pub(super) fn failed_input(error: &InputError) -> Outcome {
    let help = error.help();
    complain(error, help.as_ref().map(|help| help as &dyn std::fmt::Display));
    Outcome::Failed
}

impl Job {
    fn new(args: &args::Run, parts: Parts) -> Result<Self, Outcome> {
        let Parts { program, shapes, bindings, reading, tables, .. } = parts;
        let total = total_size(&bindings);
        let inputs = open(bindings, Arc::clone(&program), reading)?;
        let format = args.output.unwrap_or_else(default_format);
        let finder = finder(args.threads, program, tables, &shapes, format);
        Ok(Self { finder, shapes, format, inputs, total })
    }

    fn run(mut self, quiet: bool) -> Outcome {
        let out = BufWriter::with_capacity(OUTPUT_BUFFER, io::stdout().lock());
        let program = Arc::clone(self.finder.program());
        let writer = match writer(self.format, program, Arc::clone(&self.shapes), out) {
            Ok(writer) => writer,
            Err(error) => return rejected_shape(&error),
        };
        // On one terminal, lines of progress and of matches would run into each other.
        let visible = !quiet && io::stderr().is_terminal() && !io::stdout().is_terminal();
        let progress = if visible { Progress::new(self.total) } else { Progress::hidden() };
        let started = Instant::now();
        let mut run = Run::with_finder(self.finder, writer);
        let result = run.all(&mut self.inputs, |tally| progress.update(tally.rows, tally.bytes));
        progress.finish();
        let closed = matches!(&result, Err(failure) if failure.is_closed_output());
        if !quiet && !closed {
            tell(&Summary::of(run.program(), run.stats(), run.tally(), started.elapsed()));
        }
        match result {
            Err(failure) if !closed => failed(run.program(), &failure),
            _ => Outcome::Done,
        }
    }
}

fn failed(program: &Program, failure: &RunFailure) -> Outcome {
    match failure {
        RunFailure::Input(error) => return failed_input(error),
        RunFailure::Pattern(error) => return failed_pattern(program, error),
        RunFailure::Output(_) => complain(failure, None),
    }
    Outcome::Failed
}

/// A pattern asked to stop.
pub(super) fn failed_pattern(program: &Program, error: &RunError) -> Outcome {
    complain(&stopped::words(program, error), None);
    if let Some(events) = stopped::events(program, error) {
        tell(&format_args!("  = note: {events}\n"));
    }
    Outcome::Failed
}

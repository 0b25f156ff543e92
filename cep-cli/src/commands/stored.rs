//! `cep run --store`: a run that may be ended at any moment and goes on when it is started again.

use std::fmt::Display;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cep_engine::store::StateStore;
use cep_engine::{EngineError, Given, Options};

use super::run::{Parts, failed_input, failed_pattern, rejected_shape};
use super::stores::{self, WithStore};
use super::watch::watch;
use super::{complain, tell};
use crate::args::{self, Interval};
use crate::input::{Replay, total_size};
use crate::outcome::Outcome;
use crate::output::{OutputFormat, Renderer};
use crate::progress::Progress;
use crate::sink::{FileSink, OpenSink, StdoutSink};
use crate::stored::{Job, Next, StoredFailure};
use crate::summary::Summary;

/// Groups of a namespace in a server, so that its keys can be shared out later.
const GROUPS_IN_A_SERVER: u16 = 16;

pub(super) fn run(args: &args::Run, store: &str, mut parts: Parts) -> Outcome {
    let format = args.output.unwrap_or(OutputFormat::Jsonl);
    if !matches!(format, OutputFormat::Jsonl | OutputFormat::Csv) {
        let help = "with a store, lines are kept until they are durable: write `-o jsonl` or `-o csv`";
        complain(&"a run with a store writes JSON lines or CSV", Some(&help));
        return Outcome::Rejected;
    }
    if args.threads.get() > 1 {
        complain(&"a run with a store has one thread", Some(&"leave out `--threads`"));
        return Outcome::Rejected;
    }
    if args.watch {
        if let Some(pipe) = parts.bindings.pipe() {
            let help = "give files, or standard input, which is read again as far as that is needed";
            complain(
                &format_args!("`{}` is a pipe, and `--watch` reads inputs again", pipe.display()),
                Some(&help),
            );
            return Outcome::Rejected;
        }
        parts.bindings.replay = parts.bindings.reads_stdin().then(|| Replay::start(io::stdin()));
    }
    let unnamed = args.state.store.is_none().then(|| "run".parse().expect("it is a name"));
    let namespace =
        match stores::namespace(args.state.namespace.as_ref().or(unnamed.as_ref()), &args.patterns) {
            Ok(namespace) => namespace,
            Err(outcome) => return outcome,
        };
    stores::open(store, &namespace, Run { args, parts, format })
}

/// A run, once there is a store.
struct Run<'a> {
    args: &'a args::Run,
    parts: Parts,
    format: OutputFormat,
}

impl WithStore for Run<'_> {
    async fn with<S: StateStore>(self, store: Arc<S>, is_server: bool) -> Outcome {
        let Self { args, parts, format } = self;
        let header = match Renderer::header(format, &parts.shapes) {
            Ok(header) => header,
            Err(error) => return rejected_shape(&error),
        };
        let visible = !args.quiet && io::stderr().is_terminal() && !io::stdout().is_terminal();
        let progress = if visible { Progress::new(total_size(&parts.bindings)) } else { Progress::hidden() };
        let quiet = args.quiet;
        let changed = changes(args, &parts, format);
        let job = Job {
            store,
            given: Given {
                program: Arc::clone(&parts.program),
                tables: parts.tables,
                text: Some(parts.text),
            },
            options: options(args, is_server),
            bindings: parts.bindings,
            reading: parts.reading,
            renderer: Renderer::new(format, Arc::clone(&parts.program), parts.shapes),
            resume: args.state.resume,
            pause: args.state.pause,
            open_sink: sink(args.state.sink.clone(), header.clone()),
            warn: Box::new(move |warning: &str| {
                if !quiet {
                    tell(&format_args!("warning: {warning}\n"));
                }
            }),
            header,
            changed,
            tell: Box::new(|news: &str| tell(&format_args!("{news}\n"))),
        };
        let started = Instant::now();
        let (ran, result) = job.run(|tally| progress.update(tally.rows, tally.bytes)).await;
        progress.finish();
        let program = ran.program.unwrap_or(parts.program);
        if !args.quiet {
            tell(&Summary::of(&program, &ran.stats, &ran.tally, started.elapsed()));
        }
        match result {
            Ok(()) => Outcome::Done,
            Err(StoredFailure::Engine(EngineError::Pattern(error))) => failed_pattern(&program, &error),
            Err(StoredFailure::Input(error)) => failed_input(&error),
            Err(failure) => failed(&failure),
        }
    }
}

/// What is asked for another program to go on with: one that the pattern files, which are looked at, have become.
fn changes(args: &args::Run, parts: &Parts, format: OutputFormat) -> Box<dyn FnMut() -> Option<Next>> {
    if !args.watch {
        return Box::new(|| None);
    }
    let changed = watch(args, parts.text.files.clone());
    let replay = parts.bindings.replay.clone();
    Box::new(move || {
        let Parts { program, shapes, mut bindings, tables, text, .. } = changed.try_recv().ok()?;
        bindings.replay.clone_from(&replay);
        let header = Renderer::header(format, &shapes).map_err(|error| rejected_shape(&error)).ok()?;
        let renderer = Renderer::new(format, Arc::clone(&program), shapes);
        Some(Next { given: Given { program, tables, text: Some(text) }, bindings, renderer, header })
    })
}

fn options(args: &args::Run, is_server: bool) -> Options {
    let (rows, interval) = match args.state.commit_every {
        Interval::Time(time) => (u64::MAX, time),
        Interval::Events(rows) => (rows, Duration::MAX),
    };
    Options {
        id: random_id(),
        groups: if is_server { GROUPS_IN_A_SERVER } else { 1 },
        commit_rows: rows,
        commit_interval: interval,
        memory: args.state.memory,
        on_change: stores::on_change(args.state.on_change),
        ..Options::default()
    }
}

/// What names state that is made: of the moment and of the randomness that every hash map gets.
fn random_id() -> [u8; 16] {
    use std::hash::{BuildHasher as _, RandomState};
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos());
    let half = |part: u64| RandomState::new().hash_one((now, std::process::id(), part)).to_le_bytes();
    let (first, second) = (half(0), half(1));
    std::array::from_fn(|at| if at < 8 { first[at] } else { second[at - 8] })
}

/// What opens the sink of a run.
fn sink(path: Option<PathBuf>, header: Vec<u8>) -> OpenSink {
    let mut unwritten = header.clone();
    Box::new(move |id| {
        Ok(match &path {
            Some(path) => Box::new(FileSink::open(Path::new(path), id, &header)?),
            // It stays what it is however often the store is opened.
            None => Box::new(StdoutSink::new(std::mem::take(&mut unwritten))),
        })
    })
}

/// Says what ended a run, and what to do about it.
pub(super) fn failed(failure: &StoredFailure) -> Outcome {
    let help = match failure {
        StoredFailure::Engine(error) | StoredFailure::CannotReplay { error } => stores::help(error),
        StoredFailure::Sink(error) => Some(error.help()),
        StoredFailure::StateIsThere => Some(
            "`--resume` goes on from it; `--namespace NAME` keeps another beside it; `cep state drop` removes it"
                .to_owned(),
        ),
        StoredFailure::InputIsGone { .. } => Some(
            "give all inputs that were read before, under the names they had; or begin anew with `--namespace NAME`"
                .to_owned(),
        ),
        StoredFailure::Input(_) | StoredFailure::Output(_) => None,
    };
    complain(failure, help.as_ref().map(|help| help as &dyn Display));
    Outcome::Failed
}

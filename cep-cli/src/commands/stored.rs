//! `cep run --store`: a run that may be ended at any moment and goes on when it is started again.

use std::fmt::Display;
use std::io::{self, IsTerminal};
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cep_engine::store::{Namespace, StateStore};
use cep_engine::{EngineError, Given, Options};

use super::program::of_text;
use super::run::{Parts, failed_input, failed_pattern, rejected_shape, stop_on_signals};
use super::stores::{self, WithStore};
use super::watch::watch;
use super::{complain, tell};
use crate::args::{self, Interval};
use crate::input::{Replay, total_size};
use crate::outcome::Outcome;
use crate::output::{OutputFormat, Renderer};
use crate::progress::Progress;
use crate::sink::{self, SinkPlace};
use crate::stop::Stop;
use crate::stored::{Job, Made, Next, StoredFailure};
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
    let opened = prepared(args, format);
    opened.map_or_else(
        |outcome| outcome,
        |(namespace, sink, stop)| stores::open(store, &namespace, Run { args, parts, format, sink, stop }),
    )
}

/// The name of the state, where outputs go, and what asks the run to stop.
fn prepared(args: &args::Run, format: OutputFormat) -> Result<(Namespace, SinkPlace, Stop), Outcome> {
    let unnamed = args.state.store.is_none().then(|| "run".parse().expect("it is a name"));
    let given = args.state.namespace.as_ref().or(unnamed.as_ref());
    Ok((stores::namespace(given, &args.patterns)?, sink_place(args, format)?, stop_on_signals()?))
}

/// A run, once there is a store.
struct Run<'a> {
    args: &'a args::Run,
    parts: Parts,
    format: OutputFormat,
    sink: SinkPlace,
    stop: Stop,
}

impl WithStore for Run<'_> {
    async fn with<S: StateStore>(self, store: Arc<S>, is_server: bool) -> Outcome {
        let Self { args, parts, format, sink, stop } = self;
        let (given, parts) = match with_draining(&store, args, parts).await {
            Ok(ready) => ready,
            Err(outcome) => return outcome,
        };
        let header = match Renderer::header(format, &parts.shapes) {
            Ok(header) => header,
            Err(error) => return rejected_shape(&error),
        };
        let visible = !args.quiet && io::stderr().is_terminal() && !io::stdout().is_terminal();
        let progress = if visible { Progress::new(total_size(&parts.bindings)) } else { Progress::hidden() };
        let quiet = args.quiet;
        let changed = changes(args, &parts, format);
        let warn: Arc<dyn Fn(&str) + Send + Sync> = Arc::new(move |warning: &str| {
            if !quiet {
                tell(&format_args!("warning: {warning}\n"));
            }
        });
        let job = Job {
            store,
            given,
            options: options(args, is_server),
            bindings: parts.bindings,
            reading: parts.reading,
            renderer: Renderer::new(format, Arc::clone(&parts.program), parts.shapes),
            resume: args.state.resume,
            pause: args.state.pause,
            stop: stop.clone(),
            open_sink: sink::open(sink, header.clone(), Arc::clone(&warn)),
            warn: Box::new(move |warning: &str| warn(warning)),
            header,
            changed,
            tell: Box::new(|news: &str| tell(&format_args!("{news}\n"))),
        };
        let started = Instant::now();
        let (ran, result) = job.run(|tally| progress.update(tally.rows, tally.bytes)).await;
        progress.finish();
        let program = ran.program.unwrap_or(parts.program);
        if !args.quiet {
            let summary = Summary::of(&program, &ran.stats, &ran.tally, started.elapsed());
            tell(&summary.with_quarantine(ran.quarantine));
        }
        match result {
            Ok(()) => {
                if stop.is_asked() && !args.quiet {
                    tell(&"stopped: `--resume` goes on from here\n");
                }
                Outcome::Done
            }
            Err(StoredFailure::Engine(EngineError::Pattern(error))) => failed_pattern(&program, &error),
            Err(StoredFailure::Input(error)) => failed_input(&error),
            Err(failure) => failed(&failure),
        }
    }
}

/// The program, and beside it what runs out of patterns that have changed; with what a run needs for all of that.
async fn with_draining<S: StateStore>(
    store: &Arc<S>,
    args: &args::Run,
    parts: Parts,
) -> Result<(Given, Parts), Outcome> {
    let given = Given::new(Arc::clone(&parts.program), parts.tables.clone(), Some(parts.text.clone()));
    let on_change = stores::on_change(args.state.on_change);
    let given = cep_engine::with_draining(store, given, on_change, &of_text).await;
    let given = given.map_err(|error| stores::failed_engine(&error))?;
    if given.draining.is_empty() {
        return Ok((given, parts));
    }
    let replay = parts.bindings.replay;
    let mut parts = Parts::of(args, Arc::clone(&given.program), parts.text, &parts.reading)?;
    parts.bindings.replay = replay;
    Ok((given, parts))
}

/// What is asked for another program to go on with: one that the pattern files, which are looked at, have become.
fn changes(args: &args::Run, parts: &Parts, format: OutputFormat) -> Box<dyn FnMut() -> Option<Next>> {
    if !args.watch {
        return Box::new(|| None);
    }
    let changed = watch(args, parts.text.files.clone(), parts.reading.clone());
    let (args, replay, reading) = (args.clone(), parts.bindings.replay.clone(), parts.reading.clone());
    Box::new(move || {
        let Parts { program, tables, text, .. } = changed.try_recv().ok()?;
        let (args, replay, reading) = (args.clone(), replay.clone(), reading.clone());
        let make = move |given: &Given| {
            let text = given.text.clone().unwrap_or_default();
            let Parts { program, shapes, mut bindings, .. } =
                Parts::of(&args, Arc::clone(&given.program), text, &reading).ok()?;
            bindings.replay.clone_from(&replay);
            let header = Renderer::header(format, &shapes).map_err(|error| rejected_shape(&error)).ok()?;
            Some(Made { bindings, renderer: Renderer::new(format, program, shapes), header })
        };
        Some(Next { given: Given::new(program, tables, Some(text)), make: Box::new(make), compile: of_text })
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
        quarantine: args.state.quarantine,
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

/// Where outputs go.
fn sink_place(args: &args::Run, format: OutputFormat) -> Result<SinkPlace, Outcome> {
    let most = args.state.sink_keep.map(NonZeroU64::get);
    let place = SinkPlace::of(args.state.sink.as_deref(), most).map_err(|error| stores::failed(&error))?;
    match &place {
        SinkPlace::Stream(..) if format != OutputFormat::Jsonl => {
            complain(&"a stream takes JSON", Some(&"leave out `-o`, or write to a file"));
            Err(Outcome::Rejected)
        }
        SinkPlace::Stdout | SinkPlace::File(_) if most.is_some() => {
            complain(&"`--sink-keep` is for streams", Some(&"leave it out"));
            Err(Outcome::Rejected)
        }
        _ => Ok(place),
    }
}

/// Says what ended a run, and what to do about it.
pub(super) fn failed(failure: &StoredFailure) -> Outcome {
    let help = match failure {
        StoredFailure::Engine(error) | StoredFailure::CannotReplay { error } => stores::help(error),
        StoredFailure::Sink(error) => error.help(),
        StoredFailure::StateIsThere => Some(
            "`--resume` goes on from it; `--namespace NAME` keeps another beside it; `cep state drop` removes it"
                .to_owned(),
        ),
        StoredFailure::InputIsGone { .. } => Some(
            "give all inputs that were read before, under the names they had; or begin anew with `--namespace NAME`"
                .to_owned(),
        ),
        StoredFailure::Input(_) => None,
    };
    complain(failure, help.as_ref().map(|help| help as &dyn Display));
    Outcome::Failed
}

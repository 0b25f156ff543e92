//! `cep run --store`: a run that may be ended at any moment and goes on when it is started again.

use std::fmt::Display;
use std::io::{self, IsTerminal};
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cep_engine::store::StateStore;
use cep_engine::{EngineError, OnChange, Options};

use super::run::{Parts, failed_input, failed_pattern, rejected_shape, stop_on_signals};
use super::stores::{self, WithStore};
use super::{complain, tell};
use crate::args::{self, Interval};
use crate::input::total_size;
use crate::outcome::Outcome;
use crate::output::{OutputFormat, Renderer};
use crate::progress::Progress;
use crate::sink::{self, SinkPlace};
use crate::stop::Stop;
use crate::stored::{Job, StoredFailure};
use crate::summary::Summary;

/// Groups of a namespace in a server, so that its keys can be shared out later.
const GROUPS_IN_A_SERVER: u16 = 16;

pub(super) fn run(args: &args::Run, store: &str, parts: Parts) -> Outcome {
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
    let namespace = match stores::namespace(args.state.namespace.as_ref(), &args.patterns) {
        Ok(namespace) => namespace,
        Err(outcome) => return outcome,
    };
    let sink = match sink_place(args, format) {
        Ok(sink) => sink,
        Err(outcome) => return outcome,
    };
    let stop = match stop_on_signals() {
        Ok(stop) => stop,
        Err(outcome) => return outcome,
    };
    stores::open(store, &namespace, Run { args, parts, format, sink, stop })
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
        let header = match Renderer::header(format, &parts.shapes) {
            Ok(header) => header,
            Err(error) => return rejected_shape(&error),
        };
        let visible = !args.quiet && io::stderr().is_terminal() && !io::stdout().is_terminal();
        let progress = if visible { Progress::new(total_size(&parts.bindings)) } else { Progress::hidden() };
        let quiet = args.quiet;
        let warn: Arc<dyn Fn(&str) + Send + Sync> = Arc::new(move |warning: &str| {
            if !quiet {
                tell(&format_args!("warning: {warning}\n"));
            }
        });
        let job = Job {
            store,
            program: Arc::clone(&parts.program),
            tables: parts.tables,
            options: options(args, is_server),
            bindings: parts.bindings,
            reading: parts.reading,
            renderer: Renderer::new(format, Arc::clone(&parts.program), parts.shapes),
            resume: args.state.resume,
            pause: args.state.pause,
            stop: stop.clone(),
            open_sink: sink::open(sink, header, Arc::clone(&warn)),
            warn: Box::new(move |warning: &str| warn(warning)),
        };
        let started = Instant::now();
        let (ran, result) = job.run(|tally| progress.update(tally.rows, tally.bytes)).await;
        progress.finish();
        if !args.quiet {
            let summary = Summary::of(&parts.program, &ran.stats, &ran.tally, started.elapsed());
            tell(&summary.with_quarantine(ran.quarantine));
        }
        match result {
            Ok(()) => {
                if stop.is_asked() && !args.quiet {
                    tell(&"stopped: `--resume` goes on from here\n");
                }
                Outcome::Done
            }
            Err(StoredFailure::Engine(EngineError::Pattern(error))) => failed_pattern(&parts.program, &error),
            Err(StoredFailure::Input(error)) => failed_input(&error),
            Err(failure) => failed(&failure),
        }
    }
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
        on_change: match args.state.on_change {
            args::OnChange::Refuse => OnChange::Refuse,
            args::OnChange::Keep => OnChange::Keep,
            args::OnChange::Reset => OnChange::Reset,
        },
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

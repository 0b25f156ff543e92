//! `cargo xtask kill-test`: the real command over a real store, killed at random moments and started again until it is
//! through; then what it wrote, and the records it left, are held against a run that nobody disturbed.

mod input;
mod store;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::bench;
use crate::child::{end_within, ends_within};
use crate::random::Random;
use store::{InServer, Places, Run};

const USAGE: &str = "usage: cargo xtask kill-test [--store disk|redis] [--source file|redis] [--sink file|redis] [--kills N] [--seed S] \
     [--seconds N] [--server]";

/// The longest time between two kills of the command, in microseconds.
const MOST_PATIENCE: u64 = 120_000;

/// The same of a server: whoever lost it waits a little before it tries again, and has to get somewhere until the next time.
const MOST_PATIENCE_WITH_A_SERVER: u64 = 1_500_000;

/// How often to look whether a run has ended that may be killed any moment.
const LOOK_EVERY: Duration = Duration::from_micros(200);

/// Many times as long as a run takes that nobody kills any more: one that hangs never hands out its matches.
const LONGEST: Duration = Duration::from_secs(300);

/// How often the runs of a round may give up as their server is away whenever they try.
const MOST_GIVEN_UP: u32 = 20;

/// What is asked for.
struct Options {
    in_server: InServer,
    kills: u64,
    seed: u64,
    /// When nothing is killed any more, whatever the number of kills: what is under way comes to its end undisturbed.
    end: Option<Instant>,
    /// Kills the server instead of the command.
    server: bool,
}

/// What went wrong, over all rounds.
#[derive(Default)]
struct Tally {
    kills: u64,
    rounds: u64,
    lost: u64,
    doubled: u64,
    differ: u64,
}

/// Builds the command, and kills until there have been enough.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<bool, String> {
    bench::build(root, "cep-cli", "cep")?;
    run_built(root, args)
}

/// The same with the command that was built last.
pub(crate) fn run_built(root: &Path, args: &[String]) -> Result<bool, String> {
    let options = options(args)?;
    let folder = root.join("target").join("kill-test").join(options.name());
    // What an earlier test left.
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let (mut random, mut tally) = (Random::new(options.seed), Tally::default());
    while tally.kills < options.kills && !options.is_over() {
        let round = Round::new(root, &folder, &options, tally.rounds)?;
        round.run(&mut random, &options, &mut tally)?;
        tally.rounds += 1;
        let Tally { rounds, kills, lost, doubled, differ } = &tally;
        println!("round {rounds}: {kills} kills, {lost} lost, {doubled} doubled, {differ} records differ");
    }
    let Tally { kills, lost, doubled, differ, .. } = tally;
    println!("{kills} kills, {lost} lost, {doubled} doubled, {differ} records differ");
    Ok(lost + doubled + differ == 0)
}

fn options(args: &[String]) -> Result<Options, String> {
    let mut options =
        Options { in_server: InServer::default(), kills: 100, seed: 1, end: None, server: false };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        if arg == "--server" {
            options.server = true;
            continue;
        }
        let value = args.next().ok_or(USAGE)?;
        let number = || value.parse::<u64>().map_err(|_| USAGE.to_owned());
        match arg.as_str() {
            "--store" => options.in_server.store = is_redis(value, "disk")?,
            "--source" => options.in_server.source = is_redis(value, "file")?,
            "--sink" => options.in_server.sink = is_redis(value, "file")?,
            "--kills" => options.kills = number()?,
            "--seed" => options.seed = number()?,
            "--seconds" => options.end = Instant::now().checked_add(Duration::from_secs(number()?)),
            _ => return Err(USAGE.to_owned()),
        }
    }
    Ok(options)
}

/// Whether a place is in a server, which else is `other`.
fn is_redis(value: &str, other: &str) -> Result<bool, String> {
    if value == "redis" || value == other { Ok(value == "redis") } else { Err(USAGE.to_owned()) }
}

impl Options {
    fn is_over(&self) -> bool {
        self.end.is_some_and(|end| Instant::now() >= end)
    }

    /// Names the folder of the test.
    fn name(&self) -> String {
        let InServer { store, source, sink } = self.in_server;
        [store, source, sink].map(|is_redis| if is_redis { "redis" } else { "disk" }).join("-")
    }
}

/// One input, from its beginning to its end, over however many processes.
struct Round {
    binary: PathBuf,
    patterns: PathBuf,
    input: String,
    folder: PathBuf,
    places: Places,
}

impl Round {
    fn new(root: &Path, folder: &Path, options: &Options, number: u64) -> Result<Self, String> {
        let folder = folder.join(format!("round-{number}"));
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let places = Places::start(&folder, options.in_server);
        Ok(Self {
            binary: bench::release(root).join("cep"),
            patterns: root.join("fixtures").join("kill").join("kill.cep"),
            input: places.put_events(&input::events(options.seed ^ number))?,
            places,
            folder,
        })
    }

    fn run(mut self, random: &mut Random, options: &Options, tally: &mut Tally) -> Result<(), String> {
        let undisturbed = output(self.start(Run::Calm)?)?;
        if !undisturbed.status.success() {
            return Err(failed("the undisturbed run", &undisturbed));
        }
        let mut given_up = 0;
        loop {
            let mut child = self.start(Run::Disturbed)?;
            // Somewhere between the beginning of the process and the end of the input.
            let most = if options.server { MOST_PATIENCE_WITH_A_SERVER } else { MOST_PATIENCE };
            while !options.is_over() && !in_time(&mut child, random.below(most))? {
                tally.kills += 1;
                if !options.server {
                    child.kill().map_err(|error| error.to_string())?;
                    break;
                }
                self.places.kill_server()?;
            }
            let output = output(child)?;
            if output.status.success() {
                break;
            }
            // Killed, it has no exit code. Ended by itself it has one, which is right only where its server was away each
            // time that it tried: it says so, and goes on when it is started again.
            if output.status.code().is_some() {
                given_up += 1;
                if !options.server || given_up > MOST_GIVEN_UP {
                    return Err(failed("a run", &output));
                }
                println!("a run gave up: {}", String::from_utf8_lossy(&output.stderr).trim_end());
            }
        }
        compare(&self.places.written(Run::Calm)?, &self.places.written(Run::Disturbed)?, tally);
        let (calm, disturbed) = (self.records(Run::Calm)?, self.records(Run::Disturbed)?);
        tally.differ += differences(&calm, &disturbed);
        fs::remove_dir_all(&self.folder).map_err(|error| error.to_string())
    }

    fn start(&self, run: Run) -> Result<Child, String> {
        let (store, sink) = (self.places.store(run), self.places.sink(run));
        let mut command = Command::new(&self.binary);
        command.arg("run").arg(&self.patterns).arg(&self.input).args(["--store", &store, "--resume"]);
        // The windows stay open, so that there are records to compare.
        command.args(["--commit-every", "1000", "--pause", "--until-end", "--quiet", "--sink", &sink]);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        command.spawn().map_err(|error| format!("cannot run {}: {error}", self.binary.display()))
    }

    /// The records of a store, a line each.
    fn records(&self, run: Run) -> Result<Vec<String>, String> {
        let store = self.places.store(run);
        let mut command = Command::new(&self.binary);
        command.args(["state", "inspect", "--store", &store, "--most", "1000000"]).arg(&self.patterns);
        let output = command.output().map_err(|error| error.to_string())?;
        if !output.status.success() {
            return Err(failed("looking at the records", &output));
        }
        Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
    }
}

/// Whether a run ends within so many microseconds.
fn in_time(child: &mut Child, patience: u64) -> Result<bool, String> {
    let ended = ends_within(child, Duration::from_micros(patience), LOOK_EVERY);
    ended.map_err(|error| error.to_string())
}

/// What a run writes until it ends, which it does soon.
fn output(mut child: Child) -> Result<Output, String> {
    if end_within(&mut child, LONGEST).map_err(|error| error.to_string())?.is_none() {
        return Err(format!("a run that nobody killed had not come to its end after {LONGEST:?}"));
    }
    child.wait_with_output().map_err(|error| error.to_string())
}

fn failed(what: &str, output: &Output) -> String {
    format!("{what} ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr))
}

/// Counts matches that are missing and those that are there too often.
fn compare(expected: &[String], found: &[String], tally: &mut Tally) {
    let mut left: HashMap<&str, i64> = HashMap::new();
    expected.iter().for_each(|line| *left.entry(line).or_default() += 1);
    found.iter().for_each(|line| *left.entry(line).or_default() -= 1);
    for count in left.into_values() {
        tally.lost += u64::try_from(count).unwrap_or(0);
        tally.doubled += u64::try_from(-count).unwrap_or(0);
    }
}

/// Counts records that are not the same, and shows some of them.
fn differences(calm: &[String], disturbed: &[String]) -> u64 {
    const SHOWN: usize = 3;
    let only_in = |left: &[String], right: &[String]| -> Vec<String> {
        left.iter().filter(|record| !right.contains(record)).cloned().collect()
    };
    let (lacking, foreign) = (only_in(calm, disturbed), only_in(disturbed, calm));
    lacking.iter().take(SHOWN).for_each(|record| println!("undisturbed: {record}"));
    foreign.iter().take(SHOWN).for_each(|record| println!("disturbed:   {record}"));
    lacking.len().max(foreign.len()) as u64
}

//! `cep-simulator [--seeds N] [--from S] [--break | --each-operation]`: simulations of many seeds; of each broken rule until it
//! is noticed; or with each operation of the store failing once, before its effect and after it.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command for developers writes to their terminal"
)]

use std::collections::BTreeMap;
use std::panic::catch_unwind;
use std::process::ExitCode;

use cep_simulator::{RULES, each_operation, simulate};

const USAGE: &str = "usage: cep-simulator [--seeds N] [--from S] [--break | --each-operation]";

fn main() -> ExitCode {
    let (mut seeds, mut from, mut way): (u64, u64, fn(u64, u64) -> bool) = (200, 0, sound);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let number = |value: Option<String>| value.and_then(|value| value.parse::<u64>().ok());
        let taken = match arg.as_str() {
            "--seeds" => number(args.next()).map(|value| seeds = value),
            "--from" => number(args.next()).map(|value| from = value),
            "--break" => {
                way = broken;
                Some(())
            }
            "--each-operation" => {
                way = each;
                Some(())
            }
            _ => None,
        };
        if taken.is_none() {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    }
    if way(from, seeds) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Every seed comes out clean.
fn sound(from: u64, seeds: u64) -> bool {
    let mut events: BTreeMap<&str, u64> = BTreeMap::new();
    let mut wrong = 0;
    for seed in from..from + seeds {
        let (happened, result) = simulate(seed, None);
        happened.into_iter().for_each(|(event, count)| *events.entry(event).or_default() += count);
        if let Err(error) = result {
            wrong += 1;
            println!("seed {seed}: {error}");
        }
    }
    let events: Vec<String> = events.iter().map(|(event, count)| format!("{count} × {event}")).collect();
    println!("{}", events.join(", "));
    println!("{seeds} seeds, {wrong} wrong");
    wrong == 0
}

/// Whichever operation fails, the end is the same.
fn each(from: u64, seeds: u64) -> bool {
    let (mut operations, mut wrong) = (0, 0);
    for seed in from..from + seeds {
        match each_operation(seed) {
            Ok(count) => operations += count,
            Err(error) => {
                wrong += 1;
                println!("{error}");
            }
        }
    }
    println!("{seeds} seeds, {operations} operations failed before and after their effect, {wrong} wrong");
    wrong == 0
}

/// Every broken rule is noticed within so many seeds.
fn broken(from: u64, seeds: u64) -> bool {
    let mut all = true;
    // A panic is a way to notice, and is told of below.
    std::panic::set_hook(Box::new(|_| {}));
    for rule in RULES {
        let notices =
            |seed| catch_unwind(|| simulate(seed, Some(rule)).1).unwrap_or(Err("a panic".to_owned())).err();
        let found = (from..from + seeds).find_map(|seed| Some((seed, notices(seed)?)));
        match found {
            Some((seed, error)) => println!("{rule:?}: noticed with seed {seed}: {error}"),
            None => {
                all = false;
                println!("{rule:?}: not noticed in {seeds} seeds");
            }
        }
    }
    all
}

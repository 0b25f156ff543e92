//! `cargo xtask rivals`: our engine and the others over the same files in one go, in turn.

use std::path::Path;
use std::process::Command;

use cep_benches::workload::Workload;

use super::java::Java;
use super::options::Options;
use super::ours::Ours;
use super::run::{Engine, Run, Slice};
use super::{files, report};

/// All engines over one workload.
#[derive(Debug)]
pub(super) struct Comparison {
    pub(super) workload: Workload,
    pub(super) ours: Run,
    pub(super) rivals: Vec<Rival>,
}

/// A rival over one workload.
#[derive(Debug)]
pub(super) struct Rival {
    pub(super) engine: Engine,
    pub(super) outcome: Result<Run, String>,
    /// Fewer events than asked for.
    pub(super) capped: bool,
    /// Whether ours found the same in the same events, or how it differs.
    pub(super) agreement: Result<(), String>,
}

/// Measures and prints; true where all that ran agree.
pub(super) fn measure(root: &Path, options: &Options) -> Result<bool, String> {
    let (java, ours) = (Java::build(root)?, Ours::build(root, options.threads)?);
    report::head(options);
    let mut agreed = true;
    for &workload in &options.workloads {
        let file = files::ensure(root, workload.file(), options.events)?;
        let comparison = compare(&java, &ours, workload, &file, options)?;
        agreed &= comparison.rivals.iter().all(|rival| rival.agreement.is_ok());
        report::comparison(&comparison, options);
    }
    report::foot(options);
    Ok(agreed)
}

fn compare(
    java: &Java,
    ours: &Ours,
    workload: Workload,
    file: &Path,
    options: &Options,
) -> Result<Comparison, String> {
    let mut own = Vec::new();
    let mut others: Vec<_> = options.rivals.iter().map(|_| Vec::new()).collect();
    let all = Slice { first: 0, events: options.events };
    for _ in 0..options.runs {
        own.push(ours.time(workload, file, all)?);
        for (engine, runs) in options.rivals.iter().zip(&mut others) {
            runs.push(java.run(*engine, workload, file, options.events));
        }
    }
    let own = Run::median(own)?;
    let rivals = options.rivals.iter().zip(others).map(|(&engine, runs)| {
        let outcome = runs.into_iter().collect::<Result<_, _>>().and_then(Run::median);
        let capped = outcome.as_ref().is_ok_and(|run| run.slice != all);
        let agreement = outcome.clone().and_then(|run| match run.slice == all {
            true => agree(&run, &own),
            false => agree(&run, &ours.time(workload, file, run.slice)?),
        });
        Rival { engine, outcome, capped, agreement }
    });
    let rivals = rivals.collect();
    Ok(Comparison { workload, ours: own, rivals })
}

fn agree(rival: &Run, ours: &Run) -> Result<(), String> {
    if rival.agrees(ours) {
        return Ok(());
    }
    Err(match rival.matches == ours.matches {
        true => format!("as many matches, but others: ours have checksum {}", ours.checksum),
        false => format!("ours finds {} matches there", ours.matches),
    })
}

/// The last line a process prints, where it ends well.
pub(super) fn line(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("cannot run {command:?}: {error}"))?;
    let last = |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().last().unwrap_or_default().to_owned();
    match output.status.success() {
        true => Ok(last(&output.stdout)),
        false => {
            let error = String::from_utf8_lossy(&output.stderr);
            Err(error.lines().next().unwrap_or("it ended without a word").to_owned())
        }
    }
}

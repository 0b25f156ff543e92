//! How comparisons are printed: lines for people, JSON lines, or the table of docs/benchmarks.md.

use std::fs;
use std::process::Command;

use serde_json::json;

use super::numbers::{bytes, count, rate, ratio};
use super::options::{Form, Options};
use super::rivals::{Comparison, Rival};
use super::run::{Engine, Run};

pub(super) fn head(options: &Options) {
    match options.form {
        Form::Json => {}
        Form::Text => println!(
            "{:4} {:10} {:>9}  {:>8} {:>11} {:>10}  {:16} {:>8}",
            "", "engine", "events", "events/s", "ours to it", "matches", "checksum", "memory"
        ),
        Form::Markdown => {
            let names: Vec<_> = options.rivals.iter().map(|engine| engine.name()).collect();
            println!("{}\n", sitting(options));
            println!("| | matches | cep | {} | memory: cep, {} |", names.join(" | "), names.join(", "));
            println!("|---|---|---|{}---|", "---|".repeat(names.len()));
        }
    }
}

pub(super) fn comparison(comparison: &Comparison, options: &Options) {
    match options.form {
        Form::Text => text(comparison),
        Form::Json => json_lines(comparison),
        Form::Markdown => markdown(comparison),
    }
}

pub(super) fn foot(options: &Options) {
    if options.form != Form::Json {
        println!(
            "\nEvents a second; × is ours to it; * only some of the events, so that a run takes seconds (ours is \
             checked over the same ones, its rate is over all); ≠ not the same matches. Memory: the peak of the \
             whole process, input included."
        );
    }
}

fn text(comparison: &Comparison) {
    let workload = format!("{:?}", comparison.workload);
    text_line(&workload, Engine::Cep, &comparison.ours, [""; 3]);
    for rival in &comparison.rivals {
        match &rival.outcome {
            Ok(run) => {
                let faster = ratio(comparison.ours.events_per_s / run.events_per_s);
                let differs = rival.agreement.as_ref().err().map_or("", String::as_str);
                text_line(&workload, rival.engine, run, [capped(rival), &faster, differs]);
            }
            Err(why) => println!("{workload:4} {:10} {why}", rival.engine.name()),
        }
    }
}

fn text_line(workload: &str, engine: Engine, run: &Run, [capped, faster, differs]: [&str; 3]) {
    let line = format!(
        "{workload:4} {:10} {:>10} {:>8} {faster:>11} {:>10}  {:16} {:>8}  {differs}",
        engine.name(),
        format!("{}{capped:1}", count(run.slice.events)),
        rate(run.events_per_s),
        count(run.matches),
        run.checksum,
        bytes(run.process_peak_bytes),
    );
    println!("{}", line.trim_end());
}

fn json_lines(comparison: &Comparison) {
    let line = |engine: Engine, run: &Run, capped: bool| {
        json!({
            "engine": engine.name(),
            "workload": format!("{:?}", comparison.workload),
            "first": run.slice.first,
            "events": run.slice.events,
            "events_per_s": run.events_per_s,
            "matches": run.matches,
            "checksum": run.checksum,
            "peak_memory_bytes": run.process_peak_bytes,
            "capped": capped,
        })
    };
    println!("{}", line(Engine::Cep, &comparison.ours, false));
    for rival in &comparison.rivals {
        let mut shown = match &rival.outcome {
            Ok(run) => line(rival.engine, run, rival.capped),
            Err(_) => {
                json!({ "engine": rival.engine.name(), "workload": format!("{:?}", comparison.workload) })
            }
        };
        if let Err(why) = &rival.agreement {
            shown["differs"] = json!(why);
        }
        println!("{shown}");
    }
}

fn markdown(comparison: &Comparison) {
    let ours = &comparison.ours;
    let speeds: Vec<_> = comparison.rivals.iter().map(|rival| cell(rival, ours)).collect();
    let peaks: Vec<_> = comparison.rivals.iter().map(|rival| peak(rival.outcome.as_ref().ok())).collect();
    println!(
        "| {:?} | {} | {} | {} | {}, {} |",
        comparison.workload,
        count(ours.matches),
        rate(ours.events_per_s),
        speeds.join(" | "),
        peak(Some(ours)),
        peaks.join(", "),
    );
}

fn cell(rival: &Rival, ours: &Run) -> String {
    let Ok(run) = &rival.outcome else { return "failed".to_owned() };
    let differs = if rival.agreement.is_ok() { "" } else { " ≠" };
    format!(
        "{}{} ({}){differs}",
        rate(run.events_per_s),
        capped(rival),
        ratio(ours.events_per_s / run.events_per_s)
    )
}

fn capped(rival: &Rival) -> &'static str {
    if rival.capped { "*" } else { "" }
}

fn peak(run: Option<&Run>) -> String {
    run.map_or_else(|| "–".to_owned(), |run| bytes(run.process_peak_bytes))
}

/// When and where: what makes figures comparable.
fn sitting(options: &Options) -> String {
    let date = Command::new("date").args(["-u", "+%F"]).output();
    let date =
        date.map_or_else(|_| String::new(), |date| String::from_utf8_lossy(&date.stdout).trim().to_owned());
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor = processors.lines().find(|line| line.starts_with("model name"));
    let processor = processor.and_then(|line| line.split(": ").nth(1)).unwrap_or("an unknown processor");
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let runs = match options.runs {
        1 => "one run each".to_owned(),
        runs => format!("medians of {runs} runs in turn"),
    };
    format!("{date}, {processor}, {cores} cores; {} events, {runs}.", count(options.events))
}

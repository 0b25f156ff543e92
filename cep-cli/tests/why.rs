//! `cep why`, case by case: `fixtures/why/NAME.txt`.
//!
//! A case is in sections, each under a line that begins with `--- `. `--- FILE` is a file; `--- $ ARGS` is what stands behind `cep why`,
//! and under it, written by hand, what has to be told: a line an attempt, with the place where it began, the name of its cause, the
//! stages of what it captured, and the kinds of changes that would have made a match of it. `--- told` is the whole
//! text; `UPDATE=1` writes that one.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod command;

use std::fs;
use std::path::{Path, PathBuf};

use command::{cep, check_pinned, folder, root};
use serde_json::Value;

/// A case, taken apart.
struct Case {
    path: PathBuf,
    /// What stands before the first section.
    about: String,
    files: Vec<(String, String)>,
    args: String,
    causes: String,
}

fn cases() -> Vec<Case> {
    let entries = fs::read_dir(root().join("fixtures/why")).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(case).collect()
}

fn case(path: PathBuf) -> Case {
    let text = fs::read_to_string(&path).unwrap();
    let mut sections = format!("\n{text}");
    sections = sections.replace("\n--- ", "\n\u{0}");
    let mut sections = sections.split('\u{0}');
    let about = sections.next().unwrap().trim().to_owned();
    let mut case = Case { path, about, files: Vec::new(), args: String::new(), causes: String::new() };
    for section in sections {
        let (title, body) = section.split_once('\n').unwrap();
        match title.strip_prefix("$ ") {
            Some(args) => (case.args, case.causes) = (args.to_owned(), body.to_owned()),
            None if title == "told" => {}
            None => case.files.push((title.to_owned(), body.to_owned())),
        }
    }
    case
}

impl Case {
    fn name(&self) -> &str {
        self.path.file_stem().unwrap().to_str().unwrap()
    }

    /// The case as it is when it is as told.
    fn written(&self, told: &str) -> String {
        let files: String = self.files.iter().map(|(name, text)| format!("--- {name}\n{text}")).collect();
        format!("{}\n{files}--- $ {}\n{}--- told\n{told}", self.about, self.args, self.causes)
    }
}

/// What a report tells, a line an attempt.
fn summary(report: &Value) -> String {
    let mut lines = String::new();
    let of = |place: &str| report[place].as_array().into_iter().flatten();
    for attempt in of("attempts") {
        let captured = attempt["captured"].as_array().unwrap().iter();
        let stages: Vec<_> = captured.map(|one| one["stage"].as_str().unwrap()).collect();
        lines += &line(&attempt["began"], attempt, &stages.join(" "));
    }
    for other in of("missed").chain(of("late")) {
        lines += &line(&other["event"], other, "");
    }
    for whole in [&report["waiting"], report] {
        if let Some(cause) = whole["cause"].as_str() {
            lines += &format!("- {cause}\n");
        }
    }
    for key in of("keys") {
        lines += &format!("{} {} {}\n", key["key"], key["furthest"], key["matches"]);
    }
    lines
}

fn line(event: &Value, told: &Value, stages: &str) -> String {
    let place = match event["line"].as_u64() {
        Some(line) => format!("{}:{line}", event["file"].as_str().unwrap()),
        None => format!("{} #{}", event["stream"].as_str().unwrap(), event["position"].as_u64().unwrap() + 1),
    };
    let kinds =
        told["remedies"].as_array().unwrap().iter().map(|one| one["change"]["kind"].as_str().unwrap());
    let kinds: Vec<_> = kinds.collect();
    let line = format!("{place} {} [{stages}] {}", told["cause"].as_str().unwrap(), kinds.join(" "));
    format!("{}\n", line.trim_end())
}

fn asked(folder: &Path, args: &str, format: &str) -> String {
    let args: Vec<_> = ["why"].into_iter().chain(args.split(' ')).chain(["--format", format]).collect();
    let ran = cep(folder, &args);
    assert_eq!(ran.code, Some(0), "{args:?}: {}", ran.err);
    ran.out
}

#[test]
fn what_became_of_attempts_is_told() {
    let mut wrong = Vec::new();
    for case in cases() {
        let folder = folder(&format!("why-{}", case.name()));
        for (name, text) in &case.files {
            fs::write(folder.join(name), text).unwrap();
        }
        let report: Value = serde_json::from_str(&asked(&folder, &case.args, "json")).unwrap();
        let found = summary(&report);
        if found != case.causes {
            wrong.push(format!("{}\n--- expected\n{}--- found\n{found}", case.name(), case.causes));
        }
        let told = asked(&folder, &case.args, "text");
        wrong.extend(check_pinned(&case.path, &case.written(&told)).err());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_cause_has_cases() {
    let all: String = cases().iter().map(|case| case.causes.clone()).collect();
    let names = [
        "matched",
        "condition",
        "window",
        "strict-contiguity",
        "negation",
        "until",
        "greedy",
        "skipped",
        "limit",
        "open",
        "held-back",
        "stopped",
        "first-condition",
        "late",
        "idle-source",
        "lateness",
        "reordering",
        "no-such-key",
    ];
    for name in names {
        let count = all.lines().filter(|line| line.split(' ').any(|word| word == name)).count();
        assert!(count >= 2, "{name} has {count} cases");
    }
}

#[test]
fn wrong_questions_are_refused() {
    let folder = folder("why-refused");
    fs::write(
        folder.join("p.cep"),
        "stream s { k: int  ts: timestamp } key k time ts\n\
         pattern one on s by k { begin a }\npattern two on s { begin a }\n",
    )
    .unwrap();
    fs::write(folder.join("s.csv"), "k,ts\n1,1\n").unwrap();
    let refused = |args: &[&str], says: &str| {
        let ran = cep(&folder, args);
        assert_eq!(ran.code, Some(2), "{args:?}");
        assert!(ran.err.contains(says), "{args:?}: {}", ran.err);
    };
    refused(&["why", "p.cep", "s.csv"], "--pattern NAME");
    refused(&["why", "p.cep", "s.csv", "--pattern", "onee"], "did you mean `one`?");
    refused(&["why", "p.cep", "s.csv", "--pattern", "two", "--key", "1"], "has no key");
    refused(&["why", "p.cep", "s.csv", "--pattern", "one", "--key", "x"], "`k` is of type `int`");
    refused(&["why", "p.cep", "--pattern", "one", "--key", "1"], "stream `s` has no input");
    refused(&["why", "p.cep", "s.csv", "--from", "noon"], "RFC 3339");
}

//! Options from `cep.toml`, variables and flags: which counts, for every option that there is, and what is said of mistakes.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod command;

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use cep_cli::args::Cep;
use cep_cli::config::{Asked, Surroundings, read};
use clap::{ArgAction, Command, CommandFactory as _};
use command::{cep, command, folder};

/// What a command needs beside its options.
fn operands(path: &str) -> &'static [&'static str] {
    match path {
        "new" | "ast" | "infer" | "check" | "fmt" | "explain" | "run" | "why" => &["x"],
        "plan" => &["x", "y"],
        "completions" => &["bash"],
        "state drop" | "state copy" => &["name"],
        "state export" | "state import" => &["name", "file"],
        "state inspect" => &["x"],
        _ => &[],
    }
}

/// Three values of an option, as they stand on a command line.
fn samples(path: &str, option: &str) -> Option<[&'static str; 3]> {
    Some(match (path, option) {
        ("check", "format") => ["text", "json", "sarif"],
        ("explain", "format") => ["dot", "svg", "automaton"],
        ("why", "format") => ["json", "text", "json"],
        ("why", "from" | "to") => ["1", "2", "3"],
        (_, "format" | "input-format") => ["csv", "jsonl", "csv"],
        ("run", "output") => ["csv", "table", "counts"],
        (_, "on-bad-row") => ["skip", "fail", "dead-letter:/b"],
        (_, "on-change") => ["keep", "drain", "reset"],
        (_, "store" | "from" | "to") => ["memory", "disk:/b", "redis://c"],
        (_, "namespace" | "as" | "name" | "only" | "pattern" | "key") => ["a", "b", "c"],
        (_, "sink" | "junit" | "output") => ["/a", "/b", "/c"],
        (_, "cost") => ["a.csv", "b.csv", "c.csv"],
        (_, "threads" | "rows" | "most" | "sink-keep") => ["2", "3", "4"],
        (_, "commit-every") => ["5s", "6s", "700"],
        (_, "memory") => ["1MB", "2MB", "3MB"],
        (_, "deny") => ["warnings", "W0412", "W0413"],
        (_, "param") => ["x=1", "x=2", "x=3"],
        _ => return None,
    })
}

/// The commands that have options, by the words they are called with.
fn commands() -> Vec<(Vec<String>, Command)> {
    let mut found = Vec::new();
    let mut root = Cep::command();
    root.build();
    let mut open = vec![(Vec::new(), root)];
    while let Some((path, command)) = open.pop() {
        let inner: Vec<_> =
            command.get_subcommands().filter(|inner| inner.get_name() != "help").cloned().collect();
        if inner.is_empty() {
            found.push((path, command));
        } else {
            open.extend(inner.into_iter().map(|inner| {
                let mut path = path.clone();
                path.push(inner.get_name().to_owned());
                (path, inner)
            }));
        }
    }
    found
}

/// What `--show-config` says of an option: its value, and where that is from.
fn shown(args: &[String], file: Option<&str>, variables: &[(String, &str)], name: &str) -> (String, String) {
    let files = |path: &Path| match file {
        Some(text) if path == Path::new("/here/cep.toml") => Ok(text.to_owned()),
        _ => Err(io::ErrorKind::NotFound.into()),
    };
    let surroundings = Surroundings {
        folder: PathBuf::from("/here"),
        variables: variables.iter().map(|(name, value)| (name.clone(), OsString::from(value))).collect(),
        files: &files,
    };
    let args: Vec<OsString> = args.iter().map(OsString::from).collect();
    let text = match read(&args, &surroundings) {
        Ok(Asked::Show(text)) => text,
        other => panic!("{args:?} {file:?} {variables:?}: {other:?}"),
    };
    let own = text.lines().filter_map(|line| line.trim_start().strip_prefix(name));
    let line = own
        .filter(|rest| rest.starts_with("  "))
        .map(str::trim)
        .next()
        .unwrap_or_else(|| panic!("no {name} in {text}"));
    let (value, source) = line.rsplit_once("  ").unwrap_or(("", line));
    (value.trim().to_owned(), source.trim().to_owned())
}

#[test]
fn flags_go_before_variables_and_those_before_the_file_for_every_option() {
    let mut options = 0;
    for (path, command) in commands() {
        let words = path.join(" ");
        let base: Vec<String> = ["cep".to_owned()].into_iter().chain(path.clone()).collect();
        let operands: Vec<String> = operands(&words).iter().map(ToString::to_string).collect();
        let asked = |more: &[String]| [&base[..], &operands, more, &["--show-config".to_owned()]].concat();
        for arg in command.get_arguments() {
            let Some(name) =
                arg.get_long().filter(|it| !["help", "version", "config", "show-config"].contains(it))
            else {
                continue;
            };
            let place = format!("cep {words} --{name}");
            options += 1;
            let section = path.join(".");
            let variable = format!("CEP_{}_{}", words, name).to_uppercase().replace([' ', '-'], "_");
            if matches!(arg.get_action(), ArgAction::SetTrue) {
                let file = format!("[{section}]\n{name} = true\n");
                let off = [(variable.clone(), "false")];
                let is = |value: &str, from: &str| (value.to_owned(), from.to_owned());
                assert_eq!(shown(&asked(&[]), None, &[], name), is("false", "default"), "{place}");
                assert_eq!(shown(&asked(&[]), Some(&file), &[], name), is("true", "cep.toml:2"), "{place}");
                assert_eq!(shown(&asked(&[]), Some(&file), &off, name), is("false", &variable), "{place}");
                let flag = [format!("--{name}")];
                assert_eq!(shown(&asked(&flag), Some(&file), &off, name), is("true", "flag"), "{place}");
                continue;
            }
            let [in_file, in_variable, on_line] = samples(&words, name)
                .unwrap_or_else(|| panic!("{place} is new: give three values of it in `samples`"));
            let (file, variable, shown_name) = match name {
                "param" => (format!("[{section}.param]\nx = 1\n"), "CEP_PARAM_x".to_owned(), "param x"),
                _ => (format!("[{section}]\n{name} = \"{in_file}\"\n"), variable, name),
            };
            let value = |text: &str| text.strip_prefix("x=").unwrap_or(text).to_owned();
            let variables = [(variable.clone(), if name == "param" { "2" } else { in_variable })];
            let from_file = shown(&asked(&[]), Some(&file), &[], shown_name);
            assert_eq!(from_file, (value(in_file), "cep.toml:2".to_owned()), "{place}");
            let from_variable = shown(&asked(&[]), Some(&file), &variables, shown_name);
            assert_eq!(from_variable, (value(in_variable), variable), "{place}");
            let flag = [format!("--{name}={on_line}")];
            let from_line = shown(&asked(&flag), Some(&file), &variables, shown_name);
            assert_eq!(from_line, (value(on_line), "flag".to_owned()), "{place}");
        }
    }
    assert!(options > 50, "{options}");
}

const PATTERN: &str = "\
param least: float = 0
stream txn { card: string  amount: float  ts: timestamp } key card time ts from \"file:txn.csv\"
pattern p on txn { begin a where amount > least  emit found { card: a.card } }
";

fn with_config(name: &str, config: &str) -> PathBuf {
    let folder = folder(name);
    fs::create_dir_all(folder.join("in/deep")).unwrap();
    fs::write(folder.join("cep.toml"), config).unwrap();
    for place in ["p.cep", "in/deep/p.cep"] {
        fs::write(folder.join(place), PATTERN).unwrap();
    }
    for place in ["txn.csv", "in/deep/txn.csv"] {
        fs::write(folder.join(place), "card,amount,ts\nc1,5,1\nc2,much,2\n").unwrap();
    }
    folder
}

#[test]
fn a_file_is_found_from_below_and_its_paths_are_relative_to_it() {
    let config = "[run]\noutput = \"csv\"\nquiet = true\non-bad-row = \"dead-letter:bad.jsonl\"\nstore = \"disk:state\"\nresume = true\n";
    let folder = with_config("config-upwards", config);
    let ran = cep(&folder.join("in/deep"), &["run", "p.cep"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), "card,ts\nc1,1\n", ""));
    assert!(folder.join("bad.jsonl").exists() && folder.join("state").exists());
    let none = cep(&folder.join("in/deep"), &["run", "p.cep", "--config", "none"]);
    assert_eq!(none.code, Some(1), "{}", none.err);
    let mut asked = command(&folder.join("in/deep"), &["run", "p.cep"]);
    let variable: command::Ran = asked.env("CEP_CONFIG", "none").output().unwrap().into();
    assert_eq!(variable.code, Some(1), "{}", variable.err);
    fs::write(folder.join("other.toml"), "[run]\noutput = \"counts\"\non-bad-row = \"skip\"\n").unwrap();
    let other = cep(&folder, &["--config", "other.toml", "run", "p.cep", "-q"]);
    assert_eq!((other.code, other.out.as_str()), (Some(0), "found  1\n"), "{}", other.err);
}

#[test]
fn parameters_of_all_places_count_each_by_its_name() {
    let folder = with_config(
        "config-params",
        "[run]\non-bad-row = \"skip\"\nquiet = true\noutput = \"counts\"\n[run.param]\nleast = 7\n",
    );
    let found = |args: &[&str], variable: Option<&str>| {
        let mut ran = command(&folder, &[&["run", "p.cep"], args].concat());
        variable.map(|value| ran.env("CEP_PARAM_least", value));
        let ran: command::Ran = ran.output().unwrap().into();
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        ran.out
    };
    assert_eq!(found(&[], None), "found  0\n");
    assert_eq!(found(&[], Some("3")), "found  1\n");
    assert_eq!(found(&["-p", "least=6"], Some("3")), "found  0\n");
}

#[test]
fn mistakes_are_told_with_their_place_and_what_to_write() {
    for (config, place, says) in [
        (
            "[run]\nthread = 4\n",
            "cep.toml:2:1: there is no option `thread` of `cep run`",
            "did you mean `threads`?",
        ),
        ("[rum]\n", "cep.toml:1:2: there is no command `rum`", "did you mean `run`?"),
        ("[run]\nthreads = \"four\"\n", "cep.toml:2:11: that is no value for `threads`", "from 1 to 1024"),
        (
            "[run]\nthreads = [4]\n",
            "cep.toml:2:11: that is no value for `threads`",
            "write a text or a number",
        ),
        ("[run]\nquiet = 1\n", "cep.toml:2:9: that is no value for `quiet`", "write `true` or `false`"),
        ("[run]\noutput = \"xml\"\n", "cep.toml:2:10: that is no value for `output`", "write one of "),
        ("[run]\nparam = 1\n", "cep.toml:2:9: that is no value for `param`", "write a table"),
        ("[check]\nformat = \"xml\"\nfix = maybe\n", "cep.toml:3:7: ", ""),
        ("run = 1\n", "cep.toml:1:1: `run` is a section", ""),
    ] {
        let folder = with_config("config-mistakes", config);
        let ran = cep(&folder, &["run", "p.cep"]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{config}{}", ran.err);
        assert!(ran.err.contains(place) && ran.err.contains(says), "{config}{}", ran.err);
    }
    let folder = with_config("config-variable", "");
    let mut ran = command(&folder, &["run", "p.cep"]);
    let ran: command::Ran = ran.env("CEP_THREADS", "0").output().unwrap().into();
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.starts_with("error: CEP_THREADS: that is no value for `threads`\n"), "{}", ran.err);
    let missing = cep(&folder, &["run", "p.cep", "--config", "no.toml"]);
    assert_eq!(missing.code, Some(2));
    assert!(missing.err.starts_with("error: cannot read `no.toml`: "), "{}", missing.err);
}

#[test]
fn what_is_shown_has_no_passwords() {
    let config = "[run]\nstore = \"redis://me:hush@host\"\n[run.param]\napi_token = \"hush\"\n";
    let folder = with_config("config-secrets", config);
    let ran = cep(&folder, &["run", "--show-config"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert!(!ran.out.contains("hush"), "{}", ran.out);
    assert!(ran.out.contains("redis://***@host"), "{}", ran.out);
}

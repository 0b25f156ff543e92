//! Patterns that change while partial matches are in flight, which come to their end by the rules under which they began:
//! what is found is compared with runs of each program that nobody disturbed.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod command;
mod parts;

use std::fs;
use std::path::Path;

use command::{Ran, cep, folder, sorted};
use parts::{PART, rows};
use serde_json::Value;

/// Each waits for less than the time of two parts, and emits other columns. Parameters of one name have other values.
const PROGRAMS: [&str; 4] = [
    "param most: float = 50\n
     pattern pair on pay by card { begin small where amount < most  followed by large where amount > 900 within 700ms
       emit pairs { card: small.card, small: small.id, large: large.id } }",
    "param most: float = 70\n
     pattern pair on pay by card { begin small where amount < most  followed by large where amount > 800 and amount < 20 * small.amount
       within 500ms  emit pairs { card: small.card, small: small.id, sum: small.amount + large.amount } }",
    "pattern pair on pay by card { begin small where amount < 60  next mid  followed by large where amount > 700
       within 600ms  emit pairs { small: small.id, mid: mid.id, large: large.id } }",
    "pattern pair on pay by card { begin small where amount < 60  not followed by mid where amount > 990  within 300ms
       emit pairs { small: small.id }  on timeout emit pairs { small: small.id } }",
];

fn program(at: usize) -> String {
    format!(
        "stream pay {{ id: int  card: string  amount: float  ts: timestamp }} key card time ts\n\n{}\n",
        PROGRAMS[at]
    )
}

/// Runs a program over so many parts, going on from the state in `st`.
fn run_to(folder: &Path, program: &str, parts: usize, args: &[&str]) -> Ran {
    fs::write(folder.join("p.cep"), program).unwrap();
    fs::write(folder.join("pay.csv"), rows(parts)).unwrap();
    let common = ["run", "p.cep", "pay.csv", "-q", "--store", "disk:st", "--resume"];
    cep(folder, &[&common, args].concat())
}

#[track_caller]
fn good(ran: &Ran) {
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
}

/// What a program finds of matches that begin in one part, over so many, where nobody disturbs it.
fn begun_in(name: &str, at: usize, part: usize, parts: usize) -> String {
    let ran = run_to(&folder(&format!("{name}-{at}-{part}")), &program(at), parts, &[]);
    good(&ran);
    let begins = |line: &&str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let small = usize::try_from(line["small"].as_u64().unwrap()).unwrap();
        small / PART == part
    };
    let found: Vec<&str> = ran.out.lines().filter(begins).collect();
    assert!(found.len() > 20, "{} of program {at} in part {part}", found.len());
    found.join("\n") + "\n"
}

#[test]
fn what_is_in_flight_comes_to_its_end_by_the_rules_under_which_it_began() {
    let expected: String = (0..4).map(|at| begun_in("draining-expected", at, at, 4)).collect();
    for (run, memory) in ["1GB", "20kB"].into_iter().enumerate() {
        let folder = folder(&format!("draining-{run}"));
        let mut found = String::new();
        for at in 0..4 {
            let until_end: &[&str] = if at < 3 { &["--pause"] } else { &[] };
            let args = [&["--memory", memory, "--on-change", "drain"], until_end].concat();
            let ran = run_to(&folder, &program(at), at + 1, &args);
            good(&ran);
            found += &ran.out;
            if at < 3 {
                // Nothing changes, whatever is said of changes.
                let again = run_to(&folder, &program(at), at + 1, &["--pause", "--on-change", "reset"]);
                good(&again);
                assert_eq!(again.out, "", "program {at} again");
            }
        }
        assert!(sorted(&found) == sorted(&expected), "{memory}");
    }
}

#[test]
fn a_plan_tells_what_runs_out_and_what_has_run_out() {
    let folder = folder("draining-plan");
    let plan = |from: &str, to: usize| {
        fs::write(folder.join("n.cep"), program(to)).unwrap();
        let store = ["--store", "disk:st", "--namespace", "p", "--on-change", "drain"];
        let args = match from {
            "" => [&["plan", "n.cep"], &store[..]].concat(),
            from => vec!["plan", from, "n.cep", "--on-change", "drain"],
        };
        let ran = cep(&folder, &args);
        assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
        ran.out
    };
    good(&run_to(&folder, &program(0), 1, &["--pause"]));
    let without_state = plan("p.cep", 1);
    assert_eq!(
        without_state,
        "pair is new\nwhat is in flight of pair runs out by its old rules, as pair@1\n"
    );
    let counted = plan("", 1);
    let count = |plan: &str, name: &str| -> usize {
        let line = plan.lines().find(|line| line.contains(name)).unwrap();
        line.rsplit_once('(').unwrap().1.split(' ').next().unwrap().parse().unwrap()
    };
    let before = count(&counted, "pair@1");
    assert!(before > 10, "{counted}");
    good(&run_to(&folder, &program(1), 2, &["--pause", "--on-change", "drain"]));
    let second = plan("", 2);
    assert!((1..before).contains(&count(&second, "pair@1")), "{second}");
    assert!(count(&second, "pair@2") > 10, "{second}");
    let shown = cep(&folder, &["state", "inspect", "--namespace", "p", "--store", "disk:st"]);
    assert!(shown.out.contains("\"patterns\":[\"pair@1\"]"), "{}", shown.out);
    good(&run_to(&folder, &program(2), 3, &["--pause", "--on-change", "drain"]));
    let third = plan("", 3);
    assert!(third.contains("nothing is in flight any more of pair@1\n"), "{third}");
    // To drop what runs out is a loss like any other.
    let dropped =
        cep(&folder, &["plan", "n.cep", "--store", "disk:st", "--namespace", "p", "--on-change", "reset"]);
    assert_eq!(dropped.code, Some(4), "{}", dropped.out);
    assert!(dropped.out.contains("pair@2 loses its partial matches"), "{}", dropped.out);
}

#[test]
fn what_cannot_run_out_is_refused_and_stays() {
    let folder = folder("draining-refused");
    good(&run_to(&folder, &program(0), 1, &["--pause"]));
    let refused = |program: &str, says: &str| {
        let ran = run_to(&folder, program, 1, &["--pause", "--on-change", "drain"]);
        assert_eq!(ran.code, Some(1), "{}", ran.err);
        assert!(ran.err.contains(says), "{}", ran.err);
    };
    let other_field = program(0).replace("amount", "sum");
    refused(&other_field, "pattern `pair@1`");
    let other_key = program(0).replace("card: string", "card: int");
    refused(&other_key, "`pair@1`: it reads other streams or has another key");
    let reader = program(1) + "pattern more on pairs { begin a where a.sum > 0 emit m { small: a.small } }\n";
    let reader = reader.replace("a.sum", "sum");
    refused(&reader, "`more` reads it");
    good(&run_to(&folder, &program(0), 1, &["--pause"]));
}

#[test]
fn patterns_that_are_gone_run_out_too() {
    let folder = folder("draining-gone");
    let expected = begun_in("draining-gone-expected", 0, 0, 3);
    let without = "stream pay { id: int  card: string  amount: float  ts: timestamp } key card time ts\n
                   pattern other on pay by card { begin a where amount > 2000 emit o { id: a.id } }\n";
    let mut found = String::new();
    for (at, program) in [&program(0), without, without].into_iter().enumerate() {
        let until_end: &[&str] = if at < 2 { &["--pause"] } else { &[] };
        let ran = run_to(&folder, program, at + 1, &[&["--on-change", "drain"], until_end].concat());
        good(&ran);
        found += &ran.out;
    }
    assert!(sorted(&found) == sorted(&expected));
}

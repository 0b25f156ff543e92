//! Patterns that change between runs over one state: what was in flight goes on, is dropped, or the run is refused, as a
//! plan says beforehand; and what was found is compared with one run whose conditions ask which part a row is of.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod command;
mod parts;

use std::fs;
use std::path::{Path, PathBuf};

use command::{Ran, cep, folder};
use parts::{PART, rows};

const STREAM: &str =
    "stream pay { id: int  card: string  amount: float  ts: timestamp } key card time ts\n\n";

fn pair(large: &str, window: &str) -> String {
    format!(
        "{STREAM}pattern pair on pay by card {{
  begin small where amount < 50
  followed by large where {large}
  within {window}
  emit pairs {{ card: small.card, small: small.id, large: large.id }}
}}
"
    )
}

/// Runs a program over so many parts, going on from the state in `st`.
fn run_to(folder: &Path, program: &str, parts: usize, args: &[&str]) -> Ran {
    fs::write(folder.join("p.cep"), program).unwrap();
    fs::write(folder.join("pay.csv"), rows(parts)).unwrap();
    let common = ["run", "p.cep", "pay.csv", "-q", "--store", "disk:st", "--resume", "--pause"];
    cep(folder, &[&common, args].concat())
}

#[track_caller]
fn good(ran: &Ran) {
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
}

#[track_caller]
fn bad(ran: &Ran, code: i32, says: &[&str]) {
    assert_eq!(ran.code, Some(code), "{}{}", ran.out, ran.err);
    says.iter().for_each(|said| assert!(ran.err.contains(said), "`{said}` is not in: {}", ran.err));
}

/// What one program finds in so many parts without being disturbed.
fn undisturbed(name: &str, program: &str, parts: usize) -> String {
    let folder = folder(name);
    let ran = run_to(&folder, program, parts, &[]);
    good(&ran);
    assert!(ran.out.lines().count() > 50, "{}", ran.out.lines().count());
    ran.out
}

#[test]
fn what_was_kept_goes_on_under_every_later_program() {
    let by_part = format!(
        "(id < {PART} and amount > 900) or (id >= {PART} and id < {} and amount > 950) or (id >= {} and amount > 800)",
        3 * PART,
        3 * PART
    );
    let expected = undisturbed("changes-kept-expected", &pair(&by_part, "700ms"), 4);
    for (at, memory) in ["1GB", "20kB"].into_iter().enumerate() {
        let folder = folder(&format!("changes-kept-{at}"));
        let go_on = |large: &str, parts, policy| {
            let ran =
                run_to(&folder, &pair(large, "700ms"), parts, &["--memory", memory, "--on-change", policy]);
            good(&ran);
            ran.out
        };
        let mut found = go_on("amount > 900", 1, "refuse");
        found += &go_on("amount > 950", 2, "keep");
        // Records that nobody has touched since are still those of the first program.
        found += &go_on("amount > 950", 3, "refuse");
        found += &go_on("amount > 800", 4, "keep");
        assert!(found == expected, "{memory}");
    }
}

#[test]
fn what_was_dropped_never_comes_back() {
    let folder = folder("changes-dropped");
    let (first, other) = (pair("amount > 900", "700ms"), pair("amount > 900", "650ms"));
    good(&run_to(&folder, &first, 1, &[]));
    bad(&run_to(&folder, &other, 1, &["--on-change", "keep"]), 1, &["in flight of `pair`", "windows"]);
    good(&run_to(&folder, &other, 1, &["--on-change", "reset"]));
    good(&run_to(&folder, &first, 1, &["--on-change", "reset"]));
    let shown = cep(&folder, &["state", "inspect", "--namespace", "p", "--store", "disk:st"]);
    assert_eq!(shown.out.lines().count(), 1, "{}", shown.out);
    let rest = run_to(&folder, &first, 2, &[]);
    good(&rest);
    let is_new = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        line["small"].as_u64().unwrap() >= PART as u64 - 1
    };
    assert!(rest.out.lines().count() > 10 && rest.out.lines().all(is_new), "{}", rest.out);
}

#[test]
fn going_back_to_an_earlier_program_is_a_change_like_any_other() {
    let folder = folder("changes-back");
    let (first, other) = (pair("amount > 900", "700ms"), pair("amount > 950", "700ms"));
    good(&run_to(&folder, &first, 1, &[]));
    good(&run_to(&folder, &other, 2, &["--on-change", "keep"]));
    bad(&run_to(&folder, &first, 2, &[]), 1, &["in flight of `pair`", "conditions"]);
    good(&run_to(&folder, &first, 3, &["--on-change", "keep"]));
}

#[test]
fn a_pattern_that_comes_takes_nothing_from_those_that_are_there() {
    let folder = folder("changes-more");
    let program = pair("amount > 900", "700ms");
    let expected = undisturbed("changes-more-expected", &program, 2);
    // It reads a column of captured events that the first does not.
    let more = program.clone()
        + "pattern rising on pay by card { begin a next b where amount > 4 * a.amount within 20ms emit r { id: a.id } }";
    let mut found = run_to(&folder, &program, 1, &["--only", "pairs"]).out;
    let ran = run_to(&folder, &more, 2, &["--only", "pairs"]);
    good(&ran);
    found += &ran.out;
    assert!(found == expected);
    bad(&run_to(&folder, &program, 2, &[]), 1, &["in flight of `rising`", "no more there"]);
}

fn with_state(name: &str) -> PathBuf {
    let folder = folder(name);
    good(&run_to(
        &folder,
        &pair("amount > big", "700ms").replace(STREAM, &format!("{STREAM}param big: float\n")),
        1,
        &["-p", "big=900"],
    ));
    folder
}

#[test]
fn a_plan_tells_what_becomes_of_each_pattern() {
    let folder = folder("changes-plan");
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
    let second = "pattern single on pay by id { begin a where amount > 999 }\n";
    write("old.cep", &(pair("amount > 900", "700ms") + second));
    write("same.cep", &(pair("amount > 900", "700ms").replace("large: large.id", "last: large.id") + second));
    write(
        "conditions.cep",
        &(pair("amount > 950", "700ms") + "pattern more on pay { begin a where amount > 999 }\n"),
    );
    write("window.cep", &(pair("amount > 900", "800ms") + second));
    let plan = |new: &str, args: &[&str]| cep(&folder, &[&["plan", "old.cep", new], args].concat());
    let same = plan("same.cep", &[]);
    assert_eq!((same.code, same.out.as_str()), (Some(0), "pair is unchanged\nsingle is unchanged\n"));
    let refused = plan("conditions.cep", &[]);
    assert_eq!(refused.code, Some(4), "{}", refused.err);
    assert!(
        refused.out.contains("pair would lose its partial matches, and is refused: its conditions"),
        "{}",
        refused.out
    );
    assert!(
        refused.out.contains("more is new\n") && refused.out.contains("single would lose"),
        "{}",
        refused.out
    );
    let kept = plan("conditions.cep", &["--on-change", "keep", "--json"]);
    let lines: Vec<serde_json::Value> =
        kept.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let fates: Vec<_> = lines.iter().map(|line| line["fate"].as_str().unwrap()).collect();
    assert_eq!((kept.code, fates), (Some(4), vec!["kept", "new", "refused"]));
    assert_eq!(plan("window.cep", &["--on-change", "keep"]).code, Some(4));
    let dropped = plan("window.cep", &["--on-change", "reset"]);
    assert!(dropped.out.starts_with("pair loses its partial matches: its stages"), "{}", dropped.out);
    assert_eq!(dropped.code, Some(4));
    bad(&cep(&folder, &["plan", "old.cep"]), 2, &["one pattern file is no change"]);
}

#[test]
fn a_plan_over_state_counts_what_is_in_flight() {
    let folder = with_state("changes-counted");
    let shown = cep(&folder, &["state", "inspect", "--namespace", "p", "--store", "disk:st"]);
    let total = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["total"].as_u64();
    let held: u64 = shown.out.lines().filter_map(total).sum();
    assert!(held > 50, "{}", shown.err);
    let args = ["plan", "p.cep", "--store", "disk:st", "-p", "big=900"];
    let same = cep(&folder, &args);
    assert_eq!((same.code, same.out), (Some(0), format!("pair is unchanged ({held} in flight)\n")));
    let other =
        cep(&folder, &["plan", "p.cep", "--store", "disk:st", "-p", "big=901", "--on-change", "keep"]);
    assert_eq!(other.code, Some(0));
    assert!(other.out.contains("keeps its partial matches: its conditions have changed"), "{}", other.out);
    assert!(other.out.contains(&format!("({held} in flight)")), "{}", other.out);
    // Once all windows are over, nothing is lost by dropping what there is.
    let end = ["run", "p.cep", "pay.csv", "-q", "--store", "disk:st", "--resume", "-p", "big=900"];
    good(&cep(&folder, &end));
    fs::write(folder.join("p.cep"), pair("amount > 1", "1s")).unwrap();
    let drained = cep(&folder, &["plan", "p.cep", "--store", "disk:st", "--on-change", "reset"]);
    assert_eq!(drained.code, Some(0));
    assert!(drained.out.contains("(0 in flight)"), "{}", drained.out);
    bad(&cep(&folder, &["plan", "p.cep", "--store", "disk:st", "--namespace", "x"]), 1, &["no such state"]);
}

#[test]
fn state_is_looked_at_with_the_text_that_is_kept_with_it() {
    let folder = with_state("changes-text");
    let with_file = ["state", "inspect", "p.cep", "--store", "disk:st", "-p", "big=900"];
    let expected = cep(&folder, &with_file);
    good(&expected);
    fs::remove_file(folder.join("p.cep")).unwrap();
    let shown = cep(&folder, &["state", "inspect", "--namespace", "p", "--store", "disk:st"]);
    good(&shown);
    assert_eq!(shown.out, expected.out);
}

//! `cep test` through the real binary: recorded events and small streams, what is accepted, coverage, JUnit.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod command;

use std::fs;
use std::path::{Path, PathBuf};

use command::{cep, folder};

const PATTERNS: &str = "\
stream txn { card: string  amount: float  ts: timestamp } key card time ts

pattern tested on txn by card {
  begin small times 2 where amount < 1
  followed by mid optional where amount > 1 and amount < 5
  followed by large where amount > 500
  within 10m
  after match skip past last event
  on timeout emit missed { card: small.card }
}
";

const SHEET: &str = "\
// Small payments, then a large one.
step 1m
event s: txn { card: \"c1\", amount: 0.5 }
event l: txn { card: \"c1\", amount: 900 }
event o: txn { card: \"c2\", amount: 900 }

test \"two small ones\"
s1 s2 l1 -> {s1 s2 l1}
test \"another card\"
tested: s1 s2 o1 -> timeout {s1 s2} timeout {s2}
s1 s2 l1@12m -> timeout {s2} timeout {s1 s2}
";

const EVENTS: &str = "\
{\"card\":\"c1\",\"amount\":0.5,\"ts\":1000}
{\"card\":\"c1\",\"amount\":0.5,\"ts\":2000}
{\"card\":\"c1\",\"amount\":900,\"ts\":3000}
";

fn with(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = folder(name);
    for (file, text) in files {
        fs::write(folder.join(file), text).unwrap();
    }
    folder
}

fn text(folder: &Path, file: &str) -> String {
    fs::read_to_string(folder.join(file)).unwrap()
}

#[test]
fn small_streams_are_tested_each_by_itself() {
    let folder = with("test-sheet", &[("card.cep", PATTERNS), ("card.test", SHEET)]);
    let ran = cep(&folder, &["test"]);
    let expected = "\
ok        card.test:8: two small ones
ok        card.test:10: another card
ok        card.test:11: another card
3 passed
";
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), expected, ""));
}

#[test]
fn a_difference_is_shown_and_accepted_where_asked_for() {
    let wrong = SHEET.replace("l1 -> {s1 s2 l1}", "l1 -> {s1 l1} {s1 s2 l1} // one");
    let folder = with("test-accept", &[("card.cep", PATTERNS), ("card.test", &wrong)]);
    let ran = cep(&folder, &["test", "card.test"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(3), ""));
    let shown = "\
FAILED    card.test:8: two small ones
    - {s1 l1}
      {s1 s2 l1}
";
    assert!(ran.out.starts_with(shown), "{}", ran.out);
    assert!(ran.out.ends_with("2 passed, 1 failed\n"), "{}", ran.out);
    let accepted = cep(&folder, &["test", "--accept"]);
    assert_eq!((accepted.code, accepted.err.as_str()), (Some(0), ""));
    assert!(accepted.out.ends_with("2 passed, 1 accepted\n"), "{}", accepted.out);
    assert!(text(&folder, "card.test").contains("\ns1 s2 l1 -> {s1 s2 l1}  // one\n"));
    assert_eq!(cep(&folder, &["test"]).code, Some(0));
}

#[test]
fn recorded_events_are_compared_with_their_snapshot() {
    let folder = with("test-snap", &[("card.cep", PATTERNS), ("card.events.jsonl", EVENTS)]);
    let none = cep(&folder, &["test"]);
    assert_eq!(none.code, Some(3));
    assert!(none.out.contains("there is no snapshot: `cep test --accept` writes it"), "{}", none.out);
    let accepted = cep(&folder, &["test", "--accept"]);
    assert_eq!((accepted.code, accepted.out.lines().last()), (Some(0), Some("0 passed, 1 accepted")));
    let snapshot = text(&folder, "card.snap");
    assert_eq!(snapshot.lines().count(), 1);
    let run = cep(&folder, &["run", "card.cep", "txn=card.events.jsonl", "-o", "jsonl", "-q"]);
    assert_eq!(run.out, snapshot);
    assert_eq!(cep(&folder, &["test"]).code, Some(0));
    fs::write(folder.join("card.snap"), "").unwrap();
    let differs = cep(&folder, &["test"]);
    assert_eq!(differs.code, Some(3));
    assert!(differs.out.contains("\n    + {\"pattern\":\"tested\""), "{}", differs.out);
}

#[test]
fn coverage_names_what_no_test_took() {
    let folder = with("test-coverage", &[("card.cep", PATTERNS), ("card.test", SHEET)]);
    let ran = cep(&folder, &["test", "--coverage"]);
    let expected = "\
coverage  card.cep: 7 of 10
    never taken in `tested`: stage `mid`
    never taken in `tested`: `mid` after `small`
    never taken in `tested`: `large` after `mid`
3 passed
";
    assert!(ran.out.ends_with(expected), "{}", ran.out);
    let more = format!("{SHEET}event m: txn {{ card: \"c1\", amount: 3 }}\ns1 s2 m1 l1 -> {{s1 s2 m1 l1}}\n");
    fs::write(folder.join("card.test"), more).unwrap();
    let all = cep(&folder, &["test", "--coverage"]);
    assert!(all.out.contains("coverage  card.cep: 10 of 10\n"), "{}", all.out);
}

#[test]
fn what_cannot_be_run_is_broken_and_not_passed() {
    let sheet = "event s: txn { card: \"c1\", amont: 1 }\ns1 -> none\nnobody: s1 -> none\n";
    let folder = with(
        "test-broken",
        &[("card.cep", PATTERNS), ("card.test", sheet), ("wrong.cep", "stream"), ("wrong.test", "x")],
    );
    let ran = cep(&folder, &["test"]);
    assert_eq!(ran.code, Some(3));
    assert!(ran.out.contains("`amont` is not a field of `txn`"), "{}", ran.out);
    assert!(ran.out.contains("there is no pattern `nobody`"), "{}", ran.out);
    assert!(ran.out.contains("BROKEN    wrong.cep: check"), "{}", ran.out);
    assert!(ran.out.ends_with("0 passed, 3 broken\n"), "{}", ran.out);
    let empty = with("test-none", &[("card.cep", PATTERNS)]);
    let nothing = cep(&empty, &["test"]);
    assert_eq!((nothing.code, nothing.out.as_str()), (Some(2), ""));
    assert!(nothing.err.starts_with("error: there are no tests\n"), "{}", nothing.err);
    assert_eq!(cep(&empty, &["test", "nowhere.cep"]).code, Some(2));
}

#[test]
fn parameters_are_set_on_the_command_line_and_known() {
    let patterns = format!("param big: float = 500\n{}", PATTERNS.replace("> 500", "> big"));
    let folder = with("test-params", &[("card.cep", &patterns), ("card.test", SHEET)]);
    assert_eq!(cep(&folder, &["test"]).code, Some(0));
    assert_eq!(cep(&folder, &["test", "-p", "big=5000"]).code, Some(3));
    let unknown = cep(&folder, &["test", "-p", "bigg=1"]);
    assert_eq!((unknown.code, unknown.out.as_str()), (Some(2), ""));
    let said = "error: no pattern file has a parameter `bigg`\n  = help: did you mean `big`?\n";
    assert_eq!(unknown.err, said);
}

#[test]
fn the_result_is_written_for_build_servers() {
    let wrong = SHEET.replace("o1 -> timeout {s1 s2} timeout {s2}", "o1 -> timeout {s1 s2}");
    let folder = with("test-junit", &[("card.cep", PATTERNS), ("card.test", &wrong)]);
    let ran = cep(&folder, &["test", "--junit", "result.xml"]);
    assert_eq!(ran.code, Some(3));
    let xml = text(&folder, "result.xml");
    assert!(xml.contains("<testsuite name=\"card.cep\" tests=\"3\" failures=\"1\" errors=\"0\">"), "{xml}");
    assert!(xml.contains("<testcase name=\"two small ones\" classname=\"card.test:8\"/>"), "{xml}");
    assert!(xml.contains("+ timeout {s2}\n</failure>"), "{xml}");
}

#[test]
fn several_streams_have_a_file_each_and_events_of_both_make_small_streams() {
    let patterns = "\
stream orders { id: string  ts: timestamp } key id time ts
stream payments { id: string  ts: timestamp } key id time ts

pattern paid on orders by id, payments by id {
  begin order: orders
  followed by pay: payments
  within 1h
}
";
    let sheet = "event o: orders { id: \"1\" }\nevent p: payments { id: \"1\" }\nevent x: payments { id: \"2\" }\n\
                 o1 x1 p1 -> {o1 p1}\np1 o1 -> none\n";
    let (orders, payments) = ("id,ts\n1,1000\n", "{\"id\":\"1\",\"ts\":2000}\n");
    let files = [
        ("paid.cep", patterns),
        ("paid.test", sheet),
        ("paid.orders.events.csv", orders),
        ("paid.payments.events.jsonl", payments),
    ];
    let folder = with("test-streams", &files);
    let ran = cep(&folder, &["test", "--accept"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
    assert_eq!(text(&folder, "paid.snap").lines().count(), 1);
    assert_eq!(cep(&folder, &["test", "paid.payments.events.jsonl"]).out.lines().last(), Some("3 passed"));
}

#[test]
fn the_page_about_tests_tells_the_truth() {
    let page = fs::read_to_string(command::root().join("docs/testing.md")).unwrap();
    let block = |start: &str| page.split_once(start).unwrap().1.split_once("```").unwrap().0.to_owned();
    let (patterns, sheet) = (block("```cep\n"), block("```text\n// fraud.test\n"));
    let folder = with("test-page", &[("fraud.cep", &patterns), ("fraud.test", &sheet)]);
    let ran = cep(&folder, &["test", "--coverage"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
    let told = block("```text\ncoverage");
    assert!(ran.out.contains(&format!("coverage{told}")), "{}", ran.out);
}

//! State that moves from store to store, and runs that go on from the copy: what they write is what one run writes.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod command;

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use cep_redis_testkit::Server;
use command::{Ran, cep, command, folder, sorted};

const PATTERNS: &str = "\
stream pay { id: int  card: string  amount: float  ts: timestamp } key card time ts lateness 10ms

pattern tested on pay by card {
  begin small where amount < 50
  followed by large where amount > 900
  within 400ms
  emit fraud { card: small.card, small: small.id, large: large.id }
}
";

const ROWS: usize = 12_000;

fn rows(from: usize, to: usize) -> String {
    let mut text = String::new();
    for id in from..to {
        let mixed = (id as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
        let (card, amount) = (mixed % 200, mixed / 200 % 1_000);
        writeln!(text, "{id},c{card},{amount},{}", 1_000 + id / 10 - (id / 10).min(id % 3)).unwrap();
    }
    text
}

const HEADER: &str = "id,card,amount,ts\n";

fn with_patterns(name: &str) -> PathBuf {
    let folder = folder(name);
    fs::write(folder.join("p.cep"), PATTERNS).unwrap();
    folder
}

#[track_caller]
fn good(ran: &Ran) {
    assert_eq!(ran.code, Some(0), "{}", ran.err);
}

#[track_caller]
fn bad(ran: &Ran, says: &[&str]) {
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    says.iter().for_each(|said| assert!(ran.err.contains(said), "`{said}` is not in: {}", ran.err));
}

/// Goes on over so many rows with the state in a store, into one sink.
#[track_caller]
fn run_to(folder: &Path, rows_to: usize, store: &str, args: &[&str]) {
    fs::write(folder.join("pay.csv"), HEADER.to_owned() + &rows(0, rows_to)).unwrap();
    let common = ["run", "p.cep", "pay.csv", "-q", "--resume", "--sink", "out.jsonl", "--store", store];
    good(&cep(folder, &[&common, args].concat()));
}

fn check_found(folder: &Path) {
    let plain = cep(folder, &["run", "p.cep", "pay.csv", "-q", "-o", "jsonl"]);
    good(&plain);
    assert!(plain.out.lines().count() > 100);
    let found = fs::read_to_string(folder.join("out.jsonl")).unwrap();
    assert!(sorted(&found) == sorted(&plain.out));
}

#[test]
fn a_run_goes_on_from_a_copy_wherever_it_is() {
    let folder = with_patterns("moving-on");
    let server = Server::start();
    let url = server.url();
    run_to(&folder, 3_000, "disk:one", &["--pause"]);
    let exported = cep(&folder, &["state", "export", "p", "p.state", "--store", "disk:one"]);
    good(&exported);
    assert!(exported.err.starts_with("exported p: "), "{}", exported.err);
    good(&cep(&folder, &["state", "import", "p", "p.state", "--store", &url]));
    let inspect = |store: &str| {
        let shown = cep(&folder, &["state", "inspect", "--namespace", "p", "--store", store]);
        good(&shown);
        shown.out
    };
    assert_eq!(inspect(&url), inspect("disk:one"));
    run_to(&folder, 6_000, &url, &["--pause"]);
    good(&cep(&folder, &["state", "copy", "p", "--from", &url, "--to", "disk:two"]));
    run_to(&folder, 9_000, "disk:two", &["--pause", "--memory", "20kB"]);
    good(&cep(&folder, &["state", "copy", "p", "--from", "disk:two", "--to", &url, "--replace"]));
    run_to(&folder, ROWS, &url, &[]);
    check_found(&folder);
}

#[test]
fn state_of_many_groups_goes_into_a_folder_and_back() {
    let folder = with_patterns("moving-groups");
    let server = Server::start();
    let url = server.url();
    run_to(&folder, 5_000, &url, &["--pause"]);
    good(&cep(&folder, &["state", "copy", "p", "--from", &url, "--to", "disk:one"]));
    run_to(&folder, 8_000, "disk:one", &["--pause"]);
    good(&cep(&folder, &["state", "copy", "p", "--from", "disk:one", "--to", &url, "--as", "q"]));
    run_to(&folder, ROWS, &url, &["--namespace", "q"]);
    check_found(&folder);
}

#[test]
fn nothing_is_written_over_unless_that_is_wanted() {
    let folder = with_patterns("moving-over");
    run_to(&folder, 2_000, "disk:one", &["--pause"]);
    let export = ["state", "export", "p", "p.state", "--store", "disk:one"];
    good(&cep(&folder, &export));
    let first = fs::read(folder.join("p.state")).unwrap();
    run_to(&folder, 4_000, "disk:one", &["--pause"]);
    bad(&cep(&folder, &export), &["`p.state` is there already", "--replace"]);
    assert_eq!(fs::read(folder.join("p.state")).unwrap(), first);
    bad(
        &cep(&folder, &["state", "import", "p", "p.state", "--store", "disk:one"]),
        &["state of that name", "--replace"],
    );
    bad(&cep(&folder, &["state", "export", "x", "x.state", "--store", "disk:one"]), &["no such state"]);
    assert!(!folder.join("x.state").exists() && !folder.join("x.state.new").exists());
    let rows_read = || {
        let shown = cep(&folder, &["state", "inspect", "p.cep", "--store", "disk:one"]).out;
        serde_json::from_str::<serde_json::Value>(shown.lines().next().unwrap()).unwrap()["rows_read"]["pay=pay.csv"].as_u64()
    };
    assert_eq!(rows_read(), Some(4_000));
    good(&cep(&folder, &["state", "import", "p", "p.state", "--store", "disk:one", "--replace"]));
    assert_eq!(rows_read(), Some(2_000));
    good(&cep(&folder, &[&export[..], &["--replace"]].concat()));
}

#[test]
fn a_file_that_is_not_as_it_was_written_changes_nothing() {
    let folder = with_patterns("moving-broken");
    run_to(&folder, 3_000, "disk:one", &["--pause"]);
    good(&cep(&folder, &["state", "export", "p", "p.state", "--store", "disk:one"]));
    let whole = fs::read(folder.join("p.state")).unwrap();
    let import = |bytes: &[u8]| {
        fs::write(folder.join("broken.state"), bytes).unwrap();
        cep(&folder, &["state", "import", "p", "broken.state", "--store", "disk:one", "--replace"])
    };
    let before = cep(&folder, &["state", "inspect", "p.cep", "--store", "disk:one"]).out;
    for at in [13, 17, 40, whole.len() / 2, whole.len() - 1] {
        let mut broken = whole.clone();
        broken[at] ^= 1;
        bad(&import(&broken), &["is not as it was written"]);
        bad(&import(&whole[..at]), &["it ends too early"]);
    }
    bad(&import(b"id,card\n1,2\n"), &["is no exported state"]);
    let mut newer = whole.clone();
    newer[8] = 9;
    bad(&import(&newer), &["has format 9"]);
    assert_eq!(cep(&folder, &["state", "inspect", "p.cep", "--store", "disk:one"]).out, before);
}

#[test]
fn state_is_not_copied_onto_itself() {
    let folder = with_patterns("moving-itself");
    let server = Server::start();
    run_to(&folder, 3_000, &server.url(), &["--pause"]);
    let other_way = server.url().replace("127.0.0.1", "localhost");
    let copied =
        cep(&folder, &["state", "copy", "p", "--from", &server.url(), "--to", &other_way, "--replace"]);
    bad(&copied, &["onto itself", "--as"]);
    good(&cep(&folder, &["state", "copy", "p", "--from", &server.url(), "--to", &other_way, "--as", "q"]));
    assert_eq!(cep(&folder, &["state", "ls", "--store", &server.url()]).out, "p\nq\n");
    run_to(&folder, ROWS, &server.url(), &[]);
    check_found(&folder);
}

#[test]
fn an_owner_of_the_original_cannot_write_to_what_is_in_its_place() {
    let folder = with_patterns("moving-owner");
    let server = Server::start();
    let url = server.url();
    let args = ["run", "p.cep", "pay=-", "-q", "--store", &url, "--commit-every", "100"];
    let mut old = command(&folder, &args);
    old.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut old = old.spawn().unwrap();
    let mut input = old.stdin.take().unwrap();
    input.write_all((HEADER.to_owned() + &rows(0, 1_000)).as_bytes()).unwrap();
    let inspect = || cep(&folder, &["state", "inspect", "p.cep", "--store", &url]).out;
    let started = Instant::now();
    while !inspect().starts_with("{\"rows_read\":{\"pay=-\":1000}") {
        assert!(started.elapsed() < Duration::from_secs(60), "not all is committed: {}", inspect());
        thread::sleep(Duration::from_millis(10));
    }
    // What was found may still be on its way out of the store: then it is said to be written to.
    let export = || cep(&folder, &["state", "export", "p", "p.state", "--store", &url, "--replace"]);
    while export().code != Some(0) {
        assert!(started.elapsed() < Duration::from_secs(60), "{}", export().err);
        thread::sleep(Duration::from_millis(10));
    }
    good(&cep(&folder, &["state", "import", "p", "p.state", "--store", &url, "--replace"]));
    let state = inspect();
    // It may be gone before it has read all of this.
    drop(input.write_all(rows(1_000, 3_000).as_bytes()));
    drop(input);
    let old = old.wait_with_output().unwrap();
    assert_eq!(old.status.code(), Some(1), "{}", String::from_utf8_lossy(&old.stderr));
    assert_eq!(inspect(), state);
}

//! Patterns that change while a run is at work: over standard input and files, without a store and with each, with mistakes
//! in between, and killed in the middle. What is found is compared with one run that nobody disturbed.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod command;

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use cep_redis_testkit::Server;
use command::{cep, command, folder, sorted};

const PART: usize = 3_000;

const STREAM: &str =
    "stream pay { id: int  card: string  amount: float  ts: timestamp } key card time ts\n\n";

fn pair(large: &str) -> String {
    format!(
        "{STREAM}pattern pair on pay by card {{
  begin small where amount < 50
  followed by large where {large}
  within 700ms
  emit pairs {{ card: small.card, small: small.id, large: large.id }}
}}
"
    )
}

/// The rows of a part. The last match of each is of its two rows before the last, which lets time pass them.
fn rows(part: usize) -> String {
    let mut text = String::new();
    for id in part * PART..(part + 1) * PART {
        let mixed = (id as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
        let (card, amount) = (format!("c{}", mixed % 300), mixed / 300 % 1_000);
        let time = 1_000 + id / 10 + part * 30;
        let (card, amount, time) = match PART - id % PART {
            3 => ("end".to_owned(), 1, time),
            2 => ("end".to_owned(), 999, time + 5),
            1 => ("last".to_owned(), 500, time + 30),
            _ => (card, amount, time),
        };
        writeln!(text, "{id},{card},{amount},{time}").unwrap();
    }
    text
}

const HEADER: &str = "id,card,amount,ts\n";

/// A run that reads what it is given, and changes its patterns.
struct Watching {
    child: Child,
    input: Option<ChildStdin>,
    out: Arc<Mutex<String>>,
    err: Arc<Mutex<String>>,
}

impl Watching {
    fn start(folder: &Path, input: &str, args: &[&str]) -> Self {
        let common = ["run", "p.cep", input, "-q", "--watch", "--commit-every", "20ms"];
        let mut child = command(folder, &[&common, args].concat());
        child.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = child.spawn().unwrap();
        let (out, err) = (gather(child.stdout.take().unwrap()), gather(child.stderr.take().unwrap()));
        Self { input: child.stdin.take(), child, out, err }
    }

    fn give(&mut self, text: &str) {
        self.input.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
    }

    #[track_caller]
    fn wait(&mut self, what: &str, is_there: impl Fn(&str, &str) -> bool) {
        let started = Instant::now();
        loop {
            let (out, err) = (self.out.lock().unwrap().clone(), self.err.lock().unwrap().clone());
            if is_there(&out, &err) {
                return;
            }
            assert!(started.elapsed() < Duration::from_secs(120), "no {what}: {err}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for the last match of a part.
    #[track_caller]
    fn wait_for_part(&mut self, part: usize) {
        let last = format!("\"large\":{}", (part + 1) * PART - 2);
        self.wait("last match", |out, _| out.contains(&last));
    }

    #[track_caller]
    fn wait_to_hear(&mut self, said: &str) {
        self.wait(said, |_, err| err.contains(said));
    }

    /// Gives no more, and waits for the end.
    fn end(mut self) -> (Option<i32>, String, String) {
        drop(self.input.take());
        let code = self.child.wait().unwrap().code();
        // Both threads end with the process's output.
        while Arc::strong_count(&self.out) > 1 || Arc::strong_count(&self.err) > 1 {
            thread::sleep(Duration::from_millis(1));
        }
        let text = |shared: &Mutex<String>| shared.lock().unwrap().clone();
        (code, text(&self.out), text(&self.err))
    }
}

fn gather(mut from: impl std::io::Read + Send + 'static) -> Arc<Mutex<String>> {
    let text = Arc::new(Mutex::new(String::new()));
    let shared = Arc::clone(&text);
    thread::spawn(move || {
        let mut chunk = [0; 4096];
        while let Ok(read) = from.read(&mut chunk)
            && read > 0
        {
            shared.lock().unwrap().push_str(std::str::from_utf8(&chunk[..read]).unwrap());
        }
    });
    text
}

fn write(folder: &Path, program: &str) {
    // In one step, as an editor does that is careful.
    fs::write(folder.join("new.cep"), program).unwrap();
    fs::rename(folder.join("new.cep"), folder.join("p.cep")).unwrap();
}

/// What one run finds whose conditions ask which part a row is of: that which ends a match, or that which began it.
fn expected(name: &str, id: &str) -> String {
    let folder = folder(name);
    let third = 2 * PART;
    let by_part = format!(
        "({id} < {PART} and amount > 900) or ({id} >= {PART} and {id} < {third} and amount > 950) or ({id} >= {third} and amount > 800)"
    );
    fs::write(folder.join("p.cep"), pair(&by_part)).unwrap();
    fs::write(folder.join("pay.csv"), HEADER.to_owned() + &rows(0) + &rows(1) + &rows(2)).unwrap();
    let ran = cep(&folder, &["run", "p.cep", "pay.csv", "-q", "-o", "jsonl"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.lines().count() > 50);
    ran.out
}

fn changes_over_stdin(name: &str, store: &[&str]) {
    let folder = folder(name);
    write(&folder, &pair("amount > 900"));
    let args = [&["--on-change", "keep"], store].concat();
    let mut run = Watching::start(&folder, "pay=-", &args);
    run.give(HEADER);
    run.give(&rows(0));
    run.wait_for_part(0);
    write(&folder, &pair("amount > nine"));
    run.wait_to_hear("the run goes on with those it had");
    write(&folder, &pair("amount > 950").replace("700ms", "600ms"));
    run.wait_to_hear("in flight of `pair`");
    write(&folder, &pair("amount > 950"));
    run.wait_to_hear("the patterns have changed: pair keeps its partial matches\n");
    run.give(&rows(1));
    run.wait_for_part(1);
    let more = "\npattern more on pay by card { begin a where amount < 0 }\n";
    write(&folder, &(pair("amount > 800") + more));
    run.wait_to_hear("pair keeps its partial matches, more is new\n");
    run.give(&rows(2));
    let (code, out, err) = run.end();
    assert_eq!(code, Some(0), "{err}");
    assert!(err.contains("error"), "the mistake is shown: {err}");
    assert!(sorted(&out) == sorted(&expected(&format!("{name}-expected"), "id")), "{err}");
}

#[test]
fn patterns_change_while_standard_input_is_read_without_a_store() {
    changes_over_stdin("watching-none", &[]);
}

#[test]
fn patterns_change_over_disk() {
    changes_over_stdin("watching-disk", &["--store", "disk:st", "--memory", "20kB"]);
}

#[test]
fn patterns_change_over_redis() {
    let server = Server::start();
    changes_over_stdin("watching-redis", &["--store", &server.url()]);
}

/// What began before a change ends by what held then.
fn patterns_run_out(name: &str, store: &[&str]) {
    let folder = folder(name);
    write(&folder, &pair("amount > 900"));
    let args = [&["--on-change", "drain"], store].concat();
    let mut run = Watching::start(&folder, "pay=-", &args);
    run.give(HEADER);
    for (part, large) in ["amount > 950", "amount > 800"].into_iter().enumerate() {
        run.give(&rows(part));
        run.wait_for_part(part);
        write(&folder, &pair(large));
        let version = part + 1;
        run.wait_to_hear(&format!(
            "what is in flight of pair runs out by its old rules, as pair@{version}\n"
        ));
    }
    run.give(&rows(2));
    run.wait_for_part(2);
    write(&folder, &pair("amount > 800").replace("card: small.card", "who: small.card"));
    run.wait_to_hear("pair is unchanged");
    let (code, out, err) = run.end();
    assert_eq!(code, Some(0), "{err}");
    assert!(sorted(&out) == sorted(&expected(&format!("{name}-expected"), "small.id")), "{err}");
}

#[test]
fn patterns_run_out_over_disk() {
    patterns_run_out("watching-out-disk", &["--store", "disk:st", "--memory", "20kB"]);
}

#[test]
fn patterns_run_out_over_redis() {
    let server = Server::start();
    patterns_run_out("watching-out-redis", &["--store", &server.url()]);
}

/// Rounds of a run over one long file, each ended by a kill close to a change that means nothing: what is found at last is as
/// if nothing had happened, so no change was half made.
fn killed_around_changes(name: &str, store: &str, policy: &str) {
    let folder = folder(name);
    let both = ["amount > 900", "900 < amount"];
    write(&folder, &pair(both[0]));
    let text: String = (0..40).map(rows).collect();
    fs::write(folder.join("pay.csv"), HEADER.to_owned() + &text).unwrap();
    let plain = cep(&folder, &["run", "p.cep", "pay.csv", "-q", "-o", "jsonl"]);
    assert_eq!(plain.code, Some(0), "{}", plain.err);
    let args =
        ["--store", store, "--resume", "--sink", "out.jsonl", "--on-change", policy, "--commit-every", "200"];
    for round in 0..12 {
        let common = ["run", "p.cep", "pay.csv", "-q", "--watch"];
        let mut child = command(&folder, &[&common[..], &args].concat());
        let mut child = child.stderr(Stdio::piped()).spawn().unwrap();
        let err = gather(child.stderr.take().unwrap());
        thread::sleep(Duration::from_millis(60));
        write(&folder, &pair(both[(round + 1) % 2]));
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(30) {
            let is_through = child.try_wait().unwrap().is_some();
            let heard = err.lock().unwrap().contains("the patterns have changed");
            // Some are killed before the change, some right after it.
            if is_through
                || heard
                || (round % 3 == 0 && started.elapsed() > Duration::from_millis(400 + 20 * round as u64))
            {
                break;
            }
            thread::sleep(Duration::from_millis(1));
        }
        // It may be through already.
        let _ = child.kill();
        child.wait().unwrap();
    }
    let ran = cep(&folder, &[&["run", "p.cep", "pay.csv", "-q"][..], &args].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let found = fs::read_to_string(folder.join("out.jsonl")).unwrap();
    assert!(sorted(&found) == sorted(&plain.out));
}

#[test]
fn a_run_that_is_killed_around_a_change_goes_on_as_if_nothing_had_happened() {
    killed_around_changes("watching-killed", "disk:st", "keep");
}

#[test]
fn so_does_one_over_redis() {
    let server = Server::start();
    killed_around_changes("watching-killed-redis", &server.url(), "keep");
}

#[test]
fn so_does_one_of_which_patterns_run_out() {
    killed_around_changes("watching-killed-out", "disk:st", "drain");
}

#[test]
fn a_pipe_with_a_name_cannot_be_read_again() {
    let folder = folder("watching-pipe");
    write(&folder, &pair("amount > 900"));
    let made = std::process::Command::new("mkfifo").arg(folder.join("pay.csv")).status().unwrap();
    assert!(made.success());
    let ran = cep(&folder, &["run", "p.cep", "pay.csv", "--watch"]);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert!(ran.err.contains("is a pipe"), "{}", ran.err);
}

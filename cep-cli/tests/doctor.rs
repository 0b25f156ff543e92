//! What the doctor says of real servers and folders, in health and in sickness.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod command;

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use cep_redis_testkit::Server;
use command::{Ran, cep, command, folder};

fn doctor(folder: &Path, store: &str) -> Ran {
    let ran = cep(folder, &["doctor", "--store", store, "--namespace", "n"]);
    assert!(!ran.out.contains("hunter2") && !ran.err.contains("hunter2"), "{}{}", ran.out, ran.err);
    ran
}

#[track_caller]
fn says(ran: &Ran, code: i32, says: &[&str]) {
    assert_eq!(ran.code, Some(code), "{}{}", ran.out, ran.err);
    says.iter().for_each(|said| assert!(ran.out.contains(said), "`{said}` is not in: {}", ran.out));
    let wrong = ran.out.lines().filter(|line| line.starts_with("wrong")).count();
    assert_eq!(wrong, usize::try_from(code).unwrap(), "{}", ran.out);
    // Whatever is not as it should be comes with what to do.
    let bad =
        ran.out.lines().filter(|line| line.starts_with("wrong") || line.starts_with("doubtful")).count();
    assert_eq!(ran.out.matches("  = help: ").count(), bad, "{}", ran.out);
}

#[test]
fn a_server_in_health_has_nothing_wrong() {
    let folder = folder("doctor-good");
    let server = Server::with(&["appendonly", "yes", "appendfsync", "always"]);
    let ran = doctor(&folder, &server.url());
    says(&ran, 0, &["good     name: `127.0.0.1` is 127.0.0.1", "good     network: connected to 127.0.0.1:"]);
    says(
        &ran,
        0,
        &["good     log-in", "version of", "master", "without a limit", "appendfsync always", "300 pings"],
    );
    says(&ran, 0, &["good     state: made, written to, read and removed"]);
    assert!(!ran.out.contains("doubtful durability"), "{}", ran.out);
    assert_eq!(cep(&folder, &["state", "ls", "--store", &server.url()]).out, "", "nothing is left");
}

#[test]
fn what_a_server_does_not_keep_is_doubtful() {
    let folder = folder("doctor-doubtful");
    let server = Server::with(&["appendonly", "no"]);
    says(
        &doctor(&folder, &server.url()),
        0,
        &["doubtful durability of", "loses everything", "appendonly yes"],
    );
}

#[test]
fn a_server_that_is_not_set_up_for_state_is_wrong() {
    let folder = folder("doctor-set-up");
    let evicting = Server::with(&["maxmemory", "100mb", "maxmemory-policy", "allkeys-lru"]);
    says(&doctor(&folder, &evicting.url()), 1, &["wrong    memory of", "allkeys-lru", "noeviction"]);
    let replica = Server::with(&["replicaof", &format!("127.0.0.1 {}", evicting.port)]);
    says(
        &doctor(&folder, &replica.url()),
        1,
        &["wrong    role of", "is a replica", &evicting.port.to_string()],
    );
}

#[test]
fn a_log_in_that_fails_is_told_without_the_password() {
    let folder = folder("doctor-log-in");
    let user = ["user", "small on >hunter2 ~other:* +@connection +info +hello"];
    let server = Server::with(&[&["requirepass", "hunter2-and-more"][..], &user].concat());
    let at = |login: &str| server.url().replace("redis://", &format!("redis://{login}"));
    says(&doctor(&folder, &at("")), 1, &["without a password", "wrong    log-in", "asks for a password"]);
    says(&doctor(&folder, &at(":hunter2@")), 1, &["with a password", "refuses the user or the password"]);
    let small = doctor(&folder, &at("small:hunter2@"));
    says(
        &small,
        1,
        &["user `small`", "good     log-in", "wrong    state", "does not allow the user", "ACL SETUSER"],
    );
}

#[test]
fn what_is_not_there_is_told_apart() {
    let folder = folder("doctor-nobody");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let nobody = doctor(&folder, &format!("redis://me:hunter2@127.0.0.1:{port}"));
    says(&nobody, 1, &["wrong    network: no connection to 127.0.0.1", "start the server"]);
    let nowhere = doctor(&folder, "redis://me:hunter2@no-such-host.invalid");
    says(&nowhere, 1, &["wrong    name: the name `no-such-host.invalid` leads nowhere"]);
    says(&doctor(&folder, "redis://me:hunter2@host:port"), 1, &["wrong    address"]);
    let plain = Server::start();
    let tls = doctor(&folder, &plain.url().replace("redis://", "rediss://"));
    says(&tls, 1, &["with TLS", "good     network", "wrong    TLS and log-in", "rediss://"]);
    let none = cep(&folder, &["doctor", "--store", "postgres://me:hunter2@h"]);
    assert_eq!(none.code, Some(2));
    assert!(!none.err.contains("hunter2"), "{}", none.err);
}

#[test]
fn a_server_that_is_none_is_told() {
    let folder = folder("doctor-stranger");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    // Whoever comes is sent away. The thread ends with the test's process.
    thread::spawn(move || listener.incoming().for_each(drop));
    let ran = doctor(&folder, &format!("redis://127.0.0.1:{port}"));
    says(&ran, 1, &["good     network", "wrong    log-in", "closed the connection"]);
}

#[test]
fn folders_are_looked_at_and_left_as_they_were() {
    let folder = folder("doctor-disk");
    let ran = doctor(&folder, "disk:st");
    says(&ran, 0, &["good     folder: `st` is not there yet", "50 times written through", "GB are free"]);
    assert!(!folder.join("st").exists());
    fs::create_dir(folder.join("st")).unwrap();
    says(
        &doctor(&folder, "disk:st"),
        0,
        &["has no state yet", "good     lock and file", "good     state: made"],
    );
    assert_eq!(cep(&folder, &["state", "ls", "--store", "disk:st"]).out, "");
    let left: Vec<_> =
        fs::read_dir(folder.join("st")).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with("probe")), "{left:?}");
    fs::write(folder.join("file"), "x").unwrap();
    says(&doctor(&folder, "disk:file"), 1, &["wrong    folder: `file` is no folder"]);
    fs::write(folder.join("st/state.redb"), vec![7; 5000]).unwrap();
    says(&doctor(&folder, "disk:st"), 1, &["wrong    lock and file"]);
    says(&cep(&folder, &["doctor", "--store", "memory"]), 0, &["good     memory"]);
}

#[test]
fn a_folder_that_a_run_has_is_told() {
    let folder = folder("doctor-held");
    let patterns = "stream s { a: int  ts: timestamp } time ts\npattern p on s { begin x where a > 0 }\n";
    fs::write(folder.join("p.cep"), patterns).unwrap();
    let mut run = command(&folder, &["run", "p.cep", "s=-", "--store", "disk:st"]);
    let mut run = run.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let input = run.stdin.take();
    let started = Instant::now();
    while fs::read_to_string(folder.join("st/LOCK")).map_or(0, |text| text.len()) == 0 {
        assert!(started.elapsed() < Duration::from_secs(60), "the run does not begin");
        thread::sleep(Duration::from_millis(5));
    }
    says(
        &doctor(&folder, "disk:st"),
        1,
        &["wrong    lock and file", &format!("process {}", run.id()), "end the other one"],
    );
    drop(input);
    run.wait().unwrap();
}

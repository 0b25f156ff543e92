//! Passwords in addresses: in nothing that is said, found, shown or kept.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod command;
mod on_redis;

use std::fs;
use std::path::Path;

use cep_redis_testkit::{Server, free_port};
use command::{cep, folder};
use on_redis::add;

/// The right one, a wrong one, and the name of a user: none of them is to be seen.
const SECRETS: [&str; 3] = ["hunter2-right", "hunter3-wrong", "nobody-known"];

const PATTERNS: &str = "\
stream pay { id: int  card: string  amount: float?  ts: timestamp } key card time ts
stream other { id: int  card: string  ts: timestamp } key card time ts

pattern tested on pay by card {
  begin small where amount < 50
  followed by large where amount > 900
  within 400ms
}
";

/// What a command says, and what it leaves in its folder.
#[track_caller]
fn is_silent(folder: &Path, args: &[&str]) -> command::Ran {
    let ran = cep(folder, args);
    let said = format!("{} {}", ran.out, ran.err);
    let has_secret = |bytes: &[u8]| {
        SECRETS.iter().any(|secret| bytes.windows(secret.len()).any(|window| window == secret.as_bytes()))
    };
    assert!(!has_secret(said.as_bytes()), "{args:?} says: {said}");
    let mut folders = vec![folder.to_owned()];
    while let Some(place) = folders.pop() {
        for entry in fs::read_dir(place).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false if path.file_name().is_some_and(|name| name != "secret.cep") => {
                    assert!(!has_secret(&fs::read(&path).unwrap()), "{}", path.display());
                }
                false => {}
            }
        }
    }
    ran
}

#[test]
fn they_are_told_nowhere() {
    let folder = folder("passwords");
    fs::write(folder.join("p.cep"), PATTERNS).unwrap();
    let server = Server::with_password(SECRETS[0]);
    add(&server, "pay", 0..500);
    let (right, wrong, unknown) = (SECRETS[0], SECRETS[1], SECRETS[2]);
    let at = |login: &str, port: u16, rest: &str| format!("redis://{login}@127.0.0.1:{port}{rest}");
    let (good, port) = (format!(":{right}"), server.port);
    let (store, sink, from) = (at(&good, port, "/0"), at(&good, port, "/found"), at(&good, port, "/pay"));

    // All goes well.
    let ran = is_silent(
        &folder,
        &["run", "p.cep", &from, "--until-end", "--pause", "--resume", "--store", &store, "--sink", &sink],
    );
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    for more in [&["ls"][..], &["inspect", "p.cep"], &["drop", "p"]] {
        let ran = is_silent(&folder, &[&["state"], more, &["--store", &store]].concat());
        assert_eq!(ran.code, Some(0), "{}", ran.err);
    }
    let in_file = PATTERNS.replacen("key card time ts", &format!("key card time ts from \"{from}\""), 1);
    fs::write(folder.join("secret.cep"), in_file).unwrap();
    for args in
        [&["run", "secret.cep", "--until-end"][..], &["explain", "secret.cep"], &["check", "secret.cep"]]
    {
        assert_eq!(is_silent(&folder, args).code, Some(0));
    }

    // Nothing does.
    let closed = free_port();
    let logins = [
        at(&format!(":{wrong}"), port, ""),
        at(&format!("{unknown}:{wrong}"), port, ""),
        format!("redis://127.0.0.1:{port}"),
        format!("rediss://{unknown}:{right}@127.0.0.1:{closed}"),
        format!("redis://{unknown}:{right}@127.0.0.1:port"),
        format!("redis+unix:///nowhere/socket?user={unknown}&pass={right}"),
    ];
    for login in &logins {
        let (from, to) = (format!("pay={login}/pay"), format!("{login}/found"));
        let named = format!("{login}/0");
        for args in [
            &["run", "p.cep", &from, "--until-end", "-o", "counts"][..],
            &["run", "p.cep", "pay.csv", "--store", login],
            &["run", "p.cep", "pay.csv", "--store", "memory", "--sink", &to],
            &["state", "ls", "--store", &named],
        ] {
            fs::write(folder.join("pay.csv"), "id,card,amount,ts\n1,c,7,1\n").unwrap();
            let ran = is_silent(&folder, args);
            assert!(ran.code == Some(1) || ran.code == Some(2), "{args:?}: {}", ran.err);
            assert!(ran.err.contains("= help: "), "{args:?}: {}", ran.err);
        }
    }
    let stray = at(&format!("{unknown}:{right}"), closed, "/x");
    let unread = format!("other={stray}");
    for args in [
        // Streams that are not there, that nothing reads, that cannot be told apart; an address without a stream.
        &["run", "p.cep", &format!("nope={stray}")][..],
        &["run", "p.cep", &from, &unread, "--until-end", "-o", "counts"],
        &["run", "p.cep", &at(&good, port, "/9")],
        &["run", "p.cep", "pay.csv", "--store", &format!("postgres://{unknown}:{right}@h/1")],
    ] {
        is_silent(&folder, args);
    }
}

//! A matcher of two patterns that are told of, and its events.

use cep::{Matcher, Program};
use serde_json::json;

const TEXT: &str = "
stream s { k: string  n: int  ts: timestamp } key k time ts lateness 2ms
stream other { k: string  ts: timestamp } key k time ts
pattern pair on s by k { begin a where n == 1  followed by b where n == 2  within 10ms  emit pair { k: a.k }  on timeout emit lonely { k: a.k } }
pattern both on s by k, other by k { begin a: s where n == 1  followed by b: other  within 100ms }";

pub(crate) fn matcher() -> Matcher {
    Program::parse("p.cep", TEXT).unwrap().matcher()
}

pub(crate) fn push(matcher: &mut Matcher, k: &str, n: i64, ts: i64) {
    matcher.push("s", &json!({ "k": k, "n": n, "ts": ts })).unwrap().for_each(drop);
}

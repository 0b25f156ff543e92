//! The files of a folder to start from: a pattern, recorded events with a snapshot, small streams.

/// The files, each with its text. `name` is that of the pattern file.
#[must_use]
pub fn files(name: &str) -> Vec<(String, String)> {
    vec![
        (format!("{name}.cep"), PATTERNS.replace("{name}", name)),
        (format!("{name}.events.csv"), EVENTS.to_owned()),
        (format!("{name}.snap"), SNAPSHOT.to_owned()),
        (format!("{name}.test"), SMALL_STREAMS.to_owned()),
    ]
}

const PATTERNS: &str = r#"// Three failed log-ins of a user, then one that succeeds, within ten minutes.
//
//   cep check {name}.cep    mistakes, and how to mend them
//   cep run {name}.cep      what is found in {name}.events.csv
//   cep test --coverage     the tests in {name}.test and {name}.snap
//   cep infer FILE          the declaration of your own stream

stream login { user: string  ok: bool  ts: timestamp } key user time ts from "file:{name}.events.csv"

pattern guessed on login by user {
  begin failed times 3 where not ok
  followed by success where ok
  within 10m
  after match skip past last event
  emit guessed { user: success.user, attempts: count(failed), took: success.ts - failed.first.ts }
}
"#;

const EVENTS: &str = "\
user,ok,ts
ann,false,2026-03-01T09:00:00Z
bob,false,2026-03-01T09:00:10Z
ann,false,2026-03-01T09:00:20Z
bob,true,2026-03-01T09:00:40Z
ann,false,2026-03-01T09:01:00Z
ann,true,2026-03-01T09:02:30Z
";

const SNAPSHOT: &str = "\
{\"stream\":\"guessed\",\"pattern\":\"guessed\",\"user\":\"ann\",\"attempts\":3,\"took\":150000,\"ts\":1772355750000}
";

const SMALL_STREAMS: &str = "\
// f1 f2 f3 s1: events a minute apart; behind the arrow the matches, or `none`.
step 1m
event f: login { user: \"ann\", ok: false }
event s: login { user: \"ann\", ok: true }
event o: login { user: \"bob\", ok: true }

test \"three failures, then a success\"
f1 f2 f3 s1 -> {f1 f2 f3 s1}
test \"two failures are not enough\"
f1 f2 s1 -> none
test \"somebody else\"
f1 f2 f3 o1 -> none
test \"too late\"
f1 f2 f3 s1@12m -> none
";

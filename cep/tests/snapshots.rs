//! Matches in snapshot tests, as a user would write one with `insta`. `Debug` of a match has no ids in it, so nothing has to
//! be taken out; who shows ids as well replaces them.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

use cep::{Match, Program};
use serde_json::json;

const PATTERN: &str = "
stream login { user: string  ok: bool  ts: timestamp } key user time ts

pattern guessed on login by user {
  begin wrong times 2 or more greedy where not ok
  next right where ok
  within 1m
  after match skip past last event
  emit guessed { user: right.user, tries: count(wrong) }
}

pattern twice on login by user {
  begin first where ok
  next second where ok
}";

fn found() -> Vec<Match> {
    let login = |ok: bool, ts: i64| json!({ "user": "ann", "ok": ok, "ts": ts });
    let mut matcher = Program::parse("guessed.cep", PATTERN).unwrap().matcher();
    let logins = [login(false, 1_000), login(false, 2_000), login(true, 3_000), login(true, 4_000)];
    let mut found: Vec<_> = matcher.push_all("login", logins).unwrap().collect();
    found.extend(matcher.finish().unwrap());
    found
}

#[test]
fn matches_are_as_pinned() {
    insta::assert_debug_snapshot!(found(), @r#"
    [
        Match {
            pattern: "guessed",
            kind: Complete,
            time: 1970-01-01T00:00:03.000Z,
            key: [
                "ann",
            ],
            records: [
                guessed {
                    user: "ann",
                    tries: 2,
                    ts: 1970-01-01T00:00:03.000Z,
                },
            ],
        },
        Match {
            pattern: "twice",
            kind: Complete,
            time: 1970-01-01T00:00:04.000Z,
            key: [
                "ann",
            ],
            stages: {
                "first": [
                    login {
                        user: "ann",
                        ok: true,
                        ts: 1970-01-01T00:00:03.000Z,
                    },
                ],
                "second": [
                    login {
                        user: "ann",
                        ok: true,
                        ts: 1970-01-01T00:00:04.000Z,
                    },
                ],
            },
        },
    ]
    "#);
}

#[test]
fn ids_are_replaced_where_they_are_shown() {
    let shown: Vec<_> = found().iter().map(|found| format!("{} {}", found.id(), found.pattern())).collect();
    let settings = {
        let mut settings = insta::Settings::clone_current();
        settings.add_filter("[0-9a-f]{32}", "[id]");
        settings
    };
    settings.bind(|| {
        insta::assert_debug_snapshot!(shown, @r#"
        [
            "[id] guessed",
            "[id] twice",
        ]
        "#);
    });
}

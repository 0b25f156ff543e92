//! The file `NAME.test`: kinds of events by letters, and small streams of them with the matches that are expected, in the
//! notation of Flink's documentation. From text to data; runs nothing.
//!
//! ```text
//! step 1m
//! event s: txn { card: "c1", amount: 0.5 }
//! event l: txn { card: "c1", amount: 900 }
//!
//! test "a large payment too late"
//! s1 s2 l1      -> {s1 s2 l1} {s2 l1}
//! s1 l1@12m     -> none
//! ```

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// The time between two events, unless the file says otherwise.
const STEP: i64 = 1_000;

/// A kind of event.
#[derive(Clone, PartialEq, Debug)]
pub struct Kind {
    /// Its stream; none where the program has one only.
    pub stream: Option<String>,
    /// Its fields, the time excepted.
    pub fields: Map<String, Value>,
}

/// An event of a small stream.
#[derive(Clone, PartialEq, Debug)]
pub struct Event {
    /// What the file calls it: `s1`.
    pub label: String,
    /// The kind, by its letters.
    pub kind: String,
    /// Its time in milliseconds.
    pub time: i64,
}

/// A small stream and what is expected of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Case {
    /// The line, from 1.
    pub line: usize,
    /// What it is called.
    pub name: String,
    /// The pattern whose matches count; without one, those of all.
    pub pattern: Option<String>,
    /// The events in order of arrival.
    pub events: Vec<Event>,
    /// The matches expected, as they are written: `{s1 l1}`, `timeout {s1}`.
    pub expected: Vec<String>,
}

/// All of a file.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Sheet {
    /// Parameters of the program, by name, as they would stand on a command line.
    pub params: Vec<(String, String)>,
    /// The kinds of events, by letters.
    pub kinds: BTreeMap<String, Kind>,
    /// The cases.
    pub cases: Vec<Case>,
}

/// What is wrong with a file, and in which line.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct SheetError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

impl Sheet {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// The first line that cannot be read.
    pub fn parse(text: &str) -> Result<Self, SheetError> {
        let mut sheet = Self::default();
        let (mut step, mut title) = (STEP, None);
        for (index, line) in text.lines().enumerate() {
            let at = |what: String| SheetError { line: index + 1, what };
            let line = line.trim();
            if line.is_empty() || line.starts_with("//") {
                continue;
            }
            if let Some((stream, expected)) = split_case(line) {
                let case = sheet.case(stream, expected, step).map_err(at)?;
                let name = title.clone().unwrap_or_else(|| stream.trim().to_owned());
                sheet.cases.push(Case { line: index + 1, name, ..case });
                continue;
            }
            let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            match word {
                "step" => {
                    step =
                        duration(rest).ok_or_else(|| at(format!("`{rest}` is no duration such as `1m`")))?
                }
                "test" => title = Some(rest.trim().trim_matches('"').to_owned()),
                "param" => sheet.params.push(param(rest).map_err(at)?),
                "event" => {
                    let (letters, kind) = event_kind(rest).map_err(at)?;
                    if sheet.kinds.insert(letters.clone(), kind).is_some() {
                        return Err(at(format!("the event `{letters}` is said twice")));
                    }
                }
                _ => {
                    return Err(at(
                        "expected `event`, `test`, `step`, `param`, or a stream with `->`".to_owned()
                    ));
                }
            }
        }
        Ok(sheet)
    }

    fn case(&self, stream: &str, expected: &str, step: i64) -> Result<Case, String> {
        let (pattern, stream) = match stream.split_once(':') {
            Some((name, rest)) => (Some(name.trim().to_owned()), rest),
            None => (None, stream),
        };
        let mut events: Vec<Event> = Vec::new();
        let mut time = 0;
        for word in stream.split_whitespace() {
            let (label, at) = word.split_once('@').unwrap_or((word, ""));
            time = match at {
                "" => time + step,
                at => moment(at, step).ok_or_else(|| format!("`@{at}` is no time: write `@9` or `@12m`"))?,
            };
            if events.iter().any(|event| event.label == label) {
                return Err(format!("there are two events `{label}`: number them, `{label}1 {label}2`"));
            }
            let kind =
                self.kind_of(label).ok_or_else(|| format!("there is no `event {}`", letters(label)))?;
            events.push(Event { label: label.to_owned(), kind, time });
        }
        Ok(Case { line: 0, name: String::new(), pattern, events, expected: matches(expected)? })
    }

    /// The kind of an event: one of its whole name, else of its name without the number at its end.
    fn kind_of(&self, label: &str) -> Option<String> {
        [label, letters(label)].into_iter().find(|name| self.kinds.contains_key(*name)).map(str::to_owned)
    }
}

fn letters(label: &str) -> &str {
    label.trim_end_matches(|c: char| c.is_ascii_digit())
}

/// The stream and what is expected of it, around an arrow outside of quotes.
fn split_case(line: &str) -> Option<(&str, &str)> {
    let first = line.split_whitespace().next()?;
    if matches!(first, "event" | "test" | "param") {
        return None;
    }
    line.split_once("->")
}

/// The expected matches as they are shown, spaces made single.
fn matches(text: &str) -> Result<Vec<String>, String> {
    let text = text.split("//").next().unwrap_or_default().trim();
    if text == "none" {
        return Ok(Vec::new());
    }
    let mut matches = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let wrong = || format!("expected `{{…}}`, `timeout {{…}}` or `none`, found `{rest}`");
        let (prefix, braces) = match rest.strip_prefix("timeout") {
            Some(rest) => ("timeout ", rest.trim_start()),
            None => ("", rest),
        };
        let inner = braces.strip_prefix('{').ok_or_else(wrong)?;
        let (inside, after) = inner.split_once('}').ok_or_else(wrong)?;
        matches.push(format!("{prefix}{{{}}}", inside.split_whitespace().collect::<Vec<_>>().join(" ")));
        rest = after.trim_start();
    }
    if matches.is_empty() {
        Err("nothing is expected: write `none` for no match".to_owned())
    } else {
        Ok(matches)
    }
}

fn param(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write `param NAME = VALUE`")?;
    Ok((name.trim().to_owned(), value.trim().trim_matches('"').to_owned()))
}

/// `s: txn { card: "c1", amount: 0.5 }`
fn event_kind(text: &str) -> Result<(String, Kind), String> {
    let form = "write `event NAME: STREAM { FIELD: VALUE, … }`";
    let (head, fields) = text.split_once('{').ok_or(form)?;
    let fields = fields.trim_end().strip_suffix('}').ok_or(form)?;
    let (letters, stream) = match head.split_once(':') {
        Some((letters, stream)) => (letters.trim(), Some(stream.trim().to_owned())),
        None => (head.trim(), None),
    };
    let named = !letters.is_empty() && letters.chars().all(|c| c.is_alphanumeric() || c == '_');
    if !named || stream.as_ref().is_some_and(|stream| stream.contains(char::is_whitespace)) {
        return Err(form.to_owned());
    }
    Ok((letters.to_owned(), Kind { stream, fields: object(fields)? }))
}

/// `card: "c1", tags: ["a", "b"]`: names without quotes, values as in JSON or, failing that, as texts.
fn object(text: &str) -> Result<Map<String, Value>, String> {
    let mut fields = Map::new();
    for part in parts(text).into_iter().map(str::trim).filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once(':').ok_or_else(|| format!("`{part}` is no `FIELD: VALUE`"))?;
        let value = value.trim();
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
        fields.insert(name.trim().trim_matches(['`', '"']).to_owned(), value);
    }
    Ok(fields)
}

/// The parts between commas that stand in no quotes and no brackets.
fn parts(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth, mut quoted, mut escaped) = (Vec::new(), 0, 0_usize, false, false);
    for (at, c) in text.char_indices() {
        match c {
            '"' if !escaped => quoted = !quoted,
            '[' | '{' if !quoted => depth += 1,
            ']' | '}' if !quoted => depth = depth.saturating_sub(1),
            ',' if !quoted && depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    parts.push(&text[start..]);
    parts
}

/// `9` as so many steps, `12m` as a length of time since the beginning.
fn moment(text: &str, step: i64) -> Option<i64> {
    match text.parse::<i64>() {
        Ok(steps) => steps.checked_mul(step),
        Err(_) => duration(text),
    }
}

/// A duration in milliseconds, as the language writes it.
fn duration(text: &str) -> Option<i64> {
    let compiled = cep_dsl::check("step", &format!("param d: duration = {}", text.trim()));
    match compiled.definitions?.params.pop()?.default? {
        cep_core::event::Value::Duration(length) => Some(length.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_read() {
        let text = "// a comment\nstep 1m\nparam big = 5\nevent s: txn { card: \"a, b\", tags: [1, 2] }\n\
                    test \"late\"\np: s1 s2@12m s@9 -> {s1  s2} timeout {s1} // why\n";
        let sheet = Sheet::parse(text).unwrap();
        assert_eq!(sheet.params, [("big".to_owned(), "5".to_owned())]);
        assert_eq!(sheet.kinds["s"].fields["card"], "a, b");
        let case = &sheet.cases[0];
        assert_eq!((case.line, case.name.as_str(), case.pattern.as_deref()), (6, "late", Some("p")));
        let times: Vec<_> = case.events.iter().map(|event| (event.label.as_str(), event.time)).collect();
        assert_eq!(times, [("s1", 60_000), ("s2", 720_000), ("s", 540_000)]);
        assert_eq!(case.expected, ["{s1 s2}", "timeout {s1}"]);
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        for (text, what) in [
            ("evnt s {}", "line 1: expected `event`"),
            ("\nevent s", "line 2: write `event NAME: STREAM"),
            ("event s {}\ns1 x1 -> none", "line 2: there is no `event x`"),
            ("event s {}\ns s -> none", "line 2: there are two events `s`"),
            ("event s {}\ns1 -> s1", "line 2: expected `{…}`"),
            ("event s {}\ns1 ->", "line 2: nothing is expected"),
            ("step x", "line 1: `x` is no duration"),
            ("event s {}\nevent s {}", "line 2: the event `s` is said twice"),
        ] {
            let error = Sheet::parse(text).unwrap_err().to_string();
            assert!(error.starts_with(what), "{error}");
        }
    }
}

//! A conformance case as it stands in a corpus line, and the reading of corpus files.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde_json::{Map, Value};

/// One line of a corpus.
pub(crate) struct Case {
    json: Map<String, Value>,
}

/// What Flink CEP made of a case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Fate {
    /// It ran to the end.
    Ran,
    /// It was rejected before any event.
    Rejected,
    /// `or fail` stopped it.
    SkipFailed,
}

/// An item of a case's input.
pub(crate) enum Item<'a> {
    Event(&'a Map<String, Value>),
    Watermark(i64),
}

impl Case {
    fn get(&self, field: &str) -> Option<&Value> {
        self.json.get(field).filter(|value| !value.is_null())
    }

    pub(crate) fn name(&self) -> &str {
        self.get("name").and_then(Value::as_str).unwrap_or("(unnamed)")
    }

    /// The pattern as a `.cep` file.
    fn text(&self) -> Option<&str> {
        self.get("cep").and_then(Value::as_str)
    }

    /// Why there is no text that says the same as the pattern.
    pub(crate) fn text_absent(&self) -> &str {
        match self.text() {
            Some(_) => "the text has the window of the last stage, which `within` on the pattern replaces",
            None => self.get("cep_absent").and_then(Value::as_str).unwrap_or("no reason given"),
        }
    }

    /// In Flink a second `within` on the last stage replaces the first; the corpus's printer wrote the lesser of both.
    fn text_has_another_window(&self) -> bool {
        let last = self.pattern()["stages"].as_array().and_then(|stages| stages.last());
        let own = last.and_then(|stage| stage["within_first_last_ms"].as_i64());
        let whole = self.pattern()["within_ms"].as_i64();
        let of_whole = self.pattern()["within_type"].as_str() != Some("previous_and_current");
        of_whole && own.zip(whole).is_some_and(|(own, whole)| own < whole)
    }

    /// The text, where it says the same as the pattern.
    pub(crate) fn faithful_text(&self) -> Option<&str> {
        self.text().filter(|_| !self.text_has_another_window())
    }

    pub(crate) fn pattern(&self) -> &Value {
        &self.json["pattern"]
    }

    /// Whether the case drives Flink's NFA without its operator.
    pub(crate) fn drives_nfa(&self) -> bool {
        self.get("driver").and_then(Value::as_str) == Some("nfa")
    }

    pub(crate) fn is_digest(&self) -> bool {
        self.get("result").and_then(Value::as_str) == Some("digest")
    }

    pub(crate) fn expected(&self) -> &Value {
        &self.json["expected"]
    }

    pub(crate) fn fate(&self) -> Fate {
        match self.expected()["error"]["kind"].as_str() {
            None => Fate::Ran,
            Some("skip") => Fate::SkipFailed,
            Some(_) => Fate::Rejected,
        }
    }

    /// Whether the order of matches counts: under `no skip` it is the engine's own.
    pub(crate) fn is_ordered(&self) -> bool {
        self.pattern()["skip"]["kind"].as_str().is_some_and(|kind| kind != "no_skip")
    }

    pub(crate) fn items(&self) -> Vec<Item<'_>> {
        let items = self.json["events"].as_array().map(Vec::as_slice).unwrap_or_default();
        let items = items.iter().filter_map(Value::as_object);
        items
            .map(|map| map.get("wm").and_then(Value::as_i64).map_or(Item::Event(map), Item::Watermark))
            .collect()
    }

    /// The lateness of ascending watermarks; none where only explicit ones move time.
    pub(crate) fn bound(&self) -> Option<i64> {
        let watermarks = self.get("watermarks");
        let policy = watermarks.and_then(|of| of["policy"].as_str()).unwrap_or("ascending");
        (policy == "ascending").then(|| watermarks.and_then(|of| of["bound_ms"].as_i64()).unwrap_or(0))
    }

    /// The last watermark.
    pub(crate) fn last_watermark(&self) -> Option<i64> {
        match self.get("watermarks").and_then(|of| of.get("final")) {
            None => Some(i64::MAX),
            Some(last) => last.as_i64(),
        }
    }

    /// The field that orders events of equal time, and whether greater values come first.
    pub(crate) fn comparator(&self) -> Option<(&str, bool)> {
        let comparator = self.get("comparator")?;
        Some((comparator["field"].as_str()?, comparator["desc"].as_bool().unwrap_or(false)))
    }
}

/// The cases of a file, gzipped or not.
pub(crate) fn read(path: &Path) -> Result<Vec<Case>, String> {
    let file = std::fs::File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let gzipped = path.extension().is_some_and(|extension| extension == "gz");
    let input: Box<dyn Read> =
        if gzipped { Box::new(flate2::read::GzDecoder::new(file)) } else { Box::new(file) };
    let mut cases = Vec::new();
    for (index, line) in BufReader::new(input).lines().enumerate() {
        let place = |error: &dyn std::fmt::Display| format!("{}:{}: {error}", path.display(), index + 1);
        let line = line.map_err(|error| place(&error))?;
        if line.trim().is_empty() {
            continue;
        }
        let json = serde_json::from_str(&line).map_err(|error| place(&error))?;
        cases.push(Case { json });
    }
    Ok(cases)
}

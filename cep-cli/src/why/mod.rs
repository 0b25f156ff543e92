//! What `cep why` tells, as text and as JSON, and the part of a program that it needs.

mod json;
mod needed;
mod text;
mod words;

pub use json::{absent_as_json, keys_as_json, report_as_json};
pub use needed::needed_for;
pub use text::{Style, absent_as_text, keys_as_text, report_as_text};
pub use words::{limit as limit_words, skip as skip_words};

use cep_core::event::Value;
use cep_core::why::Seen;

use crate::input::place_of_tag;

/// Of which pattern and key it is told, and where events stand.
#[derive(Debug)]
pub struct Subject {
    /// The pattern.
    pub pattern: String,
    /// The names of the key's fields; none of a pattern without a key.
    pub key_fields: Vec<String>,
    /// The key.
    pub key: Vec<Value>,
    /// The files by input.
    pub files: Vec<String>,
    /// How the pattern's skip strategy is written.
    pub skip: String,
    /// How the pattern's limit is written.
    pub limit: String,
    /// By stream that the pattern reads: its name, its events of this key, and those of all.
    pub streams: Vec<(String, usize, u64)>,
}

impl Subject {
    /// Where an event stands: its file and line; of one that came from elsewhere its stream and number.
    #[must_use]
    pub fn place(&self, event: &Seen) -> String {
        match self.file_and_line(event) {
            Some((file, line)) => format!("{file}:{line}"),
            None => format!("{} #{}", event.stream, event.position + 1),
        }
    }

    fn file_and_line(&self, event: &Seen) -> Option<(&str, u64)> {
        let (input, line) = place_of_tag(event.tag)?;
        Some((self.files.get(input)?.as_str(), line)).filter(|(_, line)| *line > 0)
    }
}

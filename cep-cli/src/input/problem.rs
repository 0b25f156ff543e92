//! What can be wrong with a row, and what its writer can do about it.

use std::fmt;

use cep_core::event::DataType;

use super::buffer::MAX_RECORD;

/// What is wrong with a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Problem {
    /// The text is no value of the field's type.
    NotA {
        /// The field's type.
        data: DataType,
        /// The text, shortened.
        text: String,
    },
    /// The text is not UTF-8.
    NotUtf8,
    /// A field that may not be null is empty, null or absent.
    NoValue,
    /// A CSV row has more or fewer fields than the header.
    FieldCount {
        /// Of the row.
        found: usize,
        /// Of the header.
        expected: usize,
    },
    /// A CSV file ends before the fields of its last row do.
    EndsInRow {
        /// The fields there are.
        found: usize,
        /// Those of the header.
        expected: usize,
    },
    /// Something other than a comma or a line end follows the closing quote of a field.
    TextAfterQuote,
    /// The file ends inside a quoted field.
    EndsInQuotes,
    /// A JSON line ends before its object does.
    EndsInJson,
    /// The line is not JSON; with the parser's reason.
    NotJson(String),
    /// The line is JSON, but not an object.
    NotAnObject,
    /// The record is longer than [`MAX_RECORD`].
    TooLong,
}

impl Problem {
    pub(crate) fn not_a(data: &DataType, text: &[u8]) -> Self {
        Self::NotA { data: data.clone(), text: shortened(text) }
    }

    /// What the writer of the file, or of the schema, can do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::NotA { data, .. } => how_to_write(data),
            Self::NotUtf8 => "save the file as UTF-8, for example with `iconv -t UTF-8`",
            Self::NoValue => "give a value, or declare the field nullable with `?`",
            Self::FieldCount { found, expected } if found < expected => {
                "check that the row is complete (an empty field keeps its comma)"
            }
            Self::FieldCount { .. } => "put a value that contains a comma in double quotes",
            Self::EndsInRow { .. } => "check that the file is complete",
            Self::TextAfterQuote => "write each quote inside a quoted field twice: `\"\"`",
            Self::EndsInQuotes => {
                "check that the file is complete and that each quoted field has its closing quote"
            }
            Self::EndsInJson => {
                "check that the file is complete; an object stands on one line (`jq -c .` does it)"
            }
            Self::NotJson(_) => "write one JSON object a line",
            Self::NotAnObject => "write one JSON object a line; `jq -c '.[]'` takes an array apart",
            Self::TooLong => "check for a missing line end or closing quote",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotA { data, text } => write!(f, "`{text}` is not {} {data}", article(data)),
            Self::NotUtf8 => f.write_str("the text is not valid UTF-8"),
            Self::NoValue => f.write_str("no value for a field that may not be null"),
            Self::FieldCount { found, expected } => {
                write!(f, "a row of {found} under a header of {expected} fields")
            }
            Self::EndsInRow { found, expected } => {
                write!(f, "truncated: the file ends in field {found} of {expected}")
            }
            Self::TextAfterQuote => f.write_str("text follows the closing quote of this field"),
            Self::EndsInQuotes => f.write_str("truncated: the file ends inside this quoted field"),
            Self::EndsInJson => f.write_str("truncated: the line ends before its JSON object does"),
            Self::NotJson(reason) => write!(f, "not JSON: {reason}"),
            Self::NotAnObject => f.write_str("not a JSON object"),
            Self::TooLong => write!(f, "the record is longer than {} MiB", MAX_RECORD >> 20),
        }
    }
}

fn article(data: &DataType) -> &'static str {
    if *data == DataType::Int { "an" } else { "a" }
}

fn how_to_write(data: &DataType) -> &'static str {
    match data {
        DataType::Null => "leave it empty",
        DataType::Bool => "write `true` or `false`",
        DataType::Int => {
            "write a whole number of 64 bits such as `42`, or declare the field `float` or `string`"
        }
        DataType::Float => {
            "write a number such as `12.5` (NaN and infinities are no values), or nothing where the field is `float?`"
        }
        DataType::String => "write text in quotes, or declare the field with the type of the data",
        DataType::Timestamp => {
            "write milliseconds since the epoch, or RFC 3339 with a zone such as `2018-01-31T01:49:59Z`"
        }
        DataType::Duration => "write milliseconds, or a duration such as `1h30m` or `5s`",
        DataType::List(_) => "write a JSON array such as `[1, 2]`, its elements of the declared type",
        DataType::Map(_) => "write a JSON object such as `{\"a\": 1}`, its values of the declared type",
    }
}

/// The text as an error shows it: on one line, at most 40 characters.
fn shortened(text: &[u8]) -> String {
    const SHOWN: usize = 40;
    // Four bytes a character at most, so that a long text is not decoded whole.
    let head = String::from_utf8_lossy(&text[..text.len().min(4 * SHOWN + 4)]);
    let mut shown: String =
        head.chars().take(SHOWN).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if head.chars().count() > SHOWN {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_many_lined_text_is_shown_short_on_one_line() {
        assert_eq!(shortened(b"a\nb"), "a\u{fffd}b");
        let shown = shortened("é".repeat(1_000).as_bytes());
        assert_eq!(shown.chars().count(), 41);
        assert!(shown.ends_with('…'));
    }
}

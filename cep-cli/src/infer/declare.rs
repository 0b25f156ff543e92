//! The declaration of a stream from what was seen, in canonical form, with comments that say what it rests on.

use super::column::{Column, Element, Kind, MOST_VALUES};
use super::read::Observed;
use crate::summary::grouped;

/// How many candidates for the key are told.
const MOST_KEYS: usize = 5;

/// The declaration of a stream of that name.
#[must_use]
pub fn declaration(observed: &Observed, file: &str, name: &str) -> String {
    let time = time(observed);
    let mut text = format!("// From {} of {file}.\n", rows(observed.rows));
    text += &keys(observed, time);
    text += &about_time(observed, time);
    text += &format!("stream {} {{\n", written(name));
    observed.columns.iter().for_each(|column| text += &field(column, observed.rows));
    text += "}";
    if let Some(column) = time {
        text += &format!(" time {}", written(&column.name));
        let (_, farthest) = column.disorder.measured();
        if farthest > 0 {
            text += &format!(" lateness {}", lateness(farthest));
        }
    }
    text.push('\n');
    cep_dsl::format(file, &text).unwrap_or(text)
}

fn rows(number: u64) -> String {
    if number == 1 { "1 row".to_owned() } else { format!("{} rows", grouped(number)) }
}

/// A name as it is written: in back quotes where it is no bare word.
fn written(name: &str) -> String {
    let bare = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if bare && !name.starts_with(|c: char| c.is_ascii_digit()) && !name.is_empty() {
        name.to_owned()
    } else {
        format!("`{name}`")
    }
}

/// Whether the language has a way to write the name.
fn can_be_named(name: &str) -> bool {
    !name.is_empty() && !name.contains(['`', '\n', '\r', ':'])
}

/// The type as the language writes it, and a word on how values are written; none where there is no such type.
fn type_of(column: &Column) -> Option<(String, &'static str)> {
    let element = |element| match element {
        Element::Bool => "bool",
        Element::Int => "int",
        Element::Float => "float",
        Element::Nothing | Element::Text => "string",
    };
    Some(match column.kind() {
        Kind::Bool => ("bool".to_owned(), ""),
        Kind::Int if column.seconds => {
            ("int".to_owned(), "perhaps seconds since 1970; a timestamp is in milliseconds")
        }
        Kind::Int => ("int".to_owned(), ""),
        Kind::Float => ("float".to_owned(), ""),
        Kind::Empty => ("string".to_owned(), "no value in any row"),
        Kind::Text if column.without_zone => {
            ("string".to_owned(), "a time without its zone; a timestamp has one, as 2018-01-31T01:49:59Z")
        }
        Kind::Text => ("string".to_owned(), ""),
        Kind::Rfc3339 => ("timestamp".to_owned(), "RFC 3339"),
        Kind::Milliseconds => ("timestamp".to_owned(), "milliseconds since 1970"),
        Kind::List(of) => (format!("list<{}>", element(of)), ""),
        Kind::Map(of) => (format!("map<{}>", element(of)), ""),
        Kind::Mixed => return None,
    })
}

fn field(column: &Column, rows: u64) -> String {
    let name = column.name.escape_debug().to_string();
    if !can_be_named(&column.name) {
        return format!("  // `{name}` is left out: it cannot be a name here\n");
    }
    let Some((data, comment)) = type_of(column) else {
        return format!("  // `{name}` is left out: no one type holds its values\n");
    };
    let missing = rows - column.values;
    let nullable = if missing > 0 { "?" } else { "" };
    let mut comments: Vec<String> =
        Some(comment.to_owned()).filter(|it| !it.is_empty()).into_iter().collect();
    if missing > 0 && column.values > 0 {
        comments.push(format!("null in {} of {}", grouped(missing), grouped(rows)));
    }
    let comment = if comments.is_empty() { String::new() } else { format!("  // {}", comments.join("; ")) };
    format!("  {}: {data}{nullable}{comment}\n", written(&column.name))
}

/// The field that orders events: of those that are points in time in each row, one that is called so, else the one in best
/// order.
fn time(observed: &Observed) -> Option<&Column> {
    let called = |column: &Column| {
        let name = column.name.to_lowercase();
        let hints = ["ts", "time", "timestamp", "event_time", "eventtime", "datetime", "date", "at"];
        u8::from(!hints.contains(&name.as_str()))
    };
    times(observed).min_by_key(|column| (called(column), column.disorder.measured()))
}

fn times(observed: &Observed) -> impl Iterator<Item = &Column> {
    let whole = |column: &&Column| column.values == observed.rows && can_be_named(&column.name);
    let point = |column: &&Column| matches!(column.kind(), Kind::Rfc3339 | Kind::Milliseconds);
    observed.columns.iter().filter(move |column| point(column) && whole(column))
}

fn about_time(observed: &Observed, time: Option<&Column>) -> String {
    let Some(time) = time else {
        return "// No field is a point in time in every row, so events would be ordered by their arrival.\n"
            .to_owned();
    };
    let order = |column: &Column| match column.disorder.measured() {
        (0, _) => "in order".to_owned(),
        (behind, farthest) => {
            format!("{} behind a later one, up to {}", rows(behind), lateness(farthest))
        }
    };
    let mut text = format!("// time: `{}`, {}.\n", time.name, order(time));
    for other in times(observed).filter(|column| column.name != time.name) {
        text += &format!("// time could be `{}` too, {}.\n", other.name, order(other));
    }
    text
}

/// The fields whose values come again and again, the most telling first.
fn keys(observed: &Observed, time: Option<&Column>) -> String {
    let mut candidates = Vec::new();
    for column in &observed.columns {
        let single = matches!(column.kind(), Kind::Int | Kind::Text | Kind::Bool);
        let is_time = time.is_some_and(|time| time.name == column.name);
        if !single || is_time || column.values < observed.rows || !can_be_named(&column.name) {
            continue;
        }
        match column.cardinality() {
            Some((values, most)) if values > 1 && (values as u64) < observed.rows => {
                candidates.push((
                    std::cmp::Reverse(values),
                    column,
                    format!("{} values", grouped(values as u64)),
                    most,
                ));
            }
            _ => {}
        }
    }
    let many = observed.columns.iter().filter(|column| column.cardinality().is_none());
    candidates.sort_by_key(|(values, ..)| *values);
    let mut text = String::new();
    for (_, column, values, most) in candidates.iter().take(MOST_KEYS) {
        text += &format!("// key? `{}`: {values}, at most {} of one.\n", column.name, rows(*most));
    }
    for column in many {
        text += &format!("// key? `{}`: more than {} values.\n", column.name, grouped(MOST_VALUES as u64));
    }
    text
}

/// A length of time that covers so many milliseconds: from a second on in whole seconds.
fn lateness(millis: i64) -> String {
    if millis < 1_000 {
        return format!("{millis}ms");
    }
    let mut rest = millis.saturating_add(999) / 1_000;
    let mut text = String::new();
    for (unit, seconds) in [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)] {
        if rest >= seconds {
            text += &format!("{}{unit}", rest / seconds);
            rest %= seconds;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lateness_covers_what_was_measured() {
        assert_eq!(lateness(1), "1ms");
        assert_eq!(lateness(4_500), "5s");
        assert_eq!(lateness(90_061_000), "1d1h1m1s");
    }
}

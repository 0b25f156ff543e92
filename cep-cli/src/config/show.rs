//! `--show-config`: each option with its value and where that comes from. Passwords are not shown.

use std::fmt::Write as _;

use clap::ArgMatches;
use clap::parser::ValueSource;

use super::option::{Kind, Known};
use super::place::Found;
use super::{Given, Source};

/// The words in names of parameters whose values are nobody's business.
const SECRET: [&str; 5] = ["password", "passwd", "secret", "token", "credential"];

pub(super) fn shown(
    path: &[String],
    known: &[Known],
    matches: &ArgMatches,
    given: &[Given],
    file: Option<&Found>,
) -> String {
    let mut lines = Vec::new();
    for option in known {
        let id = &option.id;
        let Ok(Some(raw)) = matches.try_get_raw_occurrences(id) else {
            lines.push((option.name.clone(), "-".to_owned(), "not set".to_owned()));
            continue;
        };
        let mut values: Vec<Vec<String>> =
            raw.map(|values| values.map(|value| value.to_string_lossy().into_owned()).collect()).collect();
        let own: Vec<_> = given.iter().filter(|given| given.option == *option).collect();
        let on_line = matches.value_source(id) == Some(ValueSource::CommandLine);
        if option.kind == Kind::Switch {
            values = vec![vec![matches.get_flag(id).to_string()]];
        }
        if option.kind == Kind::Pairs {
            let texts: Vec<_> = values.concat();
            lines.extend(pairs(&option.name, &texts, &own));
            continue;
        }
        let source = match (own.last(), on_line) {
            (Some(given), _) => told(&given.source),
            (None, true) => "flag".to_owned(),
            (None, false) => "default".to_owned(),
        };
        let value = masked(&values.concat().join(", "));
        lines.push((option.name.clone(), value, source));
    }
    let mut text = format!("cep {}\n", path.join(" "));
    let from = file.map_or_else(|| "no cep.toml".to_owned(), |file| file.path.display().to_string());
    let _ = writeln!(text, "configuration: {from}");
    let width = |column: fn(&(String, String, String)) -> usize| lines.iter().map(column).max().unwrap_or(0);
    let (names, values) = (width(|line| line.0.len()), width(|line| line.1.chars().count()));
    for (name, value, source) in &lines {
        let _ = writeln!(text, "  {name:names$}  {value:values$}  {source}");
    }
    text
}

/// Parameters, a line each; of one name the last counts.
fn pairs(option: &str, texts: &[String], given: &[&Given]) -> Vec<(String, String, String)> {
    let mut lines: Vec<(String, String, String)> = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        let source = given.get(index).map_or_else(|| "flag".to_owned(), |given| told(&given.source));
        let secret = SECRET.iter().any(|word| name.to_lowercase().contains(word));
        let value = if secret { "***".to_owned() } else { masked(value) };
        let name = format!("{option} {name}");
        lines.retain(|(known, ..)| *known != name);
        lines.push((name, value, source));
    }
    lines
}

fn told(source: &Source) -> String {
    match source {
        Source::File { file, line, .. } => {
            let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
            format!("{}:{line}", name.unwrap_or_default())
        }
        Source::Variable(name) => name.clone(),
    }
}

/// A text in which no address shows a user or password.
fn masked(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("://") {
        shown.push_str(before);
        shown.push_str("://");
        let end = behind.find(['/', '?', ' ', ',']).unwrap_or(behind.len());
        rest = match behind[..end].rfind('@') {
            Some(at) => {
                shown.push_str("***");
                &behind[at..]
            }
            None => behind,
        };
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        assert_eq!(masked("redis://me:p@ss@host:1/0"), "redis://***@host:1/0");
        assert_eq!(masked("redis://host/x@y, rediss://:p@h"), "redis://host/x@y, rediss://***@h");
        assert_eq!(masked("disk:a@b"), "disk:a@b");
    }
}

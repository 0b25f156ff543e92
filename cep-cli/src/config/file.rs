//! `cep.toml` as settings of commands, each with its place. What no command knows is an error.

use std::ffi::OsString;
use std::ops::Range;
use std::path::{Path, PathBuf};

use clap::Command;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::option::{Kind, Known, options};
use super::{ConfigError, Source};
use crate::suggest;

/// An option that a section sets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Setting {
    pub(super) file: PathBuf,
    pub(super) name: String,
    pub(super) values: Vec<OsString>,
    /// The line and column of the value.
    pub(super) at: (usize, usize),
}

/// A file that was read.
pub(super) struct ConfigFile<'t> {
    path: &'t Path,
    text: &'t str,
    table: DeTable<'t>,
}

impl<'t> ConfigFile<'t> {
    pub(super) fn parse(path: &'t Path, text: &'t str) -> Result<Self, ConfigError> {
        match DeTable::parse(text) {
            Ok(table) => Ok(Self { path, text, table: table.into_inner() }),
            Err(error) => {
                let at = source(path, text, error.span().unwrap_or(0..0));
                Err(ConfigError::at(at, error.message().trim().to_owned(), None))
            }
        }
    }

    /// Whether every section is that of a command, every key an option of it, every value of its type.
    pub(super) fn check(&self, root: &Command) -> Result<(), ConfigError> {
        self.check_table(&self.table, root, &mut Vec::new())
    }

    fn check_table(
        &self,
        table: &DeTable<'t>,
        command: &Command,
        path: &mut Vec<String>,
    ) -> Result<(), ConfigError> {
        let options = if path.is_empty() { Vec::new() } else { options(command) };
        for (key, value) in table.iter() {
            let name = key.get_ref().as_ref();
            if let Some(option) = options.iter().find(|option| option.name == name) {
                self.values(option, value)?;
                continue;
            }
            match (command.find_subcommand(name).filter(|found| found.get_name() == name), value.get_ref()) {
                (Some(inner), DeValue::Table(table)) => {
                    path.push(name.to_owned());
                    self.check_table(table, inner, path)?;
                    path.pop();
                }
                (Some(_), _) => {
                    let what = format!("`{name}` is a section: write `[{name}]`");
                    return Err(ConfigError::at(self.source(key.span()), what, None));
                }
                (None, _) => return Err(self.unknown(key.span(), name, command, &options, path)),
            }
        }
        Ok(())
    }

    fn unknown(
        &self,
        span: Range<usize>,
        name: &str,
        command: &Command,
        options: &[Known],
        path: &[String],
    ) -> ConfigError {
        let commands = command.get_subcommands().map(Command::get_name);
        let known: Vec<_> = options.iter().map(|option| option.name.as_str()).chain(commands).collect();
        let help = match suggest::closest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", known.join(", ")),
        };
        let what = match path {
            [] => format!("there is no command `{name}`"),
            path => format!("there is no option `{name}` of `cep {}`", path.join(" ")),
        };
        ConfigError::at(self.source(span), what, Some(help))
    }

    /// What a section sets.
    pub(super) fn section(&self, path: &[String]) -> Vec<Setting> {
        let mut table = Some(&self.table);
        for name in path {
            table =
                table.and_then(|table| table.get(name.as_str())).and_then(|value| value.get_ref().as_table());
        }
        let settings = table
            .into_iter()
            .flat_map(DeTable::iter)
            .flat_map(|(key, value)| self.settings(key.get_ref(), value));
        settings.collect()
    }

    /// A setting; a table of parameters is one for each.
    fn settings(&self, key: &str, value: &Spanned<DeValue<'t>>) -> Vec<Setting> {
        let one = |values: Vec<OsString>, span: Range<usize>| Setting {
            file: self.path.to_owned(),
            name: key.to_owned(),
            values,
            at: place(self.text, span.start),
        };
        match value.get_ref() {
            DeValue::Table(table) => {
                let pair = |(name, value): (&Spanned<std::borrow::Cow<'t, str>>, &Spanned<DeValue<'t>>)| {
                    let text = written(value.get_ref())?;
                    Some(one(vec![format!("{}={text}", name.get_ref()).into()], value.span()))
                };
                table.iter().filter_map(pair).collect()
            }
            DeValue::Array(items) => {
                let values = items.iter().filter_map(|item| written(item.get_ref())).map(OsString::from);
                vec![one(values.collect(), value.span())]
            }
            other => written(other).map(|text| one(vec![text.into()], value.span())).into_iter().collect(),
        }
    }

    fn values(&self, option: &Known, value: &Spanned<DeValue<'t>>) -> Result<(), ConfigError> {
        let whole = |item: &Spanned<DeValue<'t>>| written(item.get_ref()).is_some();
        let (good, help) = match (option.kind, value.get_ref()) {
            (Kind::Switch, found) => (found.is_bool(), "write `true` or `false`"),
            (Kind::List, DeValue::Array(items)) => (items.iter().all(whole), "write a list of texts"),
            (Kind::List, found) => (written(found).is_some(), "write a list of texts"),
            (Kind::Pairs, DeValue::Table(table)) => (
                table.iter().all(|(_, item)| written(item.get_ref()).is_some()),
                "write a text, number or list for each",
            ),
            (Kind::Pairs, _) => (false, "write a table of names and values"),
            (Kind::One, DeValue::Boolean(_) | DeValue::Array(_)) => (false, "write a text or a number"),
            (Kind::One, found) => (written(found).is_some(), "write a text or a number"),
        };
        if good {
            return Ok(());
        }
        Err(ConfigError::value(self.source(value.span()), &option.name, help.to_owned()))
    }

    fn source(&self, span: Range<usize>) -> Source {
        source(self.path, self.text, span)
    }
}

fn source(path: &Path, text: &str, span: Range<usize>) -> Source {
    let (line, column) = place(text, span.start);
    Source::File { file: path.to_owned(), line, column }
}

/// The line and column of a byte, from 1.
fn place(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (1 + before.matches('\n').count(), 1 + line.chars().count())
}

/// A value as it would stand on a command line; none of what cannot.
fn written(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).ok().map(|it| it.to_string())
        }
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(truth) => Some(truth.to_string()),
        DeValue::Datetime(time) => Some(time.to_string()),
        DeValue::Array(items) => {
            let items: Option<Vec<_>> = items.iter().map(|item| in_list(item.get_ref())).collect();
            Some(format!("[{}]", items?.join(", ")))
        }
        DeValue::Table(_) => None,
    }
}

/// An element of a list, as the language writes it.
fn in_list(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => serde_json::to_string(text.as_ref()).ok(),
        other => written(other),
    }
}

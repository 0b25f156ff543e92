//! The options of commands, as clap knows them: what they take, and what becomes of paths in them.

use std::any::TypeId;
use std::error::Error as _;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgAction, Command};

/// What an option takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// Nothing: it is there or not.
    Switch,
    /// A value.
    One,
    /// Any number of values.
    List,
    /// Any number of `NAME=VALUE`.
    Pairs,
}

/// An option of a command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Known {
    /// As it is written behind `--`.
    pub(super) name: String,
    /// What clap calls it.
    pub(super) id: String,
    pub(super) kind: Kind,
    paths: Paths,
}

/// Where a path is in a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Paths {
    Nowhere,
    Whole,
    /// Behind `disk:` or `dead-letter:`.
    Behind(&'static str),
    /// The whole of it, unless it is an address.
    UnlessAddress,
}

/// The options that have to do with the configuration itself.
const NOT_CONFIGURED: [&str; 4] = ["config", "show-config", "help", "version"];

/// All options of a command that can be configured.
pub(super) fn options(command: &Command) -> Vec<Known> {
    let mut command = command.clone();
    command.build();
    let known = command.get_arguments().filter_map(|arg| {
        let name = arg.get_long().filter(|name| !NOT_CONFIGURED.contains(name))?.to_owned();
        let id = arg.get_id().to_string();
        let is_path = arg.get_value_parser().type_id() == TypeId::of::<PathBuf>();
        let paths = match name.as_str() {
            "store" | "from" | "to" => Paths::Behind("disk:"),
            "on-bad-row" => Paths::Behind("dead-letter:"),
            "sink" => Paths::UnlessAddress,
            _ if is_path => Paths::Whole,
            _ => Paths::Nowhere,
        };
        let kind = match arg.get_action() {
            ArgAction::SetTrue => Kind::Switch,
            ArgAction::Append if name == "param" => Kind::Pairs,
            ArgAction::Append => Kind::List,
            _ => Kind::One,
        };
        Some(Known { name, id, kind, paths })
    });
    known.collect()
}

impl Known {
    /// Whether values from everywhere count, the later ones before the earlier: parameters, each by its name.
    pub(super) fn adds_up(&self) -> bool {
        self.kind == Kind::Pairs
    }

    /// A value of a file in one folder, as it is written in another.
    pub(super) fn relative_to(&self, value: &OsStr, folder: &Path, here: &Path) -> OsString {
        let moved = |path: &Path| if folder == here { path.to_owned() } else { folder.join(path) };
        let text = value.to_str();
        match (self.paths, text) {
            (Paths::Whole, _) => moved(Path::new(value)).into(),
            (Paths::UnlessAddress, Some(text)) if !text.contains("://") => moved(Path::new(text)).into(),
            (Paths::Behind(prefix), Some(text)) => match text.strip_prefix(prefix) {
                Some(path) => {
                    let mut whole = OsString::from(prefix);
                    whole.push(moved(Path::new(path)));
                    whole
                }
                None => value.to_owned(),
            },
            _ => value.to_owned(),
        }
    }
}

/// What is wrong with values of an option, by the rules of the command line.
pub(super) fn wrong(root: &Command, path: &[String], option: &Known, values: &[OsString]) -> Option<String> {
    if option.kind == Kind::Switch {
        return None;
    }
    values.iter().find_map(|value| {
        let mut args: Vec<OsString> =
            std::iter::once("cep".into()).chain(path.iter().map(OsString::from)).collect();
        let mut text = OsString::from(format!("--{}=", option.name));
        text.push(value);
        args.push(text);
        let error = root.clone().try_get_matches_from(args).err()?;
        match error.kind() {
            ErrorKind::InvalidValue => Some(match error.get(ContextKind::ValidValue) {
                Some(ContextValue::Strings(valid)) if !valid.is_empty() => {
                    format!("write one of {}", valid.join(", "))
                }
                _ => "a value is missing".to_owned(),
            }),
            ErrorKind::ValueValidation => {
                Some(error.source().map_or_else(|| error.to_string(), ToString::to_string))
            }
            // What else there is to say is said of the whole.
            _ => None,
        }
    })
}

//! Options that are not on the command line: from `cep.toml` and from the environment. They are put in front of the arguments
//! as if they had been written there, so that each is read, and refused, by the same rules.

mod error;
mod file;
mod option;
mod place;
mod show;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{ArgMatches, Command, CommandFactory as _, FromArgMatches as _};

use crate::args::Cep;
pub use error::ConfigError;
use file::{ConfigFile, Setting};
use option::{Kind, Known, options, wrong};
pub use place::{Files, Surroundings};

/// What the command line comes to.
#[derive(Debug)]
pub enum Asked {
    /// A command is to be run.
    Run(Box<Cep>),
    /// What its options are, and where each comes from, is to be printed.
    Show(String),
}

/// Why nothing can be run.
#[derive(Debug)]
pub enum Refused {
    /// The command line is wrong, or asks for help.
    Usage(clap::Error),
    /// A configuration is wrong.
    Config(ConfigError),
}

impl From<ConfigError> for Refused {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

/// Where a value comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Source {
    File { file: PathBuf, line: usize, column: usize },
    Variable(String),
}

/// An option that is given by a file or the environment.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Given {
    option: Known,
    /// The values, as they would be written behind the option.
    values: Vec<OsString>,
    source: Source,
}

/// Reads arguments, with what the surroundings add to them.
///
/// # Errors
/// Where the arguments, a file or a variable is wrong.
pub fn read(args: &[OsString], around: &Surroundings<'_>) -> Result<Asked, Refused> {
    let root = Cep::command();
    // What is wrong is told when everything is there.
    let Ok(first) = root.clone().ignore_errors(true).try_get_matches_from(args) else {
        return usage(&root, args);
    };
    let path = path_of(&first);
    let Some(command) = command_of(&root, &path) else { return usage(&root, args) };
    let file = place::find(first.get_one::<String>("config").map(String::as_str), around)?;
    let known = options(&command);
    let mut given = Vec::new();
    if let Some(file) = &file {
        let parsed = ConfigFile::parse(&file.path, &file.text)?;
        parsed.check(&root)?;
        given.extend(from_file(&parsed.section(&path), &known, around));
    }
    for found in from_variables(&path, &known, around)? {
        // Parameters of both count, those of the environment behind and so before those of the file.
        given.retain(|other: &Given| found.option.adds_up() || other.option != found.option);
        given.push(found);
    }
    let own = matches_of(&first, &path);
    given.retain(|given| given.option.adds_up() || !is_on_line(own, &given.option));
    for one in &given {
        if let Some(why) = wrong(&root, &path, &one.option, &one.values) {
            return Err(ConfigError::value(one.source.clone(), &one.option.name, why).into());
        }
    }
    let whole = with_given(args, &path, &given);
    if first.get_flag("show_config") {
        let shown = root.clone().ignore_errors(true).try_get_matches_from(&whole).map_err(Refused::Usage)?;
        return Ok(Asked::Show(show::shown(&path, &known, matches_of(&shown, &path), &given, file.as_ref())));
    }
    let matches = root.try_get_matches_from(&whole).map_err(Refused::Usage)?;
    Cep::from_arg_matches(&matches).map(|cep| Asked::Run(Box::new(cep))).map_err(Refused::Usage)
}

/// What clap says of arguments that no configuration can mend.
fn usage(root: &Command, args: &[OsString]) -> Result<Asked, Refused> {
    let matches = root.clone().try_get_matches_from(args).map_err(Refused::Usage)?;
    Cep::from_arg_matches(&matches).map(|cep| Asked::Run(Box::new(cep))).map_err(Refused::Usage)
}

/// The names of the command and the command in it.
fn path_of(matches: &ArgMatches) -> Vec<String> {
    let mut path = Vec::new();
    let mut matches = matches;
    while let Some((name, inner)) = matches.subcommand() {
        path.push(name.to_owned());
        matches = inner;
    }
    path
}

fn matches_of<'m>(matches: &'m ArgMatches, path: &[String]) -> &'m ArgMatches {
    path.iter().fold(matches, |matches, name| matches.subcommand_matches(name).unwrap_or(matches))
}

fn command_of(root: &Command, path: &[String]) -> Option<Command> {
    let found = path.iter().try_fold(root, |command, name| command.find_subcommand(name))?;
    (!path.is_empty() && !found.has_subcommands()).then(|| found.clone())
}

fn is_on_line(matches: &ArgMatches, option: &Known) -> bool {
    // Where the line is wrong, clap may not know the option: that is told later.
    matches.try_contains_id(&option.id).is_ok()
        && matches.value_source(&option.id) == Some(ValueSource::CommandLine)
}

fn from_file(settings: &[Setting], known: &[Known], around: &Surroundings<'_>) -> Vec<Given> {
    let given = settings.iter().filter_map(|setting| {
        let option = known.iter().find(|option| option.name == setting.name)?;
        let folder = setting.file.parent().unwrap_or(Path::new(""));
        let values = setting.values.iter().map(|value| option.relative_to(value, folder, &around.folder));
        let (line, column) = setting.at;
        let source = Source::File { file: setting.file.clone(), line, column };
        Some(Given { option: option.clone(), values: values.collect(), source })
    });
    given.collect()
}

/// `CEP_RUN_STORE`, else `CEP_STORE`; parameters each for itself: `CEP_PARAM_big`.
fn from_variables(
    path: &[String],
    known: &[Known],
    around: &Surroundings<'_>,
) -> Result<Vec<Given>, ConfigError> {
    let shout = |text: &str| text.to_uppercase().replace(['-', '.'], "_");
    let section = shout(&path.join("_"));
    let mut given = Vec::new();
    for option in known {
        let name = shout(&option.name);
        let names = [format!("CEP_{section}_{name}"), format!("CEP_{name}")];
        if option.kind == Kind::Pairs {
            for (variable, value) in &around.variables {
                let rest = names.iter().rev().find_map(|name| variable.strip_prefix(&format!("{name}_")));
                let Some(param) = rest else { continue };
                let mut pair = OsString::from(format!("{param}="));
                pair.push(value);
                let source = Source::Variable(variable.clone());
                given.push(Given { option: option.clone(), values: vec![pair], source });
            }
            continue;
        }
        let found = names.iter().find_map(|name| around.variables.iter().find(|(known, _)| known == name));
        let Some((variable, value)) = found else { continue };
        let source = Source::Variable(variable.clone());
        let values = match (option.kind, value.to_str()) {
            (Kind::Switch, Some("true" | "1")) => vec!["true".into()],
            (Kind::Switch, Some("false" | "0" | "")) => vec!["false".into()],
            (Kind::Switch, _) => {
                return Err(ConfigError::value(source, &option.name, "write `true` or `false`".to_owned()));
            }
            (Kind::List, Some(text)) => text.split(',').map(OsString::from).collect(),
            _ => vec![value.clone()],
        };
        given.push(Given { option: option.clone(), values, source });
    }
    Ok(given)
}

/// The arguments with what is given put behind the name of the command, where what follows goes before it.
fn with_given(args: &[OsString], path: &[String], given: &[Given]) -> Vec<OsString> {
    let mut whole = args.to_vec();
    let at = behind_command(args, path);
    let mut more = Vec::new();
    for one in given {
        for value in &one.values {
            let mut text = OsString::from(format!("--{}", one.option.name));
            if one.option.kind != Kind::Switch {
                text.push("=");
                text.push(value);
            } else if value != "true" {
                continue;
            }
            more.push(text);
        }
    }
    whole.splice(at..at, more);
    whole
}

/// The place behind the name of the command.
fn behind_command(args: &[OsString], path: &[String]) -> usize {
    let mut at = 1;
    for name in path {
        while let Some(arg) = args.get(at) {
            at += 1;
            if arg == "--config" {
                at += 1;
            } else if *arg == **name {
                break;
            }
        }
    }
    at.min(args.len())
}

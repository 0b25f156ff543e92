//! Which file, or stream in a server, feeds which stream: what the command line says, else the file's name, else the stream's own `from`. Opens
//! nothing.

use std::path::{Path, PathBuf};

use cep_core::pattern::{Definitions, TableDef};
use cep_store_redis::StreamAddress;

use super::replay::Replay;
use crate::suggest;

/// Where an input stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
    /// A stream of Redis.
    Stream(StreamAddress),
}

/// A declared stream and one of its inputs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Binding {
    /// The stream's place among the declared ones.
    pub stream: usize,
    /// Where its events are.
    pub place: Place,
}

/// A file that was given for a stream that no pattern reads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnusedFile {
    /// The file as the user named it.
    pub file: String,
    /// The stream.
    pub stream: String,
}

/// Which file feeds which stream.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Bindings {
    /// In the order of the streams, then of the command line.
    pub inputs: Vec<Binding>,
    /// Files that are not read.
    pub unused: Vec<UnusedFile>,
    /// Standard input, where it has to be read again within the process.
    pub replay: Option<Replay>,
}

impl Bindings {
    /// Whether standard input is among them.
    #[must_use]
    pub fn reads_stdin(&self) -> bool {
        self.inputs.iter().any(|input| input.place == Place::Stdin)
    }

    /// Whether an input is standard input, by its place.
    #[must_use]
    pub fn is_stdin(&self, input: usize) -> bool {
        self.inputs[input].place == Place::Stdin
    }

    /// The first input that is neither standard input nor a file that can be read again.
    #[must_use]
    pub fn pipe(&self) -> Option<&Path> {
        self.inputs.iter().find_map(|input| match &input.place {
            Place::File(path) if path.metadata().is_ok_and(|file| !file.is_file()) => Some(path.as_path()),
            Place::File(_) | Place::Stdin | Place::Stream(_) => None,
        })
    }

    /// Whether there are any that are waited for in a server.
    #[must_use]
    pub fn reads_logs(&self) -> bool {
        self.inputs.iter().any(|input| matches!(input.place, Place::Stream(_)))
    }

    /// A name for each input by which it is known across processes: that of its stream and the file's, without its folder, so
    /// that a job may move; further files of one name are numbered.
    #[must_use]
    pub fn sources(&self, definitions: &Definitions) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for input in &self.inputs {
            let file = match &input.place {
                Place::Stdin => "-".into(),
                Place::Stream(address) => address.key().into(),
                Place::File(path) => path.file_name().unwrap_or(path.as_os_str()).to_string_lossy(),
            };
            let name = format!("{}={file}", definitions.streams[input.stream].name);
            let of_name = |known: &String| {
                known.strip_prefix(&name).is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
            };
            let before = names.iter().filter(|known| of_name(known)).count();
            names.push(if before == 0 { name } else { format!("{name}#{}", before + 1) });
        }
        names
    }
}

/// Why files and streams do not come together.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BindError {
    /// `name=file`, and there is no such stream.
    #[error("there is no stream `{name}` to read `{file}`")]
    UnknownStream {
        /// The name.
        name: String,
        /// The file.
        file: String,
        /// The declared streams.
        known: Vec<String>,
    },
    /// A bare file that may belong to several streams.
    #[error("cannot tell which stream `{file}` belongs to")]
    Ambiguous {
        /// The file.
        file: String,
        /// The streams that are read.
        streams: Vec<String>,
    },
    /// A stream that is read has neither file nor source.
    #[error("stream `{stream}` has no input")]
    NoInput {
        /// The stream.
        stream: String,
    },
    /// A source outside of what this build can reach.
    #[error("{user} comes from `{origin}`, and this build has no connector for that")]
    NoConnector {
        /// The stream or table, for people.
        user: String,
        /// The source.
        origin: String,
        /// The name to give a file for, where that is possible.
        stream: Option<String>,
    },
    /// An address that cannot be read.
    #[error("the address of {input} cannot be read: {why}")]
    BadAddress {
        /// What it was given for: nothing of it is told, as a password may be in it.
        input: String,
        /// Why.
        why: String,
        /// How one is written.
        help: String,
    },
    /// Standard input feeds two streams.
    #[error("standard input cannot feed both `{first}` and `{second}`")]
    StdinTwice {
        /// A stream.
        first: String,
        /// Another.
        second: String,
    },
}

impl BindError {
    /// What the user can do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::UnknownStream { name, known, file } => {
                match suggest::closest(name, known.iter().map(String::as_str)) {
                    Some(meant) => format!("did you mean `{meant}={file}`?"),
                    None if known.is_empty() => "the patterns declare no stream".to_owned(),
                    None => format!("the streams are `{}`", known.join("`, `")),
                }
            }
            Self::Ambiguous { streams, .. } if streams.is_empty() => {
                "the patterns read no declared stream".to_owned()
            }
            Self::Ambiguous { file, streams } => {
                let written: Vec<String> =
                    streams.iter().map(|stream| format!("`{stream}={file}`")).collect();
                format!("write {}", written.join(" or "))
            }
            Self::NoInput { stream } => {
                format!("give a file, `{stream}=FILE`, or `{stream}=-` for standard input")
            }
            Self::NoConnector { stream: Some(stream), .. } => {
                format!("give its events from a file, `{stream}=FILE`, or write `from \"file:…\"`")
            }
            Self::BadAddress { help, .. } => help.clone(),
            Self::NoConnector { stream: None, .. } => "write `from \"file:…\"`".to_owned(),
            Self::StdinTwice { second, .. } => format!("give `{second}=FILE`"),
        }
    }
}

/// Finds the inputs of all streams that the patterns read. `folder` is that of the pattern file, where `from "file:…"`
/// starts.
///
/// # Errors
/// Where a file belongs to no stream or to none in particular, or a stream has no input that can be read.
pub fn bind(files: &[String], definitions: &Definitions, folder: &Path) -> Result<Bindings, BindError> {
    let read = streams_read(definitions);
    let mut bindings = Bindings::default();
    for file in files {
        let binding = bind_file(file, definitions, &read)?;
        if read[binding.stream] {
            bindings.inputs.push(binding);
        } else {
            let stream = definitions.streams[binding.stream].name.clone();
            bindings.unused.push(UnusedFile { file: shown(file), stream });
        }
    }
    for (stream, definition) in definitions.streams.iter().enumerate() {
        let bound = bindings.inputs.iter().any(|binding| binding.stream == stream);
        if read[stream] && !bound {
            let place = own_source(&definition.name, definition.source.as_deref(), folder)?;
            bindings.inputs.push(Binding { stream, place });
        }
    }
    bindings.inputs.sort_by_key(|binding| binding.stream);
    check_stdin(&bindings, definitions)?;
    Ok(bindings)
}

/// Where a table's rows are.
///
/// # Errors
/// Where that is not a file.
pub fn table_place(table: &TableDef, folder: &Path) -> Result<Place, BindError> {
    let user = format!("table `{}`", table.name);
    let place = place_of(&user, &table.source, folder)?;
    place.filter(|place| !matches!(place, Place::Stream(_))).ok_or_else(|| BindError::NoConnector {
        user,
        origin: shown(&table.source),
        stream: None,
    })
}

fn bind_file(file: &str, definitions: &Definitions, read: &[bool]) -> Result<Binding, BindError> {
    let stream_called = |name: &str| definitions.streams.iter().position(|stream| stream.name == name);
    if let Some((name, path)) = file.split_once('=') {
        if let Some(stream) = stream_called(name) {
            return Ok(Binding { stream, place: named_place(&format!("stream `{name}`"), path)? });
        }
        if is_identifier(name) {
            let known = definitions.streams.iter().map(|stream| stream.name.clone()).collect();
            return Err(BindError::UnknownStream { name: name.to_owned(), file: shown(path), known });
        }
    }
    let place = named_place("an input", file)?;
    let stem = match &place {
        Place::Stream(address) => Some(address.key()),
        Place::Stdin | Place::File(_) => Path::new(file).file_stem().and_then(|stem| stem.to_str()),
    };
    let only = || only_one(read).ok_or_else(|| ambiguous(file, definitions, read));
    let stream = stem.and_then(stream_called).map_or_else(only, Ok)?;
    Ok(Binding { stream, place })
}

/// A file as it was named; of an address of a server nothing but its scheme and what comes behind user and password.
fn shown(file: &str) -> String {
    let Some((scheme, rest)) = file.split_once("://") else { return file.to_owned() };
    let (path, _) = rest.split_once('?').unwrap_or((rest, ""));
    let path = path.rsplit_once('@').map_or(path, |(_, path)| path);
    format!("{scheme}://{path}")
}

fn only_one(read: &[bool]) -> Option<usize> {
    let mut streams = (0..read.len()).filter(|stream| read[*stream]);
    streams.next().filter(|_| streams.next().is_none())
}

fn ambiguous(file: &str, definitions: &Definitions, read: &[bool]) -> BindError {
    let names = definitions.streams.iter().map(|stream| stream.name.clone());
    let streams = names.zip(read).filter_map(|(name, read)| read.then_some(name)).collect();
    BindError::Ambiguous { file: shown(file), streams }
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic())
        && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
}

fn named_place(input: &str, path: &str) -> Result<Place, BindError> {
    match path {
        "-" => Ok(Place::Stdin),
        _ if StreamAddress::is_meant(path) => stream_place(input, path),
        _ => Ok(Place::File(PathBuf::from(path))),
    }
}

fn stream_place(input: &str, text: &str) -> Result<Place, BindError> {
    StreamAddress::parse(text).map(Place::Stream).map_err(|error| BindError::BadAddress {
        input: input.to_owned(),
        why: error.to_string(),
        help: error.help().unwrap_or_default().to_owned(),
    })
}

fn own_source(stream: &str, source: Option<&str>, folder: &Path) -> Result<Place, BindError> {
    let source = source.ok_or_else(|| BindError::NoInput { stream: stream.to_owned() })?;
    let user = format!("stream `{stream}`");
    place_of(&user, source, folder)?.ok_or_else(|| BindError::NoConnector {
        user,
        origin: shown(source),
        stream: Some(stream.to_owned()),
    })
}

/// The place that the language's `from "…"` names, where it is one of ours.
fn place_of(user: &str, source: &str, folder: &Path) -> Result<Option<Place>, BindError> {
    if StreamAddress::is_meant(source) {
        return stream_place(user, source).map(Some);
    }
    Ok(match source.split_once(':') {
        Some(("file", path)) => Some(Place::File(folder.join(path))),
        Some(("stdin", "")) => Some(Place::Stdin),
        _ => None,
    })
}

/// By declared stream: whether a pattern reads it, directly or through derived streams.
fn streams_read(definitions: &Definitions) -> Vec<bool> {
    let mut read = vec![false; definitions.streams.len()];
    let inputs = definitions.patterns.iter().flat_map(|pattern| &pattern.inputs);
    for input in inputs {
        if let Some(stream) = declared_origin(definitions, &input.stream) {
            read[stream] = true;
        }
    }
    read
}

/// The declared stream behind a name; none where matches of a pattern are behind it.
fn declared_origin(definitions: &Definitions, name: &str) -> Option<usize> {
    let mut name = name;
    // As many steps as there are derived streams: more would be a cycle, which the checker reports.
    for _ in 0..=definitions.derived.len() {
        if let Some(stream) = definitions.streams.iter().position(|stream| stream.name == name) {
            return Some(stream);
        }
        name = &definitions.derived.iter().find(|derived| derived.name == name)?.source;
    }
    None
}

fn check_stdin(bindings: &Bindings, definitions: &Definitions) -> Result<(), BindError> {
    let mut names = bindings
        .inputs
        .iter()
        .filter(|binding| binding.place == Place::Stdin)
        .map(|binding| definitions.streams[binding.stream].name.clone());
    match (names.next(), names.next()) {
        (Some(first), Some(second)) => Err(BindError::StdinTwice { first, second }),
        _ => Ok(()),
    }
}

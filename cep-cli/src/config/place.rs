//! Which file is read: the one that is named, else the first `cep.toml` from the current folder upwards.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use super::ConfigError;

/// The name of the file that is looked for.
const NAME: &str = "cep.toml";
/// The variable that names another, or none.
const VARIABLE: &str = "CEP_CONFIG";

/// Reads files.
pub type Files<'a> = &'a dyn Fn(&Path) -> io::Result<String>;

/// What is around a command.
#[derive(Clone)]
pub struct Surroundings<'a> {
    /// The current folder.
    pub folder: PathBuf,
    /// The environment.
    pub variables: Vec<(String, OsString)>,
    /// The files.
    pub files: Files<'a>,
}

impl std::fmt::Debug for Surroundings<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surroundings").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// A file that was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) text: String,
}

/// The file that counts, if any.
pub(super) fn find(named: Option<&str>, around: &Surroundings<'_>) -> Result<Option<Found>, ConfigError> {
    let variable = around.variables.iter().find(|(name, _)| name == VARIABLE);
    let named = named.map(OsString::from).or_else(|| variable.map(|(_, value)| value.clone()));
    match named.filter(|named| !named.is_empty()) {
        Some(none) if none == "none" => Ok(None),
        Some(file) => {
            let path = around.folder.join(&file);
            let text =
                (around.files)(&path).map_err(|error| ConfigError::unreadable(Path::new(&file), &error))?;
            Ok(Some(Found { path, text }))
        }
        None => upwards(around),
    }
}

fn upwards(around: &Surroundings<'_>) -> Result<Option<Found>, ConfigError> {
    for folder in around.folder.ancestors() {
        let path = folder.join(NAME);
        match (around.files)(&path) {
            Ok(text) => return Ok(Some(Found { path, text })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(ConfigError::unreadable(&path, &error)),
        }
    }
    Ok(None)
}

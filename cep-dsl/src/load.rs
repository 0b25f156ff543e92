//! The files of a program: the one asked for and all it uses, each read once, through a function the caller gives.

use std::collections::HashMap;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::check::order::order;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::parse::{Parse, add_bytes, parse};
use crate::source::SourceMap;
use crate::syntax::{File, ItemKind, Text};

/// A reader of files: from a path to the bytes there.
pub type Read<'r> = dyn FnMut(&Path) -> io::Result<Vec<u8>> + 'r;

/// Files read and parsed, in an order in which each stands after those it uses.
pub(crate) struct Loaded {
    pub(crate) sources: SourceMap,
    pub(crate) files: Vec<File>,
    pub(crate) diagnostics: Diagnostics,
    /// Whether a used file is missing, so that names may be.
    pub(crate) incomplete: bool,
}

struct Loader<'r, 'c> {
    read: &'r mut Read<'c>,
    sources: SourceMap,
    diagnostics: Diagnostics,
    /// The number of each file, by its path.
    known: HashMap<PathBuf, usize>,
    files: Vec<Entry>,
    incomplete: bool,
}

struct Entry {
    path: PathBuf,
    file: File,
    uses: Vec<usize>,
}

/// Reads a file and all it uses.
///
/// # Errors
/// The error of reading the first file; one of reading a used file is a diagnostic.
pub(crate) fn load(path: &Path, read: &mut Read<'_>) -> io::Result<Loaded> {
    let bytes = read(path)?;
    let mut loader = Loader {
        read,
        sources: SourceMap::new(),
        diagnostics: Diagnostics::new(),
        known: HashMap::new(),
        files: Vec::new(),
        incomplete: false,
    };
    loader.file(normal(path), &bytes);
    loader.all_uses();
    Ok(loader.finish())
}

/// A text as the only file.
pub(crate) fn text(name: &str, text: &str) -> Loaded {
    let mut read = |_: &Path| Err(io::Error::from(io::ErrorKind::NotFound));
    let mut loader = Loader {
        read: &mut read,
        sources: SourceMap::new(),
        diagnostics: Diagnostics::new(),
        known: HashMap::new(),
        files: Vec::new(),
        incomplete: false,
    };
    loader.file(PathBuf::from(name), text.as_bytes());
    loader.all_uses();
    loader.finish()
}

impl Loader<'_, '_> {
    fn file(&mut self, path: PathBuf, bytes: &[u8]) -> usize {
        let name = path.display().to_string();
        let parsed = match add_bytes(&mut self.sources, name, bytes) {
            Ok(id) => parse(&self.sources, id),
            Err(diagnostics) => self.unreadable(diagnostics),
        };
        self.diagnostics.append(parsed.diagnostics);
        let index = self.files.len();
        self.known.insert(path.clone(), index);
        self.files.push(Entry { path, file: parsed.file, uses: Vec::new() });
        index
    }

    /// An empty file in the place of one that is no text.
    fn unreadable(&mut self, diagnostics: Diagnostics) -> Parse {
        let span = diagnostics.iter().next().map(|it| it.primary.span).unwrap_or_default();
        let file = File { items: Vec::new(), comments: Vec::new(), lost: true, span };
        Parse { file, diagnostics }
    }

    /// Reads what files use, those found on the way included.
    fn all_uses(&mut self) {
        let mut next = 0;
        while next < self.files.len() {
            let paths: Vec<Text> = self.files[next].file.items.iter().filter_map(used).collect();
            for path in paths {
                if let Some(used) = self.used_file(next, &path) {
                    self.files[next].uses.push(used);
                }
            }
            next += 1;
        }
    }

    fn used_file(&mut self, user: usize, written: &Text) -> Option<usize> {
        let folder = self.files[user].path.parent().map(Path::to_path_buf).unwrap_or_default();
        let path = normal(&folder.join(&written.value));
        if let Some(known) = self.known.get(&path) {
            return Some(*known);
        }
        match (self.read)(&path) {
            Ok(bytes) => Some(self.file(path, &bytes)),
            Err(error) => {
                self.incomplete = true;
                let message = format!("cannot read `{}`", path.display());
                self.diagnostics.push(
                    Diagnostic::new(Code::CannotRead, written.span, message)
                        .label(error.kind().to_string())
                        .note("paths are relative to the file that uses them"),
                );
                None
            }
        }
    }

    fn finish(mut self) -> Loaded {
        let uses: Vec<_> = self.files.iter().map(|entry| entry.uses.clone()).collect();
        let sorted = order(&uses);
        for cycle in &sorted.cycles {
            self.cycle(cycle);
        }
        let mut files: Vec<_> = self.files.into_iter().map(|entry| Some(entry.file)).collect();
        let files = sorted.order.into_iter().filter_map(|index| files[index].take()).collect();
        Loaded { sources: self.sources, files, diagnostics: self.diagnostics, incomplete: self.incomplete }
    }

    fn cycle(&mut self, cycle: &[usize]) {
        let next = |position: usize| cycle[(position + 1) % cycle.len()];
        let mut places = cycle.iter().enumerate().filter_map(|(position, user)| {
            let target = &self.files[next(position)].path;
            let entry = &self.files[*user];
            let folder = entry.path.parent().map(Path::to_path_buf).unwrap_or_default();
            entry.file.items.iter().filter_map(used).find(|it| normal(&folder.join(&it.value)) == *target)
        });
        let Some(first) = places.next() else { return };
        let mut diagnostic = Diagnostic::new(Code::UseCycle, first.span, "files use one another in a circle");
        for place in places {
            diagnostic = diagnostic.and_at(place.span, "and back through this");
        }
        let diagnostic = diagnostic.help("move what both need to a file of its own");
        self.diagnostics.push(diagnostic);
    }
}

fn used(item: &crate::syntax::Item) -> Option<Text> {
    match &item.kind {
        ItemKind::Use(it) => Some(it.path.clone()),
        _ => None,
    }
}

/// The path without `.` and, where possible, without `..`.
fn normal(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(result.components().next_back(), Some(Component::Normal(_))) => {
                result.pop();
            }
            other => result.push(other),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loaded(files: &'static [(&'static str, &'static str)]) -> Loaded {
        let mut reads: Vec<PathBuf> = Vec::new();
        let mut read = |path: &Path| {
            assert!(!reads.contains(&path.to_path_buf()), "{} is read twice", path.display());
            reads.push(path.to_path_buf());
            let found = files.iter().find(|(name, _)| Path::new(name) == path);
            found.map(|(_, text)| text.as_bytes().to_vec()).ok_or(io::ErrorKind::NotFound.into())
        };
        load(Path::new(files[0].0), &mut read).unwrap()
    }

    #[test]
    fn used_files_are_read_once_and_come_first() {
        let loaded = loaded(&[
            ("a/main.cep", "use \"b.cep\"\nuse \"../c.cep\""),
            ("a/b.cep", "use \"../c.cep\""),
            ("c.cep", "const x = 1"),
        ]);
        let names: Vec<_> =
            loaded.files.iter().map(|file| loaded.sources.file(file.span.source).name()).collect();
        assert_eq!(names, ["c.cep", "a/b.cep", "a/main.cep"]);
        assert!(loaded.diagnostics.is_empty());
    }

    #[test]
    fn cycles_and_missing_files_are_diagnostics() {
        let loaded = loaded(&[("a.cep", "use \"b.cep\""), ("b.cep", "use \"a.cep\"\nuse \"c.cep\"")]);
        let codes: Vec<_> = loaded.diagnostics.iter().map(|it| it.code).collect();
        assert_eq!(codes, [Code::CannotRead, Code::UseCycle]);
    }
}

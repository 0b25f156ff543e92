//! Open files, and what the front end makes of them.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::{fs, io};

use cep_dsl::Compiled;
use cep_dsl::source::{SourceFile, SourceId};
use cep_dsl::symbols::Symbols;
use lsp_types::Uri;

use crate::position;

/// The files that are open in the editor; for them its text counts, not what is on the disk.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    /// By path, so that a file that is used is found among them.
    open: BTreeMap<PathBuf, Document>,
}

#[derive(Debug)]
struct Document {
    uri: Uri,
    text: String,
}

/// A file and what it uses, checked.
#[derive(Debug)]
pub(crate) struct Analysis {
    pub(crate) compiled: Compiled,
    pub(crate) symbols: Symbols,
    /// The file that was asked for.
    pub(crate) main: SourceId,
}

impl Analysis {
    pub(crate) fn file(&self) -> &SourceFile {
        self.compiled.sources.file(self.main)
    }
}

impl Documents {
    /// A file is opened, or changed.
    pub(crate) fn set(&mut self, uri: Uri, text: String) {
        self.open.insert(position::path(&uri), Document { uri, text });
    }

    pub(crate) fn close(&mut self, uri: &Uri) {
        self.open.remove(&position::path(uri));
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.open.keys().map(PathBuf::as_path)
    }

    /// The address of a file: as the editor wrote it where it is open.
    pub(crate) fn uri(&self, path: &Path) -> Option<Uri> {
        self.open.get(path).map(|document| document.uri.clone()).or_else(|| position::uri(path))
    }

    /// Checks a file and all it uses.
    pub(crate) fn analyse(&self, path: &Path) -> io::Result<Analysis> {
        let mut read = |path: &Path| match self.open.get(path) {
            Some(document) => Ok(document.text.clone().into_bytes()),
            None => fs::read(path),
        };
        let compiled = cep_dsl::load(path, &mut read)?;
        let symbols = Symbols::of(&compiled.sources, &compiled.files);
        let mut analysis = Analysis { compiled, symbols, main: SourceId::default() };
        // The one that was asked for is read first, whatever it is called when it is there.
        analysis.main = analysis.id_of(path).unwrap_or_default();
        Ok(analysis)
    }

    /// The analyses of all open files in which a file has a part: its own, and those of files that use it.
    pub(crate) fn with(&self, path: &Path) -> Vec<Analysis> {
        let mut paths: Vec<&Path> = vec![path];
        paths.extend(self.paths().filter(|other| *other != path));
        let all = paths.into_iter().filter_map(|path| self.analyse(path).ok());
        all.filter(|analysis| analysis.id_of(path).is_some()).collect()
    }
}

impl Analysis {
    /// A file by its path.
    pub(crate) fn id_of(&self, path: &Path) -> Option<SourceId> {
        let ids = self.compiled.files.iter().map(|file| file.span.source);
        ids.into_iter().find(|id| Path::new(self.compiled.sources.file(*id).name()) == path)
    }

    /// All files by their ids.
    pub(crate) fn files(&self) -> HashMap<SourceId, &SourceFile> {
        let ids = self.compiled.files.iter().map(|file| file.span.source);
        ids.map(|id| (id, self.compiled.sources.file(id))).collect()
    }
}

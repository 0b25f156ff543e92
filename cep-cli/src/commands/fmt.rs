//! `cep fmt`: pattern files in their canonical form.

use std::fs;
use std::io;
use std::path::Path;

use super::program::rendered;
use super::{complain, print, tell};
use crate::args::Fmt;
use crate::outcome::Outcome;

pub(super) fn fmt(args: &Fmt) -> Outcome {
    let outcomes = args.patterns.iter().map(|path| one(path, args.check));
    // The worst of them: what could not be formatted, then what differs.
    outcomes
        .max_by_key(|outcome| {
            [Outcome::Done, Outcome::Differs, Outcome::Rejected, Outcome::Failed]
                .iter()
                .position(|known| known == outcome)
        })
        .unwrap_or(Outcome::Done)
}

fn one(path: &Path, check: bool) -> Outcome {
    let from_stdin = path.as_os_str() == "-";
    let name = if from_stdin { "standard input".to_owned() } else { path.display().to_string() };
    let read = if from_stdin { io::read_to_string(io::stdin()) } else { fs::read_to_string(path) };
    let text = match read {
        Ok(text) => text,
        Err(error) => {
            complain(&format_args!("{name}: {error}"), None);
            return Outcome::Rejected;
        }
    };
    let formatted = match cep_dsl::format(&name, &text) {
        Ok(formatted) => formatted,
        Err((sources, diagnostics)) => {
            tell(&rendered(&sources, &diagnostics));
            return Outcome::Rejected;
        }
    };
    match (check, from_stdin) {
        (true, _) if formatted != text => match print(&format!("{name}\n")) {
            Outcome::Done => Outcome::Differs,
            failed => failed,
        },
        (false, true) => print(&formatted),
        (false, false) if formatted != text => written(path, &formatted),
        _ => Outcome::Done,
    }
}

fn written(path: &Path, text: &str) -> Outcome {
    match replace(path, text) {
        Ok(()) => Outcome::Done,
        Err(error) => {
            complain(&format_args!("{}: {error}", path.display()), None);
            Outcome::Failed
        }
    }
}

/// Writes beside the file and renames, so that a full disk loses nothing. A link stays a link, and who may read the file
/// stays as it is.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let path = path.canonicalize()?;
    let beside = path.with_extension(format!("cep.{}.tmp", std::process::id()));
    let replaced = fs::write(&beside, text)
        .and_then(|()| fs::set_permissions(&beside, fs::metadata(&path)?.permissions()))
        .and_then(|()| fs::rename(&beside, &path));
    if replaced.is_err() {
        // What is left of it is of no use to anyone; the first error is the one to tell.
        let _ = fs::remove_file(&beside);
    }
    replaced
}

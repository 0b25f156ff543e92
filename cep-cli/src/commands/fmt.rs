//! `cep fmt`: pattern files in their canonical form.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use cep_dsl::diagnostic::render;

use super::complain;
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
    let read =
        if from_stdin { io::read_to_string(io::stdin().take(u64::MAX)) } else { fs::read_to_string(path) };
    let text = match read {
        Ok(text) => text,
        Err(error) => {
            complain(&format_args!("{}: {error}", path.display()), None);
            return Outcome::Rejected;
        }
    };
    let name = if from_stdin { "standard input".to_owned() } else { path.display().to_string() };
    let formatted = match cep_dsl::format(&name, &text) {
        Ok(formatted) => formatted,
        Err((sources, diagnostics)) => {
            eprint!("{}", render(&sources, &diagnostics));
            return Outcome::Rejected;
        }
    };
    match (check, from_stdin) {
        (true, _) if formatted != text => {
            println!("{name}");
            Outcome::Differs
        }
        (false, true) => {
            print!("{formatted}");
            Outcome::Done
        }
        (false, false) if formatted != text => replace(path, &formatted),
        _ => Outcome::Done,
    }
}

/// Writes beside the file and renames, so that a full disk loses nothing.
fn replace(path: &Path, text: &str) -> Outcome {
    let beside = path.with_extension("cep.tmp");
    let written = fs::write(&beside, text).and_then(|()| fs::rename(&beside, path));
    match written {
        Ok(()) => Outcome::Done,
        Err(error) => {
            complain(&format_args!("{}: {error}", path.display()), None);
            Outcome::Failed
        }
    }
}

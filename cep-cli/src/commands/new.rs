//! `cep new`: a folder to start from.

use std::fs;
use std::io;

use super::{complain, print};
use crate::args::New;
use crate::outcome::Outcome;
use crate::starter;

pub(super) fn new(args: &New) -> Outcome {
    let folder = args.folder.display();
    let name = args.folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    // The name stands in a string of the pattern file.
    let plain = |c: char| !c.is_control() && !matches!(c, '"' | '\\' | ':');
    if name.is_empty() || !name.chars().all(plain) {
        complain(&format_args!("`{folder}` is no name for a folder"), None);
        return Outcome::Rejected;
    }
    if let Err(error) = fs::create_dir(&args.folder) {
        complain(&format_args!("{folder}: {error}"), None);
        return Outcome::Rejected;
    }
    let written: io::Result<()> =
        starter::files(name).into_iter().try_for_each(|(file, text)| fs::write(args.folder.join(file), text));
    match written {
        Ok(()) => {
            print(&format!("{folder}: run it with `cep run {name}.cep` there, test it with `cep test`\n"))
        }
        Err(error) => {
            complain(&format_args!("{folder}: {error}"), None);
            Outcome::Failed
        }
    }
}

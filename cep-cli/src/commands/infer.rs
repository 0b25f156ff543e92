//! `cep infer`: the stream that a file of events is, as a declaration.

use std::fs::File;

use super::{complain, print};
use crate::args::Infer;
use crate::infer::{declaration, observe};
use crate::input::Format;
use crate::outcome::Outcome;

pub(super) fn infer(args: &Infer) -> Outcome {
    let shown = args.file.display().to_string();
    let file = match File::open(&args.file) {
        Ok(file) => file,
        Err(error) => {
            complain(&format_args!("{shown}: {error}"), None);
            return Outcome::Failed;
        }
    };
    let format = args.format.or_else(|| Format::of_path(&args.file));
    match observe(file, &shown, format, args.rows) {
        Ok(observed) => {
            let stem = args.file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
            let name = args.name.clone().or(stem).unwrap_or_default();
            print(&declaration(&observed, &shown, &name))
        }
        Err(error) => {
            complain(&error, None);
            Outcome::Failed
        }
    }
}

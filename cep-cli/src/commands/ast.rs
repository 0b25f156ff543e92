//! `cep ast`: the syntax tree of one pattern file, as JSON.

use std::fs;
use std::io;

use cep_dsl::parse::parse;
use cep_dsl::source::SourceMap;
use cep_dsl::syntax::to_json;

use super::program::rendered;
use super::{complain, print, tell};
use crate::args::Ast;
use crate::outcome::Outcome;

pub(super) fn ast(args: &Ast) -> Outcome {
    let from_stdin = args.patterns.as_os_str() == "-";
    let name = if from_stdin { "standard input".to_owned() } else { args.patterns.display().to_string() };
    let read = if from_stdin { io::read_to_string(io::stdin()) } else { fs::read_to_string(&args.patterns) };
    let text = match read {
        Ok(text) => text,
        Err(error) => {
            complain(&format_args!("{name}: {error}"), None);
            return Outcome::Rejected;
        }
    };
    let (sources, id) = SourceMap::of(&name, text);
    let parsed = parse(&sources, id);
    if parsed.diagnostics.has_errors() {
        tell(&rendered(&sources, &parsed.diagnostics));
        return Outcome::Rejected;
    }
    print(&format!("{:#}\n", to_json(&parsed.file)))
}

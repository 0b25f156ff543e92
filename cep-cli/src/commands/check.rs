//! `cep check`: mistakes in pattern files, all of a file at once, and the mending of those that can be mended in one way
//! only.

use std::fs;
use std::path::Path;

use cep_dsl::Compiled;
use cep_dsl::diagnostic::{Diagnostic, apply_edits, compatible_edits, to_json, to_sarif};
use cep_dsl::source::SourceId;

use super::fmt::replace;
use super::program::{load, show};
use super::{complain, links, print, tell};
use crate::args::{Check, Denied, MessageFormat};
use crate::outcome::Outcome;

/// How often a file is mended and looked at again: a mistake mended may have hidden others.
const MOST_ROUNDS: usize = 10;

pub(super) fn check(args: &Check) -> Outcome {
    let mut outcome = Outcome::Done;
    let mut checked = Vec::new();
    for path in &args.patterns {
        let fixed = if args.fix { fix(path) } else { Ok(()) };
        match fixed.and_then(|()| load(path)) {
            Ok(compiled) => checked.push(compiled),
            Err(Outcome::Failed) => return Outcome::Failed,
            Err(rejected) => outcome = rejected,
        }
    }
    if tell_of(&checked, args.format) == Outcome::Failed {
        return Outcome::Failed;
    }
    match checked.iter().any(|compiled| compiled.definitions.is_none()) {
        true => Outcome::Rejected,
        false if outcome == Outcome::Done && is_denied(args, &checked) => Outcome::Failed,
        false => outcome,
    }
}

fn is_denied(args: &Check, checked: &[Compiled]) -> bool {
    let denied = |diagnostic: &Diagnostic| {
        args.deny.iter().any(|denied| match denied {
            Denied::Warnings => true,
            Denied::Code(code) => *code == diagnostic.code,
        })
    };
    checked.iter().any(|compiled| compiled.diagnostics.iter().any(denied))
}

fn tell_of(checked: &[Compiled], format: MessageFormat) -> Outcome {
    match format {
        MessageFormat::Text => {
            checked.iter().for_each(show);
            Outcome::Done
        }
        MessageFormat::Json => {
            let all = checked.iter().map(|compiled| to_json(&compiled.sources, &compiled.diagnostics));
            let lines = all.flat_map(|all| all.as_array().cloned().unwrap_or_default());
            print(&lines.map(|diagnostic| format!("{diagnostic}\n")).collect::<String>())
        }
        MessageFormat::Sarif => {
            let all = checked.iter().map(|compiled| (&compiled.sources, &compiled.diagnostics));
            print(&format!("{:#}\n", to_sarif(env!("CARGO_PKG_VERSION"), &links::page, all)))
        }
    }
}

/// Mends a file, as far as it is certain how. Files that it uses stay as they are.
fn fix(path: &Path) -> Result<(), Outcome> {
    let Ok(mut text) = fs::read_to_string(path) else { return Ok(()) };
    let mut mended = 0;
    for _ in 0..MOST_ROUNDS {
        let compiled = cep_dsl::load(path, &mut |asked| match asked == path {
            true => Ok(text.clone().into_bytes()),
            false => fs::read(asked),
        });
        let Ok(compiled) = compiled else { break };
        // The file that is asked for is the first of its program.
        let own = compiled.diagnostics.iter().map(|diagnostic| diagnostic.certain_edits()).filter(|edits| {
            !edits.is_empty() && edits.iter().all(|edit| edit.span.source == SourceId::default())
        });
        let edits = compatible_edits(own);
        if edits.is_empty() {
            break;
        }
        mended += edits.len();
        text = apply_edits(&text, &edits);
    }
    if mended == 0 {
        return Ok(());
    }
    replace(path, &text).map_err(|error| {
        complain(&format_args!("{}: {error}", path.display()), None);
        Outcome::Failed
    })?;
    let changes = if mended == 1 { "1 change" } else { &format!("{mended} changes") };
    tell(&format_args!("{}: {changes}\n", path.display()));
    Ok(())
}

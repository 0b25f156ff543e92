//! `cep explain`: what the patterns of a file mean, and what the codes of diagnostics are about.

use std::path::Path;

use cep_core::event::{DataType, Value};
use cep_core::pattern::Definitions;
use cep_core::program::ParamValues;
use cep_core::time::{Duration, Timestamp};
use cep_dsl::diagnostic::Code;

use super::program::{compile, definitions};
use super::{complain, print};
use crate::args::{Explain, Form};
use crate::explain::{View, explain as view_of};
use crate::outcome::Outcome;
use crate::suggest;

pub(super) fn explain(args: &Explain) -> Outcome {
    let told = if is_code(&args.patterns) { pages(args) } else { all(args) };
    match told {
        Ok(text) => print(&text),
        Err(outcome) => outcome,
    }
}

/// Whether this is the code of a diagnostic and no file.
fn is_code(name: &Path) -> bool {
    let Some((letter, digits)) = name.to_str().and_then(|name| name.split_at_checked(1)) else {
        return false;
    };
    let numbered = digits.len() == 4 && digits.bytes().all(|digit| digit.is_ascii_digit());
    numbered && matches!(letter, "E" | "e" | "W" | "w") && !name.exists()
}

/// The pages about the codes that are asked for.
fn pages(args: &Explain) -> Result<String, Outcome> {
    let first = args.patterns.display().to_string();
    let pages: Result<Vec<_>, _> =
        std::iter::once(&first).chain(&args.names).map(|name| page(name)).collect();
    Ok(pages?.join("\n"))
}

fn page(name: &str) -> Result<&'static str, Outcome> {
    let asked = name.to_uppercase();
    Code::by_str(&asked).map(Code::page).ok_or_else(|| {
        let codes = Code::ALL.iter().map(|code| code.as_str());
        let near = suggest::closest(&asked, codes).map(|near| format!("did you mean {near}?"));
        complain(&format_args!("there is no diagnostic {asked}"), near.as_ref().map(|near| near as _));
        Outcome::Rejected
    })
}

fn all(args: &Explain) -> Result<String, Outcome> {
    let definitions = definitions(&args.patterns)?;
    let program = compile(&definitions, &stand_ins(&definitions))?;
    let known: Vec<_> = program.patterns().map(|(_, pattern)| pattern.name.clone()).collect();
    if let Some(name) = args.names.iter().find(|name| !known.contains(name)) {
        let near = suggest::closest(name, known.iter().map(String::as_str));
        let help = near.map(|near| format!("did you mean `{near}`?"));
        let help = help.unwrap_or_else(|| format!("the patterns are {}", known.join(", ")));
        complain(&format_args!("there is no pattern `{name}`"), Some(&help));
        return Err(Outcome::Rejected);
    }
    let view = match args.form {
        Form::Prose => View::Prose,
        Form::Automaton => View::Automaton,
        Form::Dot => View::Dot,
    };
    let wanted =
        program.patterns().filter(|(_, pattern)| args.names.is_empty() || args.names.contains(&pattern.name));
    let views: Vec<_> =
        wanted.map(|(id, _)| format!("{}\n", view_of(&program, id, view).trim_end())).collect();
    Ok(views.join("\n"))
}

/// Values for parameters without default: what a pattern means does not depend on them.
fn stand_ins(definitions: &Definitions) -> ParamValues {
    let without = definitions.params.iter().filter(|param| param.default.is_none());
    without.map(|param| (param.name.clone(), stand_in(&param.ty.data))).collect()
}

fn stand_in(data: &DataType) -> Value {
    match data {
        DataType::Bool => false.into(),
        DataType::Int => 0.into(),
        DataType::Float => 0.0.into(),
        DataType::String => "".into(),
        DataType::Timestamp => Timestamp(0).into(),
        DataType::Duration => Duration(0).into(),
        DataType::List(_) => Value::List([].into()),
        DataType::Null | DataType::Map(_) => Value::Null,
    }
}

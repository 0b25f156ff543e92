//! `cep explain`: what the patterns of a file mean, and what the codes of diagnostics are about.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use cep_core::event::{DataType, Value};
use cep_core::ids::PatternId;
use cep_core::pattern::{Definitions, TableDef};
use cep_core::program::{ParamValues, Program};
use cep_core::time::{Duration, Timestamp};
use cep_dsl::diagnostic::Code;

use super::fmt::replace;
use super::program::{compile, definitions};
use super::{complain, params, print};
use crate::args::{Explain, Form};
use crate::explain::{Table, Tables, View, explain as view_of, picture};
use crate::input::{Place, ReadOptions, open_table, table_place};
use crate::outcome::Outcome;
use crate::suggest;

pub(super) fn explain(args: &Explain) -> Outcome {
    let told = if is_code(&args.patterns) { pages(args) } else { all(args) };
    match (told, &args.output) {
        (Ok(text), None) => print(&text),
        (Ok(text), Some(file)) => written(file, &text),
        (Err(outcome), _) => outcome,
    }
}

fn written(file: &Path, text: &str) -> Outcome {
    let put = if file.exists() { replace(file, text) } else { fs::write(file, text) };
    match put {
        Ok(()) => Outcome::Done,
        Err(error) => {
            complain(&format_args!("{}: {error}", file.display()), None);
            Outcome::Failed
        }
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
    let program = Arc::new(compile(&definitions, &values(args, &definitions)?)?);
    let wanted = wanted(args, &program)?;
    let view = match args.format {
        Form::Prose => View::Prose,
        Form::Automaton => View::Automaton,
        Form::Dot => View::Dot,
        Form::Svg => return Ok(picture(wanted.into_iter().map(|id| program.source(id)))),
    };
    let tables = tables(&definitions, args.patterns.parent().unwrap_or(Path::new("")));
    if !args.cost.is_empty() {
        return super::cost::measured(args, &definitions, &program, &tables);
    }
    let told = |id| format!("{}\n", view_of(&program, id, view, &tables).trim_end());
    let views: Vec<_> = wanted.into_iter().map(told).collect();
    Ok(views.join("\n"))
}

/// The rows of tables, for examples; a table that cannot be read has none.
fn tables(definitions: &Definitions, folder: &Path) -> Tables {
    let table = |definition: &TableDef| {
        let file = table_place(definition, folder).ok().filter(|place| !matches!(place, Place::Stdin));
        let file = file.and_then(|place| open_table(&place, definition, &ReadOptions::default()).ok());
        let named = |row: Vec<Value>| {
            let names = definition.schema.fields().iter().map(|field| field.name.clone());
            names.zip(row).collect()
        };
        let rows = file.map(|file| file.rows.into_iter().map(named).collect()).unwrap_or_default();
        (definition.name.clone(), Table { key: definition.key.clone(), rows })
    };
    definitions.tables.iter().map(table).collect()
}

/// The patterns that are asked for, in the order of the file.
fn wanted(args: &Explain, program: &Program) -> Result<Vec<PatternId>, Outcome> {
    let known: Vec<_> = program.patterns().map(|(_, pattern)| pattern.name.as_str()).collect();
    let asked: Vec<_> = args.names.iter().chain(&args.only).collect();
    if let Some(name) = asked.iter().find(|name| !known.contains(&name.as_str())) {
        let near = suggest::closest(name, known.iter().copied());
        let help = near.map(|near| format!("did you mean `{near}`?"));
        let help = help.unwrap_or_else(|| format!("the patterns are {}", known.join(", ")));
        complain(&format_args!("there is no pattern `{name}`"), Some(&help));
        return Err(Outcome::Rejected);
    }
    let wanted = program.patterns().filter(|(_, pattern)| asked.is_empty() || asked.contains(&&pattern.name));
    Ok(wanted.map(|(id, _)| id).collect())
}

/// Values for all parameters. What a pattern means does not depend on them, what it costs does: there they have to be given.
fn values(args: &Explain, definitions: &Definitions) -> Result<ParamValues, Outcome> {
    let mut stood_in = definitions.clone();
    for param in stood_in.params.iter_mut().filter(|_| args.cost.is_empty()) {
        param.default = param.default.take().or_else(|| Some(stand_in(&param.ty.data)));
    }
    let mut values = params::values(&args.params, &stood_in).map_err(|error| {
        complain(&error, Some(&error.help()));
        Outcome::Rejected
    })?;
    for param in stood_in.params {
        if let Some(default) = param.default {
            values.entry(param.name).or_insert(default);
        }
    }
    Ok(values)
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

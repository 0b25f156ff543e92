//! `cep why`: why a pattern did or did not match the events of a key.

use std::io::IsTerminal as _;
use std::path::Path;
use std::sync::Arc;

use cep_core::event::Value;
use cep_core::ids::PatternId;
use cep_core::matcher::{Gather, Gathered, Wanted};
use cep_core::pattern::Definitions;
use cep_core::program::Program;
use cep_core::time::Watermark;
use cep_core::why::{Question, key_text, nearest_keys, why as ask};

use super::program::{compile, definitions, in_colours};
use super::run::{failed_input, tables};
use super::{complain, params, print};
use crate::args;
use crate::args::WhyFormat;
use crate::input::{
    BadRowPolicy, Bindings, Delivered, Inputs, Merge, OnBadRow, Place, Pulled, ReadOptions, bind,
    open_streams,
};
use crate::outcome::Outcome;
use crate::suggest;
use crate::why::{
    Style, Subject, absent_as_json, absent_as_text, keys_as_json, keys_as_text, limit_words, needed_for,
    report_as_json, report_as_text, skip_words,
};

/// So many keys are told of that came nearest.
const MOST_KEYS: usize = 10;

pub(super) fn why(args: &args::Why) -> Outcome {
    match tell_why(args) {
        Ok(text) => print(&text),
        Err(outcome) => outcome,
    }
}

fn tell_why(args: &args::Why) -> Result<String, Outcome> {
    let all = definitions(&args.patterns)?;
    let values = params::values(&args.params, &all).map_err(|error| {
        complain(&error, Some(&error.help()));
        Outcome::Rejected
    })?;
    let name = pattern_name(&all, args.pattern.as_deref())?;
    let program = Arc::new(compile(&needed_for(&all, &name), &values)?);
    let pattern = program.patterns().find(|(_, known)| known.name == name).map(|(id, _)| id);
    let pattern = pattern.expect("what a pattern needs has the pattern");
    let fields = key_fields(&program, pattern);
    let key = args.key.as_deref().map(|text| key_of(&program, pattern, &fields, text)).transpose()?;
    let wanted = key.clone().map_or(Wanted::All, Wanted::Key);
    let (gathered, files) = gather(args, &program, pattern, wanted)?;
    let subject = subject(&program, pattern, &gathered, (fields, key.clone().unwrap_or_default()), files);
    Ok(match key {
        None if !subject.key_fields.is_empty() => keys(args, &program, pattern, &gathered, &subject),
        key => of_key(args, &program, pattern, &gathered, (&subject, &key.unwrap_or_default())),
    })
}

fn pattern_name(definitions: &Definitions, asked: Option<&str>) -> Result<String, Outcome> {
    let names: Vec<_> = definitions.patterns.iter().map(|pattern| pattern.name.as_str()).collect();
    let (error, help) = match (asked, &names[..]) {
        (Some(asked), _) if names.contains(&asked) => return Ok(asked.to_owned()),
        (None, [only]) => return Ok((*only).to_owned()),
        (Some(asked), _) => {
            let near = suggest::closest(asked, names.iter().copied());
            let near = near.map(|near| format!("did you mean `{near}`?"));
            let listed = || format!("the patterns are {}", names.join(", "));
            (format!("there is no pattern `{asked}`"), near.unwrap_or_else(listed))
        }
        (None, []) => ("the file has no pattern".to_owned(), "write one".to_owned()),
        (None, _) => {
            let help = format!("write `--pattern NAME`: the patterns are {}", names.join(", "));
            ("there are several patterns".to_owned(), help)
        }
    };
    complain(&error, Some(&help));
    Err(Outcome::Rejected)
}

/// The names of the fields of a pattern's key, by its first input.
fn key_fields(program: &Program, pattern: PatternId) -> Vec<String> {
    program.source(pattern).inputs.first().map(|input| input.by.clone()).unwrap_or_default()
}

/// The key that a text is.
fn key_of(
    program: &Program,
    pattern: PatternId,
    fields: &[String],
    text: &str,
) -> Result<Vec<Value>, Outcome> {
    let rejected = |error: String, help: String| {
        complain(&error, Some(&help));
        Err(Outcome::Rejected)
    };
    if fields.is_empty() {
        let name = &program.pattern(pattern).name;
        return rejected(format!("pattern `{name}` has no key"), "leave out `--key`".to_owned());
    }
    let texts: Vec<_> = if fields.len() == 1 { vec![text] } else { text.split(',').collect() };
    if texts.len() != fields.len() {
        let help = format!("write the values of {}, separated by commas", fields.join(", "));
        return rejected(format!("the key has {} fields", fields.len()), help);
    }
    let family = &program.families()[program.pattern(pattern).family.index()];
    let stream = program.streams().get(family.inputs[0].stream);
    let mut key = Vec::new();
    for (text, column) in texts.iter().zip(&family.inputs[0].key) {
        let field = &stream.schema.fields()[column.index()];
        match params::parse(text, &field.ty.data) {
            Some(value) => key.push(value),
            None => {
                let error = format!("`{}` is of type `{}`, `{text}` is not", field.name, field.ty);
                return rejected(error, params::form(&field.ty.data).to_owned());
            }
        }
    }
    Ok(key)
}

/// Reads the inputs; gives what there is of the pattern, and the files by input.
fn gather(
    args: &args::Why,
    program: &Arc<Program>,
    pattern: PatternId,
    wanted: Wanted,
) -> Result<(Gathered, Vec<String>), Outcome> {
    let definitions = program.definitions();
    let folder = args.patterns.parent().unwrap_or(Path::new(""));
    let bindings = bind(&args.files, definitions, folder).map_err(|error| {
        complain(&error, Some(&error.help()));
        Outcome::Rejected
    })?;
    let on_bad_row = match args.on_bad_row {
        BadRowPolicy::Fail => OnBadRow::Fail,
        BadRowPolicy::Skip | BadRowPolicy::DeadLetter(_) => OnBadRow::Skip,
    };
    let reading =
        ReadOptions { format: args.input_format, on_bad_row, until_end: true, ..ReadOptions::default() };
    let rows = tables(definitions, program, folder, &reading)?;
    let mut gather = Gather::new(Arc::clone(program), pattern, wanted, rows);
    let merge = open_streams(&bindings, program, &reading).map_err(|error| failed_input(&error))?;
    let mut merge = merge.telling_places().pausing(args.live);
    read_all(&mut merge, &mut gather, args.live)?;
    Ok((gather.finish(), files(&bindings)))
}

fn read_all(inputs: &mut Merge, gather: &mut Gather, live: bool) -> Result<(), Outcome> {
    while !gather.is_stopped() {
        match inputs.deliver().what {
            Delivered::Pulled(Pulled::Rows { batch, watermark, .. }) => {
                let stream = batch.stream();
                gather.push(batch);
                gather.reach(stream, watermark);
            }
            Delivered::Pulled(Pulled::Silent(stream)) => gather.idle(stream),
            Delivered::Pulled(Pulled::Reached(stream, watermark)) => gather.reach(stream, watermark),
            Delivered::Pulled(Pulled::Ended(_)) if live => {}
            Delivered::Pulled(Pulled::Ended(stream)) => gather.reach(stream, Watermark::MAX),
            Delivered::Failed { error, .. } => return Err(failed_input(&error)),
            Delivered::Over | Delivered::Stopped => break,
        }
    }
    if !live {
        gather.end();
    }
    Ok(())
}

fn files(bindings: &Bindings) -> Vec<String> {
    let name = |place: &Place| match place {
        Place::Stdin => "standard input".to_owned(),
        Place::File(path) => path.display().to_string(),
        Place::Stream(address) => address.key().to_owned(),
    };
    bindings.inputs.iter().map(|input| name(&input.place)).collect()
}

fn subject(
    program: &Program,
    pattern: PatternId,
    gathered: &Gathered,
    (key_fields, key): (Vec<String>, Vec<Value>),
    files: Vec<String>,
) -> Subject {
    let source = program.source(pattern);
    let late = gathered.late.iter().map(|late| &late.row);
    let rows: Vec<_> = gathered.rows.iter().chain(late).map(|row| row.input).collect();
    let streams = gathered.streams.iter().enumerate().map(|(input, stream)| {
        let own = rows.iter().filter(|of| **of == input).count();
        (program.streams().get(stream.stream).name.clone(), own, stream.events)
    });
    Subject {
        pattern: source.name.clone(),
        key_fields,
        key,
        files,
        skip: skip_words(&source.skip),
        limit: limit_words(source.limit),
        streams: streams.collect(),
    }
}

fn keys(
    args: &args::Why,
    program: &Program,
    pattern: PatternId,
    gathered: &Gathered,
    subject: &Subject,
) -> String {
    let nearest = nearest_keys(program, pattern, gathered, MOST_KEYS);
    match args.format {
        WhyFormat::Text => keys_as_text(subject, &nearest, gathered.keys.len()),
        WhyFormat::Json => keys_as_json(subject, &nearest, gathered.keys.len()),
    }
}

fn of_key(
    args: &args::Why,
    program: &Program,
    pattern: PatternId,
    gathered: &Gathered,
    (subject, key): (&Subject, &[Value]),
) -> String {
    let colours = in_colours(std::io::stdout().is_terminal(), std::env::var_os("NO_COLOR").as_deref());
    let style = if colours { Style::Coloured } else { Style::Plain };
    let first = gathered.rows.first().or(gathered.late.first().map(|late| &late.row));
    let Some(first) = first else {
        let near = near_keys(gathered, key);
        return match args.format {
            WhyFormat::Text => absent_as_text(subject, &near, style),
            WhyFormat::Json => absent_as_json(subject, &near),
        };
    };
    let question = Question { from: args.from, to: args.to, most: args.most };
    let report = ask(program, pattern, gathered, first.key, question);
    match args.format {
        WhyFormat::Text => report_as_text(subject, &report, style),
        WhyFormat::Json => report_as_json(subject, &report),
    }
}

/// The keys whose texts are near that of one.
fn near_keys(gathered: &Gathered, key: &[Value]) -> Vec<String> {
    let texts: Vec<_> = gathered.keys.iter().map(|key| key_text(key)).collect();
    suggest::closest(&key_text(key), texts.iter().map(String::as_str))
        .map(str::to_owned)
        .into_iter()
        .collect()
}

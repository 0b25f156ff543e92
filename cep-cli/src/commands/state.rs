//! `cep state`: what a store has, looked at and removed.

use std::io::{self, BufWriter, Write as _};
use std::sync::Arc;

use cep_core::event::Value;
use cep_core::matcher::RecordKey;
use cep_core::program::Program;
use cep_core::runtime::{Awaits, InspectedEvent, InspectedPartialMatch};
use cep_engine::store::{Namespace, StateStore};
use cep_engine::{Aside, EngineError, Look, Overview, Seen, overview};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::program::{compile, definitions};
use super::stores::{self, WithStore};
use super::{complain, moving, params, print};
use crate::args;
use crate::outcome::Outcome;
use crate::output::{AsJson, write_line};

pub(super) fn state(args: &args::StateCommand) -> Outcome {
    match &args.command {
        args::StateAction::Ls { store } => list(store),
        args::StateAction::Drop { store, namespace } => stores::open(store, namespace, Drop),
        args::StateAction::Inspect(inspect) => inspect_keys(inspect),
        args::StateAction::Export(args) => moving::export_state(args),
        args::StateAction::Import(args) => moving::import_state(args),
        args::StateAction::Copy(args) => moving::copy_state(args),
    }
}

/// Lists namespaces, each with what is in quarantine, if anything is.
fn list(store: &str) -> Outcome {
    // Any name does: all of them are asked for.
    let any: Namespace = "any".parse().expect("it is a name");
    let mut names = Vec::new();
    let outcome = stores::open(store, &any, List(&mut names));
    if outcome != Outcome::Done {
        return outcome;
    }
    let mut text = String::new();
    for name in &names {
        let mut aside = 0;
        let outcome = stores::open(store, name, CountAside(&mut aside));
        if outcome != Outcome::Done {
            return outcome;
        }
        text += name.as_str();
        match aside {
            0 => {}
            1 => text += "\t1 key in quarantine",
            keys => text += &format!("\t{keys} keys in quarantine"),
        }
        text.push('\n');
    }
    print(&text)
}

/// Finds the names of all namespaces.
struct List<'a>(&'a mut Vec<Namespace>);

impl WithStore for List<'_> {
    async fn with<S: StateStore>(self, store: Arc<S>, _: bool) -> Outcome {
        match store.namespaces().await {
            Ok(names) => {
                *self.0 = names;
                Outcome::Done
            }
            Err(error) => stores::failed(&error),
        }
    }
}

/// Counts what is in quarantine. State that cannot be read is listed all the same.
struct CountAside<'a>(&'a mut u64);

impl WithStore for CountAside<'_> {
    async fn with<S: StateStore>(self, store: Arc<S>, _: bool) -> Outcome {
        if let Ok(Some(overview)) = overview(&*store).await {
            *self.0 = overview.groups.iter().map(|group| group.set_aside).sum();
        }
        Outcome::Done
    }
}

/// Removes a namespace.
struct Drop;

impl WithStore for Drop {
    async fn with<S: StateStore>(self, store: Arc<S>, _: bool) -> Outcome {
        match store.look().await {
            Ok(None) => return stores::no_such_state(),
            Ok(Some(_)) => {}
            Err(error) => return stores::failed(&error),
        }
        match store.drop_namespace().await {
            Ok(()) => Outcome::Done,
            Err(error) => stores::failed(&error),
        }
    }
}

fn inspect_keys(args: &args::Inspect) -> Outcome {
    match inspected(args) {
        Ok((program, namespace)) => stores::open(&args.store, &namespace, Inspect { args, program }),
        Err(outcome) => outcome,
    }
}

/// The program with whose eyes is looked, if one is given, and the name of the state.
fn inspected(args: &args::Inspect) -> Result<(Option<Arc<Program>>, Namespace), Outcome> {
    let Some(patterns) = &args.patterns else {
        let namespace =
            args.namespace.clone().expect("without a file there is a name: the arguments ask for it");
        return Ok((None, namespace));
    };
    let definitions = definitions(patterns)?;
    let values = params::values(&args.params, &definitions).map_err(|error| {
        complain(&error, Some(&error.help()));
        Outcome::Rejected
    })?;
    let program = Arc::new(compile(&definitions, &values)?);
    Ok((Some(program), stores::namespace(args.namespace.as_ref(), patterns)?))
}

/// Shows what keys hold.
struct Inspect<'a> {
    args: &'a args::Inspect,
    program: Option<Arc<Program>>,
}

impl WithStore for Inspect<'_> {
    async fn with<S: StateStore>(self, store: Arc<S>, _: bool) -> Outcome {
        self.show(store).await.unwrap_or_else(|error| stores::failed_engine(&error))
    }
}

impl Inspect<'_> {
    async fn show<S: StateStore>(self, store: Arc<S>) -> Result<Outcome, EngineError> {
        let Some(overview) = overview(&*store).await? else { return Ok(stores::no_such_state()) };
        let program = match self.program {
            Some(program) => program,
            None => match stores::program_of(&overview) {
                Ok(program) => program,
                Err(outcome) => return Ok(outcome),
            },
        };
        let Some(look) = Look::at(Arc::clone(&store), Arc::clone(&program)).await? else {
            return Ok(stores::no_such_state());
        };
        let mut keys = Vec::new();
        look.keys(|seen| keys.push(seen)).await?;
        // By key, whatever group it is in.
        keys.sort_by_cached_key(|seen| seen.key.to_bytes(&program));
        keys.dedup_by(|one, other| one.key == other.key);
        let mut aside = Vec::new();
        look.aside(|seen| aside.push(seen)).await?;
        Ok(match write(self.args, &program, &overview, (&keys, &aside)) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                complain(&format_args!("cannot write: {error}"), None);
                Outcome::Failed
            }
            _ => Outcome::Done,
        })
    }
}

fn write(
    args: &args::Inspect,
    program: &Program,
    overview: &Overview,
    (keys, aside): (&[Seen], &[Aside]),
) -> io::Result<()> {
    let wanted = |key: &RecordKey| args.key.as_ref().is_none_or(|wanted| is_key(key, wanted));
    let mut out = BufWriter::new(io::stdout().lock());
    write_line(&mut out, &OverviewLine(overview))?;
    for seen in keys.iter().filter(|seen| wanted(&seen.key)) {
        write_line(&mut out, &KeyLine { program, seen, most: args.most })?;
    }
    for aside in aside.iter().filter(|aside| wanted(&aside.key)) {
        write_line(&mut out, &AsideLine { program, aside })?;
    }
    out.flush()
}

fn is_key(key: &RecordKey, wanted: &str) -> bool {
    let text = |value: &Value| match value {
        Value::Str(text) => text.to_string(),
        value => serde_json::to_string(&AsJson(value.as_datum())).unwrap_or_default(),
    };
    key.values.iter().map(text).collect::<Vec<_>>().join(",") == wanted
}

/// What a namespace says without its keys.
struct OverviewLine<'a>(&'a Overview);

impl Serialize for OverviewLine<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Overview { vector, ended, patterns, groups, .. } = self.0;
        let read: std::collections::BTreeMap<_, _> =
            vector.iter().map(|(source, position)| (source, position.rows)).collect();
        let waiting: u64 = groups.iter().map(|group| group.next_output - group.first_output).sum();
        let outputs: u64 = groups.iter().map(|group| group.next_output).sum();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("rows_read", &read)?;
        map.serialize_entry("ended", ended)?;
        map.serialize_entry("patterns", patterns)?;
        map.serialize_entry("groups", &groups.len())?;
        map.serialize_entry("outputs", &outputs)?;
        map.serialize_entry("outputs_waiting", &waiting)?;
        let aside: u64 = groups.iter().map(|group| group.set_aside).sum();
        if aside > 0 {
            let diverted: u64 = groups.iter().map(|group| group.diverted).sum();
            map.serialize_entry("keys_in_quarantine", &aside)?;
            map.serialize_entry("events_diverted", &diverted)?;
        }
        map.end()
    }
}

/// What a key holds.
struct KeyLine<'a> {
    program: &'a Program,
    seen: &'a Seen,
    most: usize,
}

impl Serialize for KeyLine<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let streams = streams_of(self.program, &self.seen.key);
        let held = self.seen.state.inspect(self.program, self.seen.key.family, self.most);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("streams", &streams)?;
        map.serialize_entry("key", &Values(&self.seen.key.values))?;
        map.serialize_entry("deadline", &self.seen.deadline.map(|deadline| deadline.0))?;
        map.serialize_entry("total", &held.total)?;
        let all: Vec<_> = held.partial_matches.iter().map(PartialMatchObject).collect();
        map.serialize_entry("partial_matches", &all)?;
        map.end()
    }
}

/// The streams of a key's family.
fn streams_of<'a>(program: &'a Program, key: &RecordKey) -> Vec<&'a str> {
    let inputs = program.families()[key.family.index()].inputs.iter();
    inputs.map(|input| program.streams().get(input.stream).name.as_str()).collect()
}

/// A key whose record was set aside.
struct AsideLine<'a> {
    program: &'a Program,
    aside: &'a Aside,
}

impl Serialize for AsideLine<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("streams", &streams_of(self.program, &self.aside.key))?;
        map.serialize_entry("key", &Values(&self.aside.key.values))?;
        map.serialize_entry("quarantined_bytes", &self.aside.bytes)?;
        map.end()
    }
}

struct Values<'a>(&'a [Value]);

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for value in self.0 {
            list.serialize_element(&AsJson(value.as_datum()))?;
        }
        list.end()
    }
}

struct PartialMatchObject<'a>(&'a InspectedPartialMatch);

impl Serialize for PartialMatchObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let InspectedPartialMatch { patterns, awaits, events, deadline, .. } = self.0;
        let awaits = match awaits {
            Awaits::Stage(stage) => format!("stage {stage}"),
            Awaits::Absence => "the end of its window".to_owned(),
            Awaits::Older => "an older partial match to end".to_owned(),
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("patterns", patterns)?;
        map.serialize_entry("awaits", &awaits)?;
        map.serialize_entry("deadline", &deadline.map(|deadline| deadline.0))?;
        map.serialize_entry("events", &events.iter().map(EventObject).collect::<Vec<_>>())?;
        map.end()
    }
}

struct EventObject<'a>(&'a InspectedEvent);

impl Serialize for EventObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let InspectedEvent { stage, stream, time, position, columns } = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("stage", stage)?;
        map.serialize_entry("stream", stream)?;
        map.serialize_entry("ts", &time.0)?;
        map.serialize_entry("position", position)?;
        for (name, value) in columns {
            map.serialize_entry(name, &AsJson(value.as_datum()))?;
        }
        map.end()
    }
}

//! `cep plan`: what would become of partial matches if patterns changed, told by what decides it when a run is started.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use cep_core::pattern::plain_name;
use cep_core::program::{Likeness, Program};
use cep_engine::store::StateStore;
use cep_engine::{EngineError, Fate, Given, Look, OnChange, Plan, Planned, overview};
use serde::Serialize;

use super::program::{compile, definitions, of_text};
use super::stores::{self, WithStore};
use super::{complain, params, print, tell};
use crate::args;
use crate::outcome::Outcome;
use crate::stored::fate;

/// After so many keys it is said how far counting is.
const KEYS_A_WORD: u64 = 1_000_000;

pub(super) fn plan(args: &args::Plan) -> Outcome {
    planned(args).unwrap_or_else(|outcome| outcome)
}

fn planned(args: &args::Plan) -> Result<Outcome, Outcome> {
    let (first, last) = (&args.patterns[0], &args.patterns[args.patterns.len() - 1]);
    let new = Arc::new(program(last, &args.params, true)?);
    let old =
        if args.patterns.len() > 1 { Some(Arc::new(program(first, &args.params, false)?)) } else { None };
    let on_change = stores::on_change(args.on_change);
    if let Some(store) = &args.store {
        let namespace = stores::namespace(args.namespace.as_ref(), first)?;
        return Ok(stores::open(store, &namespace, OfState { args, old, new, on_change }));
    }
    let Some(old) = old else {
        complain(&"one pattern file is no change", Some(&"give the old and the new one, or `--store`"));
        return Err(Outcome::Rejected);
    };
    let plan = Plan::between(&old, &new, on_change);
    let plan = plan.map_err(|error| stores::failed_engine(&EngineError::from(error)))?;
    Ok(Told { plan, in_flight: None, unread: unread(&old, &new) }.show(args.json))
}

/// The program of a file. All parameters given are of the new one; the old one has those that it declares.
fn program(path: &Path, given: &[(String, String)], all: bool) -> Result<Program, Outcome> {
    let definitions = definitions(path)?;
    let is_declared = |name: &String| definitions.params.iter().any(|param| param.name == *name);
    let given: Vec<_> = given.iter().filter(|(name, _)| all || is_declared(name)).cloned().collect();
    let values = params::values(&given, &definitions).map_err(|error| {
        complain(&error, Some(&error.help()));
        Outcome::Rejected
    })?;
    compile(&definitions, &values)
}

/// A plan over state.
struct OfState<'a> {
    args: &'a args::Plan,
    old: Option<Arc<Program>>,
    new: Arc<Program>,
    on_change: OnChange,
}

impl WithStore for OfState<'_> {
    async fn with<S: StateStore>(self, store: Arc<S>, _: bool) -> Outcome {
        self.told(store).await.unwrap_or_else(|error| stores::failed_engine(&error))
    }
}

impl OfState<'_> {
    async fn told<S: StateStore>(self, store: Arc<S>) -> Result<Outcome, EngineError> {
        let Some(overview) = overview(&*store).await? else { return Ok(stores::no_such_state()) };
        let old = match self.old.filter(|_| overview.text.is_none()) {
            Some(old) => old,
            None => match stores::program_of(&overview) {
                Ok(old) => old,
                Err(outcome) => return Ok(outcome),
            },
        };
        let given = Given::from(Arc::clone(&self.new));
        let given = cep_engine::with_draining(&store, given, self.on_change, &of_text).await?;
        let Some(plan) = cep_engine::plan(&*store, &given, self.on_change).await? else {
            return Ok(stores::no_such_state());
        };
        let unread = unread(&old, &given.program);
        let in_flight = in_flight(store, old).await?;
        Ok(Told { plan, in_flight: Some(in_flight), unread }.show(self.args.json))
    }
}

/// How many partial matches each pattern has.
async fn in_flight<S: StateStore>(
    store: Arc<S>,
    program: Arc<Program>,
) -> Result<BTreeMap<String, usize>, EngineError> {
    let mut counts = BTreeMap::new();
    let mut keys = 0;
    if let Some(look) = Look::at(store, Arc::clone(&program)).await? {
        look.keys(|seen| {
            seen.state.count(&program, seen.key.family, |pattern, count| {
                let name = &program.pattern(pattern).name;
                let sum: &mut usize = counts.entry(name.clone()).or_default();
                *sum = sum.saturating_add(count);
            });
            keys += 1;
            if keys % KEYS_A_WORD == 0 {
                tell(&format_args!("{keys} keys counted\n"));
            }
        })
        .await?;
    }
    Ok(counts)
}

/// The columns of declared streams that the new program reads and the old one did not.
fn unread(old: &Program, new: &Program) -> Vec<String> {
    let read = |program: &Program, name: &str| -> Vec<String> {
        let Some(id) = program.streams().id(name) else { return Vec::new() };
        let fields = program.streams().get(id).schema.fields();
        program.columns_read(id).iter().map(|column| fields[column.index()].name.clone()).collect()
    };
    let mut unread = Vec::new();
    for stream in &new.definitions().streams {
        let before = read(old, &stream.name);
        if before.is_empty() {
            continue;
        }
        let more = read(new, &stream.name).into_iter().filter(|column| !before.contains(column));
        unread.extend(more.map(|column| format!("{}.{column}", stream.name)));
    }
    unread
}

/// A plan, and what else there is to be told.
struct Told {
    plan: Plan,
    /// By pattern; none where nobody was asked.
    in_flight: Option<BTreeMap<String, usize>>,
    unread: Vec<String>,
}

#[derive(Serialize)]
struct Line<'a> {
    pattern: &'a str,
    fate: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_flight: Option<usize>,
}

impl Told {
    fn show(&self, json: bool) -> Outcome {
        let mut text = String::new();
        for planned in &self.plan.patterns {
            if json {
                text +=
                    &serde_json::to_string(&self.line(planned)).expect("text and numbers always have a form");
            } else {
                text += &self.words(planned);
            }
            text.push('\n');
        }
        if self.plan.too_many_groups.is_some() {
            complain(&self.plan, None);
        }
        for column in &self.unread {
            tell(&format_args!(
                "note: `{column}` was not read before: events that wait for the watermark meanwhile have none\n"
            ));
        }
        match print(&text) {
            Outcome::Done if self.loses() => Outcome::Loses,
            outcome => outcome,
        }
    }

    fn count(&self, planned: &Planned) -> Option<usize> {
        // What is only about to run out has its old name still.
        let names = [planned.pattern.as_str(), plain_name(&planned.pattern)];
        let count =
            |counts: &BTreeMap<String, usize>| names.iter().find_map(|name| counts.get(*name)).copied();
        self.in_flight.as_ref().map(|counts| count(counts).unwrap_or_default())
    }

    fn loses(&self) -> bool {
        let is_lost = |planned: &&Planned| planned.fate == Fate::Dropped && self.count(planned) != Some(0);
        self.plan.is_refused() || self.plan.patterns.iter().any(|planned| is_lost(&planned))
    }

    fn line<'a>(&self, planned: &'a Planned) -> Line<'a> {
        let fate = match planned.fate {
            Fate::New => "new",
            Fate::Unchanged => "unchanged",
            Fate::Kept => "kept",
            Fate::Drains => "drains",
            Fate::RanOut => "ran out",
            Fate::Dropped => "dropped",
            Fate::Refused => "refused",
        };
        Line { pattern: &planned.pattern, fate, why: planned.why(), in_flight: self.count(planned) }
    }

    fn words(&self, planned: &Planned) -> String {
        let mut words = fate(planned);
        if let Some(why) = planned.why() {
            // Writing to a text never fails.
            let _ = write!(words, ": {why}");
        }
        words += match planned.fate {
            Fate::Refused if planned.likeness == Some(Likeness::Conditions) => {
                "; `--on-change keep` lets them go on, `drain` run out, `reset` drops them"
            }
            Fate::Refused => "; `--on-change drain` lets them run out, `reset` drops them",
            _ => "",
        };
        if let Some(count) = self.count(planned).filter(|_| !matches!(planned.fate, Fate::New | Fate::RanOut))
        {
            let _ = write!(words, " ({count} in flight)");
        }
        words
    }
}

//! Patterns that run out: what is in flight of patterns that have changed comes to its end by the rules under which it
//! began, beside what they have become, and nothing new begins by them. The text of each stays with the state until
//! nothing of it is in flight.

use std::collections::BTreeSet;
use std::sync::Arc;

use cep_core::pattern::draining_name;
use cep_core::program::{CannotDrain, Drained, Hold, Program};
use serde::{Deserialize, Serialize};

use crate::change::{Fate, History, Plan};
use crate::error::EngineError;
use crate::header::About;
use crate::look::Look;
use crate::options::OnChange;
use crate::store::StateStore;
use crate::text::{Given, ProgramText};

/// Patterns of one text that run out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Draining {
    /// Names them apart from what they have become: with it `fraud` is `fraud@VERSION`.
    pub version: u64,
    /// What they were made from.
    pub text: ProgramText,
    /// Their names there.
    pub patterns: BTreeSet<String>,
}

/// Makes a program from its text; what is wrong with it where that fails.
pub type Compile<'a> = dyn Fn(&ProgramText) -> Result<Program, String> + Sync + 'a;

impl Draining {
    /// What they are called beside what they have become.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.patterns.iter().map(|name| draining_name(name, self.version))
    }
}

/// What an engine is to be given so that patterns of the state which have changed run out, with [`OnChange::Drain`], and those
/// that do so already go on, whatever becomes of others. Without a change all stays as it is; with [`OnChange::Reset`]
/// nothing runs out any more.
///
/// # Errors
/// Where the store fails, what it has cannot be read, or patterns cannot run out beside the program.
pub async fn with_draining<S: StateStore>(
    store: &Arc<S>,
    given: Given,
    on_change: OnChange,
    compile: &Compile<'_>,
) -> Result<Given, EngineError> {
    let Some(opened) = store.look().await? else { return Ok(given) };
    let about = About::decode(&opened.about)?;
    let is_same = given.text.is_some() && about.text == given.text;
    if is_same {
        return beside(given, about.draining, compile);
    }
    if on_change == OnChange::Reset {
        return Ok(given);
    }
    let history = about.history(&opened)?;
    let (mut draining, ran_out) = still_draining(store, &about, compile).await?;
    let given = Given { ran_out, ..given };
    if on_change == OnChange::Drain {
        let known: BTreeSet<String> = about.draining.iter().flat_map(Draining::names).collect();
        let changed = changed(&history, &given.program);
        let patterns: BTreeSet<String> = changed.difference(&known).cloned().collect();
        if !patterns.is_empty() {
            let text = about.text.clone().ok_or(EngineError::NoText)?;
            draining.push(Draining { version: about.changes + 1, text, patterns });
        }
    }
    beside(given, draining, compile)
}

/// Patterns of a program's state that another cannot take over as they are.
fn changed(history: &History, program: &Program) -> BTreeSet<String> {
    let plan = history.plan(program, &program.layout(Hold::Chosen), OnChange::Refuse);
    let refused = plan.patterns.into_iter().filter(|planned| planned.fate == Fate::Refused);
    refused.map(|planned| planned.pattern).collect()
}

/// Of those that run out the ones that have anything in flight, and the names of the others. As nothing new begins, one
/// that has nothing never will again.
async fn still_draining<S: StateStore>(
    store: &Arc<S>,
    about: &About,
    compile: &Compile<'_>,
) -> Result<(Vec<Draining>, BTreeSet<String>), EngineError> {
    let (mut draining, mut ran_out) = (about.draining.clone(), BTreeSet::new());
    if draining.is_empty() {
        return Ok((draining, ran_out));
    }
    let text = about.text.as_ref().ok_or(EngineError::NoText)?;
    let program = stored_program(text, &draining, compile)?;
    let mut in_flight = BTreeSet::new();
    if let Some(look) = Look::at(Arc::clone(store), Arc::clone(&program)).await? {
        look.keys(|seen| {
            seen.state.count(&program, seen.key.family, |pattern, count| {
                if count > 0 {
                    in_flight.insert(program.pattern(pattern).name.clone());
                }
            });
        })
        .await?;
    }
    for earlier in &mut draining {
        let version = earlier.version;
        earlier.patterns.retain(|name| {
            let name = draining_name(name, version);
            let stays = in_flight.contains(&name);
            if !stays {
                ran_out.insert(name);
            }
            stays
        });
    }
    draining.retain(|earlier| !earlier.patterns.is_empty());
    Ok((draining, ran_out))
}

/// The program that state is of: that of its text, and what runs out beside it.
///
/// # Errors
/// Where the texts do not make one.
pub fn stored_program(
    text: &ProgramText,
    draining: &[Draining],
    compile: &Compile<'_>,
) -> Result<Arc<Program>, EngineError> {
    let program = compile(text).map_err(EngineError::Text)?;
    Ok(beside(Given::from(Arc::new(program)), draining.to_vec(), compile)?.program)
}

fn beside(given: Given, draining: Vec<Draining>, compile: &Compile<'_>) -> Result<Given, EngineError> {
    if draining.is_empty() {
        return Ok(given);
    }
    let programs = draining.iter().map(|earlier| compile(&earlier.text));
    let programs = programs.collect::<Result<Vec<_>, _>>().map_err(EngineError::Text)?;
    let drained: Vec<_> = draining
        .iter()
        .zip(&programs)
        .map(|(earlier, program)| Drained { program, version: earlier.version, patterns: &earlier.patterns })
        .collect();
    let program = Arc::new(given.program.with_drained(&drained)?);
    Ok(Given { program, draining, ..given })
}

impl History {
    /// Patterns get the names under which they run out.
    pub(crate) fn rename(&mut self, draining: &Draining) {
        let name = |name: &str| {
            let is_one = draining.patterns.contains(name);
            is_one.then(|| draining_name(name, draining.version))
        };
        self.layouts.iter_mut().for_each(|layout| layout.rename(name));
        for carried in &mut self.carried {
            *carried =
                std::mem::take(carried).into_iter().map(|known| name(&known).unwrap_or(known)).collect();
        }
    }
}

impl Plan {
    /// What becomes of the patterns of one program when another takes its place, over state of one group.
    ///
    /// # Errors
    /// Where patterns cannot run out beside the other program.
    pub fn between(old: &Program, new: &Program, on_change: OnChange) -> Result<Self, CannotDrain> {
        let mut history = History::of_layout(old.layout(Hold::Chosen), 1);
        let patterns = changed(&history, new);
        if on_change != OnChange::Drain || patterns.is_empty() {
            return Ok(history.plan(new, &new.layout(Hold::Chosen), on_change));
        }
        let merged = new.with_drained(&[Drained { program: old, version: 1, patterns: &patterns }])?;
        history.rename(&Draining { version: 1, text: ProgramText::default(), patterns });
        Ok(history.plan(&merged, &merged.layout(Hold::Chosen), on_change))
    }
}

//! A run: owners by the handful on a few namespaces, a step after the other, each compared with the model.

use std::fmt::Debug;

use cep_engine::store::{GroupId, StoreError, StoreErrorKind, Version};

use super::{Model, Refusal};
use crate::Harness;
use crate::random::Random;
use crate::world::{Handle, World, is_refusal, namespace};

/// Names that prefix one another.
pub(super) const NAMES: [&str; 3] = ["a", "a.b", "ab"];

const OWNERS: usize = 3;
const STEPS: usize = 250;

/// A handle, and what its user believes.
pub(super) struct Owner<'w, H: Harness> {
    pub(super) name: &'static str,
    pub(super) handle: Handle<'w, H>,
    pub(super) belief: Belief,
}

/// The versions and outbox numbers of the two groups, as this owner last knew them.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Belief {
    pub(super) groups: [(Version, u64); 2],
    pub(super) about_version: u64,
}

impl Belief {
    pub(super) fn group(&self, group: GroupId) -> (Version, u64) {
        self.groups.get(usize::from(group.0)).copied().unwrap_or_default()
    }
}

/// One run.
pub(super) struct Run {
    pub(super) random: Random,
    pub(super) model: Model,
    pub(super) log: Vec<String>,
}

/// What was wrong.
pub(super) type Checked = Result<(), String>;

/// Runs the operations of one seed; panics with the seed and the last of them where the store is wrong.
pub(crate) fn run<H: Harness>(seed: u64) {
    let mut world: World<H> = World::new();
    let mut run = Run { random: Random::new(seed), model: Model::default(), log: Vec::new() };
    let mut beliefs = [Belief::default(); OWNERS * NAMES.len()];
    let mut left = STEPS;
    while left > 0 {
        let steps = if H::TRAITS.survives_reopen { left.min(20 + run.random.below(100)) } else { left };
        left -= steps;
        let owner = |at: usize| {
            let name = NAMES[at % NAMES.len()];
            Owner { name, handle: world.handle(name), belief: beliefs[at] }
        };
        let mut owners: Vec<_> = (0..beliefs.len()).map(owner).collect();
        for _ in 0..steps {
            if let Err(wrong) = run.step(&mut owners) {
                let first = run.log.len().saturating_sub(25);
                panic!("seed {seed}: {wrong}\nthe last steps:\n  {}", run.log[first..].join("\n  "));
            }
        }
        owners.iter().zip(&mut beliefs).for_each(|(owner, belief)| *belief = owner.belief);
        drop(owners);
        if left > 0 {
            // The owners live on with what they knew: each one's handle is another process's now.
            run.log.push("reopen".to_owned());
            world.reopen();
        }
    }
    let name = |name: &&'static str| namespace(name).to_string();
    let names: Vec<_> = run.model.spaces.keys().map(name).collect();
    assert_eq!(world.handle("a").namespaces(), names, "seed {seed}: at the end");
}

/// Both the same, or what differs.
pub(super) fn same<T: PartialEq + Debug>(what: &str, found: &T, expected: &T) -> Checked {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found:?}, expected {expected:?}")) }
}

/// The answer is the expected one, refusals included.
pub(super) fn agrees<T: PartialEq + Debug>(
    what: &str,
    found: Result<T, StoreError>,
    expected: Result<T, Refusal>,
) -> Checked {
    match (found, expected) {
        (Ok(found), Ok(expected)) => same(what, &found, &expected),
        (Ok(found), Err(refusal)) => Err(format!("{what}: {found:?}, expected {refusal:?}")),
        (Err(error), Ok(_)) => Err(format!("{what}: {:?}: {error}, expected success", error.kind())),
        (Err(error), Err(refusal)) => {
            let is_expected = match refusal {
                Refusal::Kind(kind) => error.kind() == kind,
                Refusal::Any => is_refusal(error.kind()),
            };
            if is_expected {
                return Ok(());
            }
            Err(format!("{what}: {:?}: {error}, expected {refusal:?}", error.kind()))
        }
    }
}

/// As [`agrees`], but where there is no such namespace, finding nothing is as good as being refused.
pub(super) fn finds<T: PartialEq + Debug>(
    what: &str,
    found: Result<T, StoreError>,
    expected: Result<T, Refusal>,
    nothing: &T,
) -> Checked {
    match (found, expected) {
        (Ok(found), Err(Refusal::Any)) => same(what, &found, nothing),
        (Err(error), Err(Refusal::Any)) if error.kind() == StoreErrorKind::Misuse => Ok(()),
        (found, expected) => agrees(what, found, expected),
    }
}

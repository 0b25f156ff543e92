//! The protocol of state, run against every kind of trouble, over the real engine and the memory store: processes that crash
//! in the middle of anything, old owners that wake up, answers that are lost or late, and a store that comes back with less
//! than it had; and a program that changes in the middle of it. After every step all that must always be true is checked; a seed says everything that happens.
//!
//! - **I1** Records, outputs and positions of a group are a function of what it has read.
//! - **I2** Versions rise by one a commit and never fall.
//! - **I3** What the sink has and what is in the outbox are the history of outputs, each once.
//! - **I4** At the end outputs and records are those of an undisturbed process.

mod faults;
#[cfg(test)]
mod moved;
mod random;
mod reference;
mod rule;
mod sim;
mod sink;
mod world;

use std::collections::BTreeMap;
use std::sync::Arc;

use cep_engine::Sabotage;
use faults::Fate;
use reference::Reference;
pub use rule::Rule;
use sim::Simulation;
use world::World;

/// All rules that can be broken.
pub const RULES: [Rule; 15] = [
    Rule::Engine(Sabotage::ReleaseEarly),
    Rule::Engine(Sabotage::ApplyAgain),
    Rule::Engine(Sabotage::EvictUnsaved),
    Rule::Engine(Sabotage::ForgetDue),
    Rule::Engine(Sabotage::ForgetWaiting),
    Rule::Engine(Sabotage::KeepMemory),
    Rule::Engine(Sabotage::LatePositions),
    Rule::Engine(Sabotage::ForgetClocks),
    Rule::Engine(Sabotage::ForgetStored),
    Rule::Engine(Sabotage::ForgetCarried),
    Rule::Fence,
    Rule::Epoch,
    Rule::Atomic,
    Rule::TrimAfterSink,
    Rule::Drain,
];

/// Runs the world of a seed again and again, each time with trouble at another operation, before its effect and after it, until
/// each has had it. Gives how many operations that were.
///
/// # Errors
/// What was wrong, with the operation.
pub fn each_operation(seed: u64) -> Result<u64, String> {
    let world = Arc::new(World::new(seed));
    let reference = Arc::new(Reference::of(&world));
    for number in 1.. {
        for fate in [Fate::Lost, Fate::Unheard] {
            let within = (Arc::clone(&world), Arc::clone(&reference));
            let ran = Simulation::within(within, seed, None).run_with_one(number, fate);
            match ran.map_err(|wrong| format!("seed {seed}, operation {number} {fate:?}: {wrong}"))? {
                true => {}
                false => return Ok(number - 1),
            }
        }
    }
    Ok(0)
}

/// Runs the simulation of a seed, with a rule broken or none. Gives what happened how often, and what was wrong, if anything.
pub fn simulate(seed: u64, rule: Option<Rule>) -> (BTreeMap<&'static str, u64>, Result<(), String>) {
    let mut simulation = Simulation::new(seed, rule);
    let result = simulation.run();
    (simulation.events, result)
}

//! The rules of the protocol that can be broken.

use cep_engine::Sabotage;

/// What is broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rule {
    /// A rule of the engine.
    Engine(Sabotage),
    /// A commit is fenced.
    Fence,
    /// Opening raises the epoch.
    Epoch,
    /// A commit is atomic.
    Atomic,
    /// Outputs are taken out of the outbox only once the sink has them.
    TrimAfterSink,
    /// What is in the outbox at opening is taken.
    Drain,
}

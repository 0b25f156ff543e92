//! The front of the shards: it holds no keys, but knows how far time has come, which rows are late, and what a stratum
//! emitted in which step.

use super::Make;
use super::chunk::{Chunk, Emission, Failure, Kind, Made};
use super::tag::Position;
use crate::event::Value;
use crate::ids::FamilyId;
use crate::matcher::emitted::Emitted;
use crate::matcher::outlet::{Outlet, Turn};
use crate::matcher::output::Output;
use crate::matcher::run::Halt;

/// Where the outputs of the front go.
pub(super) struct FrontOutlet<'a, T> {
    make: &'a Make<T>,
    position: Position,
    late: &'a mut Chunk<T>,
    /// What the shards emitted, in order.
    emissions: std::iter::Peekable<std::vec::IntoIter<Emission>>,
    failure: Option<&'a Failure>,
}

impl<'a, T> FrontOutlet<'a, T> {
    /// For one of several prepared works that go to the shards together.
    pub(super) fn new(make: &'a Make<T>, prepared: usize, late: &'a mut Chunk<T>) -> Self {
        let (position, emissions) = (Position::before(prepared), Vec::new().into_iter().peekable());
        Self { make, position, late, emissions, failure: None }
    }

    /// With what the shards emitted before the first of them failed, if any did.
    pub(super) fn after(self, mut emissions: Vec<Emission>, failure: Option<&'a Failure>) -> Self {
        emissions.retain(|emission| failure.is_none_or(|failure| emission.tag <= failure.tag));
        // Records of one place are of one shard, which told them in order.
        emissions.sort_by(|left, right| left.tag.cmp(&right.tag));
        Self { emissions: emissions.into_iter().peekable(), failure, ..self }
    }
}

impl<T> Outlet for FrontOutlet<'_, T> {
    const FOLLOWS: bool = true;

    fn output(&mut self, _: u32, output: Output<'_>) {
        let Output::Late(late) = output else { return };
        const NO_KEY: &[Value] = &[];
        let made = Made { pattern: late.pattern, kind: Kind::Late, made: (self.make)(output) };
        self.late.add(&self.position, FamilyId::new(0), NO_KEY, made);
    }

    fn turn(&mut self, turn: Turn) {
        self.late.close();
        self.position.turn(turn);
    }

    fn emitted(&mut self, emitted: &mut Emitted) -> Result<(), Halt> {
        let item = self.position.item();
        while let Some(emission) = self.emissions.next_if(|emission| emission.tag.item() == item) {
            emitted.add(&emission.record, emission.time, emission.tag.step());
        }
        match self.failure {
            Some(failure) if failure.item() == item => Err(Box::new(failure.error.clone())),
            _ => Ok(()),
        }
    }
}

//! Partial matches held as sets: all of a key that wait in one state of a pattern are one compact structure that shares
//! what they have in common, after the tECS of the CORE engine (Bucchi, Grez, Quintana, Riveros, Vansummeren: CORE, a
//! complex event recognition engine, VLDB 2022). An event costs as much as there are states; matches are enumerated
//! when they complete.
//!
//! `arena` has the nodes, `union` joins two sets, `compact` gives back what no set reaches, `replies` knows what an
//! event does in a state, `step` does it, `enumerate` hands out matches, `section` is what a key holds for a pattern, `saved`
//! the same as bytes. Which patterns are held so, `program::holding` decides.

mod arena;
mod compact;
mod enumerate;
mod key;
mod replies;
mod saved;
mod section;
mod step;
mod union;

#[cfg(test)]
mod tests;

pub(super) use saved::Living;
pub(super) use section::{SetSection, SetSections};
pub(super) use step::SetScratch;

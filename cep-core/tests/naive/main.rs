//! A matcher written from `docs/semantics.md` and from nothing else, to check the real one against: slow, plain, and
//! without a line in common with it.
//!
//! It is held to its word twice: every example of the page is run (`examples`), and so are the conformance cases
//! (`conformance`). Only `no skip` is covered: there partial matches do not influence one another. The real matcher is
//! then compared with it, output by output and in order, over some 440,000 small worlds (`worlds`); and its two ways to hold partial matches with
//! each other, over longer streams (`holding`).

#![expect(clippy::unwrap_used, reason = "test support: what is not as it should be fails the test")]

#[path = "../shared/emit.rs"]
mod emit;
mod expr;
mod matcher;
mod offers;
mod pattern;
mod place;
mod rules;

mod conformance;
mod corpus;
mod examples;
mod notation;
mod operator;

mod engine;
mod generate;
mod holding;
#[path = "../saved/reborn.rs"]
mod reborn;
mod saved;
mod text;
mod worlds;

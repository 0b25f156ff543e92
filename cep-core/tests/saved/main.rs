//! State as bytes: a run that is saved and read back at any moment goes on as one that is not. Also what is in records, what
//! another program takes over of them, and the kept files of every version.
#![expect(clippy::unwrap_used, reason = "tests say what they show in their names, and panic where they fail")]

#[path = "../shared/emit.rs"]
mod emit;
#[path = "../sharded/input.rs"]
mod input;
#[path = "../sharded/programs.rs"]
mod programs;
#[path = "../sharded/random.rs"]
mod random;

mod changes;
mod fixtures;
mod inspect;
mod reborn;
mod runs;
mod small;
mod special;
mod stored;

//! Layouts: what the records of a program's keys are made of, by names, so that another program can tell what of them it
//! can take over. As bytes: docs/state-format.md, 2.

mod bytes;
mod identity;
mod likeness;

pub(super) use identity::family_id;
pub use likeness::Likeness;

use sha2::{Digest, Sha256};

use super::{CompiledPattern, Family, Group, Hold, Program};
use crate::event::DataType;
use identity::{body, shape};

/// Names a key family in every program that has it: what makes it are its streams and their key fields alone.
pub type FamilyKey = [u8; 8];

/// What the records of a program's keys are made of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Layout {
    /// By family id.
    pub families: Vec<FamilyLayout>,
}

/// What the records of a key family are made of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FamilyLayout {
    /// The family's name in bytes.
    pub id: FamilyKey,
    /// Its inputs, by place.
    pub inputs: Vec<InputLayout>,
    /// Its groups of patterns, by place.
    pub groups: Vec<GroupLayout>,
}

/// What is kept of the captured events of an input.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InputLayout {
    /// The stream.
    pub stream: String,
    /// The columns kept, in slot order.
    pub columns: Vec<ColumnLayout>,
}

/// A column kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ColumnLayout {
    /// Its name.
    pub name: String,
    /// Its type; any value may be null.
    pub data: DataType,
}

/// Patterns that share their partial matches.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupLayout {
    /// The same where states and stages mean the same.
    pub shape: [u8; 16],
    /// How partial matches are held.
    pub form: Form,
    /// The patterns, by place.
    pub members: Vec<MemberLayout>,
}

/// How partial matches are held.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// One by one.
    Runs,
    /// As sets.
    Sets,
}

/// A pattern of a group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MemberLayout {
    /// Its name.
    pub pattern: String,
    /// The names of its stages, by id.
    pub stages: Vec<String>,
    /// The same where its stages and conditions are the same.
    pub body: [u8; 16],
}

impl Program {
    /// The layout of the records that a matcher makes which is told how to hold partial matches.
    #[must_use]
    pub fn layout(&self, hold: Hold) -> Layout {
        Layout { families: self.families.iter().map(|family| self.layout_of(family, hold)).collect() }
    }

    fn layout_of(&self, family: &Family, hold: Hold) -> FamilyLayout {
        let inputs = family.inputs.iter().map(|input| {
            let stream = self.streams.get(input.stream);
            let column = |id: &crate::ids::ColumnId| {
                let field = &stream.schema.fields()[id.index()];
                ColumnLayout { name: field.name.clone(), data: field.ty.data.clone() }
            };
            InputLayout { stream: stream.name.clone(), columns: input.kept.iter().map(column).collect() }
        });
        let inputs = inputs.collect();
        let groups = family.groups.iter().map(|group| self.layout_of_group(family, group, hold)).collect();
        FamilyLayout { id: family.id, inputs, groups }
    }

    fn layout_of_group(&self, family: &Family, group: &Group, hold: Hold) -> GroupLayout {
        let first = self.pattern(group.patterns[0]);
        let as_sets = group.patterns.len() == 1 && first.held.as_sets(hold);
        let members = group.patterns.iter().map(|id| {
            let pattern: &CompiledPattern = self.pattern(*id);
            let body = body(pattern, family, &self.streams);
            MemberLayout { pattern: pattern.name.clone(), stages: pattern.stages.clone(), body }
        });
        let members = members.collect();
        GroupLayout { shape: shape(first), form: if as_sets { Form::Sets } else { Form::Runs }, members }
    }
}

impl Layout {
    /// Gives patterns other names.
    pub fn rename(&mut self, name: impl Fn(&str) -> Option<String>) {
        let groups = self.families.iter_mut().flat_map(|family| &mut family.groups);
        for member in groups.flat_map(|group| &mut group.members) {
            if let Some(name) = name(&member.pattern) {
                member.pattern = name;
            }
        }
    }

    /// The same for equal layouts, and for no others.
    #[must_use]
    pub fn id(&self) -> [u8; 16] {
        short(&self.encode())
    }

    /// The family of an id.
    #[must_use]
    pub fn family(&self, id: FamilyKey) -> Option<&FamilyLayout> {
        self.families.iter().find(|family| family.id == id)
    }
}

/// The first bytes of SHA-256.
fn short<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let digest = Sha256::digest(bytes);
    std::array::from_fn(|place| digest[place])
}

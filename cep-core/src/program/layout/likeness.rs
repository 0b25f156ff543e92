//! How patterns of an earlier layout stand to a program: what may become of their partial matches follows from that, and
//! from nothing else.

use std::collections::HashMap;

use super::{FamilyLayout, GroupLayout, Layout, MemberLayout};
use crate::ids::PatternId;
use crate::program::{Program, family};

/// How a pattern of an earlier layout stands to a program.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Likeness {
    /// It is the same.
    Same,
    /// Its states mean the same, its conditions do not.
    Conditions,
    /// Its states mean the same, and it reads what was not kept with captured events: stream and column of each.
    Unkept(Vec<(String, String)>),
    /// Its states do not mean the same: stages, their order, quantifiers, windows or the skip strategy are others.
    Shape,
    /// Its states mean the same, and its partial matches are held in another way.
    Form,
    /// It reads other streams, or by another key.
    Streams,
    /// The program does not have it.
    Gone,
}

/// Where a layout has a pattern.
#[derive(Clone, Copy)]
struct Place<'a> {
    family: &'a FamilyLayout,
    group: &'a GroupLayout,
    member: &'a MemberLayout,
}

impl Layout {
    fn places(&self) -> impl Iterator<Item = Place<'_>> {
        self.families.iter().flat_map(|family| {
            let members = |group| members(family, group);
            family.groups.iter().flat_map(members)
        })
    }

    /// The patterns, by name.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        self.places().map(|place| place.member.pattern.as_str())
    }

    /// Whether a pattern is the same in another layout.
    #[must_use]
    pub fn same(&self, other: &Self, pattern: &str) -> bool {
        let find = |layout: &Self| {
            layout
                .places()
                .find(|place| place.member.pattern == pattern)
                .map(|Place { family, group, member }| (family.id, group.shape, group.form, member.body))
        };
        find(self).is_some_and(|found| find(other) == Some(found))
    }
}

fn members<'a>(family: &'a FamilyLayout, group: &'a GroupLayout) -> impl Iterator<Item = Place<'a>> {
    group.members.iter().map(move |member| Place { family, group, member })
}

impl Program {
    /// How each pattern of an earlier layout stands to this program, whose layout is `own`.
    #[must_use]
    pub fn likeness<'a>(&self, own: &Layout, from: &'a Layout) -> Vec<(&'a str, Likeness)> {
        let now: HashMap<&str, Place<'_>> =
            own.places().map(|place| (place.member.pattern.as_str(), place)).collect();
        let ids: HashMap<&str, PatternId> =
            self.patterns().map(|(id, found)| (found.name.as_str(), id)).collect();
        let of = |before: Place<'a>| {
            let name = before.member.pattern.as_str();
            let likeness = now.get(name).map_or(Likeness::Gone, |place| {
                place.likeness(before, || self.unkept(ids[name], place.family, before.family))
            });
            (name, likeness)
        };
        from.places().map(of).collect()
    }

    /// The columns that a pattern reads of captured events, or hands out with them, and that an earlier layout did not keep.
    fn unkept(&self, pattern: PatternId, now: &FamilyLayout, before: &FamilyLayout) -> Vec<(String, String)> {
        let mut inputs = self.families[self.pattern(pattern).family.index()].inputs.clone();
        inputs.iter_mut().for_each(|input| {
            input.kept.clear();
            input.of_key.clear();
        });
        family::keep(self.source(pattern), &mut inputs, &self.streams);
        let mut unkept = Vec::new();
        for (input, kept) in inputs.iter().zip(&now.inputs) {
            let stream = self.streams.get(input.stream);
            let known = before.inputs.iter().find(|known| known.stream == kept.stream);
            for column in input.kept.iter().chain(&input.of_key) {
                let name = &stream.schema.fields()[column.index()].name;
                let Some(wanted) = kept.columns.iter().find(|kept| kept.name == *name) else { continue };
                if known.is_none_or(|known| !known.columns.contains(wanted)) {
                    unkept.push((kept.stream.clone(), name.clone()));
                }
            }
        }
        unkept
    }
}

impl Place<'_> {
    fn likeness(self, before: Place<'_>, unkept: impl FnOnce() -> Vec<(String, String)>) -> Likeness {
        if self.family.id != before.family.id {
            return Likeness::Streams;
        }
        if self.group.shape != before.group.shape {
            return Likeness::Shape;
        }
        if self.group.form != before.group.form {
            return Likeness::Form;
        }
        let unkept = unkept();
        if !unkept.is_empty() {
            return Likeness::Unkept(unkept);
        }
        if self.member.body == before.member.body { Likeness::Same } else { Likeness::Conditions }
    }
}

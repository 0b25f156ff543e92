//! What an expression may name: the fields of the event under test, and the stages of its pattern as seen from where it
//! stands.

use std::rc::Rc;

use crate::catalog::{Schema, Type};
use crate::source::Span;

/// Where an expression stands, which decides what it may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// A `const` or the default of a `param`.
    Constant,
    /// A `where` or `until`.
    Condition,
    /// A `with` of a derived stream.
    Computed,
    /// An emitted record.
    Emit,
}

/// The names an expression may use, params, consts and tables apart.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s> {
    pub(super) place: Place,
    /// The event under test, if there is one.
    pub(super) event: Option<&'s View>,
    /// The stages of the pattern, if there is one.
    pub(super) stages: Option<Sight<'s>>,
}

impl Scope<'_> {
    pub(super) const CONSTANT: Scope<'static> = Scope { place: Place::Constant, event: None, stages: None };
}

/// The events that may stand in one place: those of one stream, or of several.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    /// The streams; a schema that is not known is none.
    pub(super) streams: Vec<(String, Option<Rc<Schema>>)>,
}

/// What a name is in a view.
pub(super) enum Found {
    /// A field of every stream.
    Field(Type),
    /// A field of some streams only, or not of one type.
    Partly,
    /// No field.
    No,
    /// Nobody knows: a schema is not known.
    Unknown,
}

impl View {
    pub(super) fn of(name: &str, schema: Option<Rc<Schema>>) -> Self {
        Self { streams: vec![(name.to_owned(), schema)] }
    }

    pub(super) fn find(&self, name: &str) -> Found {
        let mut found: Vec<Option<&Type>> = Vec::new();
        for (_, schema) in &self.streams {
            let Some(schema) = schema else { return Found::Unknown };
            found.push(schema.field(name).map(|field| &field.ty));
        }
        let Some(first) = found.iter().flatten().next() else { return Found::No };
        let same = found.iter().all(|ty| ty.is_some_and(|ty| ty.data == first.data));
        if !same {
            return Found::Partly;
        }
        let nullable = found.iter().flatten().any(|ty| ty.nullable);
        Found::Field(Type { data: first.data.clone(), nullable })
    }

    /// Whether any of the streams has that field.
    pub(super) fn has(&self, name: &str) -> bool {
        self.schemas().any(|schema| schema.field(name).is_some())
    }

    fn schemas(&self) -> impl Iterator<Item = &Rc<Schema>> {
        self.streams.iter().filter_map(|(_, schema)| schema.as_ref())
    }

    /// All names of fields.
    pub(super) fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for field in self.schemas().flat_map(|schema| schema.fields()) {
            if !names.contains(&field.name.as_str()) {
                names.push(&field.name);
            }
        }
        names
    }

    /// The streams in words.
    pub(super) fn words(&self) -> String {
        crate::text::list(self.streams.iter().map(|(name, _)| name.as_str()))
    }
}

/// A group of a pattern.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) parent: Option<usize>,
    pub(super) quantified: bool,
    pub(super) optional: bool,
}

/// A stage of a pattern.
#[derive(Clone, Debug)]
pub(super) struct StageEntry {
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) negated: bool,
    pub(super) repeats: bool,
    pub(super) optional: bool,
    pub(super) group: Option<usize>,
    pub(super) view: View,
}

/// All stages and groups of a pattern, in text order.
#[derive(Clone, Debug, Default)]
pub(super) struct Stages {
    pub(super) stages: Vec<StageEntry>,
    pub(super) groups: Vec<Group>,
    /// All events of the pattern's inputs.
    pub(super) inputs: View,
}

/// The stages as seen from one place.
#[derive(Clone, Copy)]
pub(super) struct Sight<'s> {
    pub(super) all: &'s Stages,
    pub(super) from: Viewpoint,
}

/// From where stages are seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Viewpoint {
    /// A condition of this stage.
    Stage(usize),
    /// The `until` of a group, which ends before this stage.
    Group { group: usize, end: usize },
    /// A record made of a match.
    Match,
    /// A record made of a partial match that timed out.
    Timeout,
}

/// What may be said of a stage from somewhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Visible {
    /// It has certainly captured an event.
    Surely,
    /// It may have.
    Maybe,
    /// Never: it is negated.
    Negated,
    /// Never: it stands later.
    Later,
    /// Never: it is the stage itself, and no loop.
    Itself,
}

impl Stages {
    pub(super) fn index(&self, name: &str) -> Option<usize> {
        self.stages.iter().position(|stage| stage.name == name)
    }

    /// The groups around a group or stage, innermost first.
    fn around(&self, group: Option<usize>) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(group, |group| self.groups[*group].parent)
    }

    /// Whether a stage can hold several events.
    pub(super) fn loops(&self, stage: usize) -> bool {
        let stage = &self.stages[stage];
        stage.repeats || self.around(stage.group).any(|group| self.groups[group].quantified)
    }

    /// Whether the stage is left out by some matches, as seen from inside `group`, whose own absence does not count.
    fn may_be_absent(&self, stage: usize, from: Option<usize>) -> bool {
        let around: Vec<_> = self.around(from).collect();
        let stage = &self.stages[stage];
        let outside = |group: &usize| !around.contains(group);
        stage.optional || self.around(stage.group).filter(outside).any(|group| self.groups[group].optional)
    }

    /// Whether both stand in one quantified group, so that the earlier sees what the later took before.
    fn repeat_together(&self, left: usize, right: usize) -> bool {
        let around: Vec<_> = self.around(self.stages[left].group).collect();
        self.around(self.stages[right].group)
            .any(|group| self.groups[group].quantified && around.contains(&group))
    }

    /// Whether a stage is still empty when `from` is tested for the first time, although its condition may name it.
    pub(super) fn empty_at_first(&self, stage: &str, from: usize) -> bool {
        self.index(stage).is_some_and(|stage| stage >= from)
    }
}

impl Sight<'_> {
    /// What may be said of the stage at `index`.
    pub(super) fn visible(&self, index: usize) -> Visible {
        let all = self.all;
        if all.stages[index].negated {
            return Visible::Negated;
        }
        let sure = |absent: bool| if absent { Visible::Maybe } else { Visible::Surely };
        match self.from {
            Viewpoint::Match => sure(all.may_be_absent(index, None)),
            Viewpoint::Timeout => sure(index > 0 || all.may_be_absent(index, None)),
            Viewpoint::Group { end, .. } if index >= end => Visible::Later,
            Viewpoint::Group { group, .. } => {
                let inside = all.around(all.stages[index].group).any(|around| around == group);
                sure(inside || all.may_be_absent(index, all.groups[group].parent))
            }
            Viewpoint::Stage(own) if index == own => {
                if all.loops(own) {
                    Visible::Maybe
                } else {
                    Visible::Itself
                }
            }
            Viewpoint::Stage(own) if index < own => sure(all.may_be_absent(index, all.stages[own].group)),
            Viewpoint::Stage(own) if all.repeat_together(own, index) => Visible::Maybe,
            Viewpoint::Stage(_) => Visible::Later,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(name: &str, group: Option<usize>) -> StageEntry {
        StageEntry {
            name: name.to_owned(),
            span: Span::default(),
            negated: false,
            repeats: false,
            optional: false,
            group,
            view: View::default(),
        }
    }

    fn visible(all: &Stages, from: Viewpoint, name: &str) -> Visible {
        Sight { all, from }.visible(all.index(name).unwrap())
    }

    /// `begin a next ( begin b next c ) optional next d`
    #[test]
    fn an_optional_group_counts_only_from_outside() {
        let all = Stages {
            stages: vec![stage("a", None), stage("b", Some(0)), stage("c", Some(0)), stage("d", None)],
            groups: vec![Group { parent: None, quantified: false, optional: true }],
            inputs: View::default(),
        };
        assert_eq!(visible(&all, Viewpoint::Stage(2), "b"), Visible::Surely);
        assert_eq!(visible(&all, Viewpoint::Stage(3), "b"), Visible::Maybe);
        assert_eq!(visible(&all, Viewpoint::Stage(1), "c"), Visible::Later);
        assert_eq!(visible(&all, Viewpoint::Stage(1), "b"), Visible::Itself);
        assert_eq!(visible(&all, Viewpoint::Match, "d"), Visible::Surely);
        assert_eq!(visible(&all, Viewpoint::Timeout, "d"), Visible::Maybe);
    }

    /// `begin ( begin a next b ) times 2`
    #[test]
    fn stages_of_a_repeated_group_see_earlier_repetitions() {
        let all = Stages {
            stages: vec![stage("a", Some(0)), stage("b", Some(0))],
            groups: vec![Group { parent: None, quantified: true, optional: false }],
            inputs: View::default(),
        };
        assert_eq!(visible(&all, Viewpoint::Stage(0), "a"), Visible::Maybe);
        assert_eq!(visible(&all, Viewpoint::Stage(0), "b"), Visible::Maybe);
        assert_eq!(visible(&all, Viewpoint::Stage(1), "a"), Visible::Surely);
        assert_eq!(visible(&all, Viewpoint::Group { group: 0, end: 2 }, "a"), Visible::Maybe);
    }
}

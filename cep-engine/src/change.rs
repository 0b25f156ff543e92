//! What becomes of partial matches when a program takes the place of another. It is decided here alone: opening does what
//! a plan says, and whoever asks beforehand is told the same plan.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use cep_core::program::{Layout, Likeness, Program};
use cep_core::runtime::Adopt;

use crate::options::OnChange;

/// What a namespace knows of the programs that it has had.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct History {
    /// The layouts that its records name by number.
    pub(crate) layouts: Vec<Layout>,
    /// The number of the layout that the program now has.
    pub(crate) current: usize,
    /// By layout: the patterns whose partial matches in its records count.
    pub(crate) carried: Vec<BTreeSet<String>>,
    /// The number of groups.
    pub(crate) groups: usize,
}

/// What becomes of each pattern when a program takes the place of another.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Plan {
    /// Those of the program as it writes them, then those that are gone.
    pub patterns: Vec<Planned>,
    /// The number of groups, if that is more than the program can run with.
    pub too_many_groups: Option<usize>,
}

/// What becomes of a pattern.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Planned {
    /// Its name.
    pub pattern: String,
    /// How it stands to what it was before; none where it was not there.
    pub likeness: Option<Likeness>,
    /// What becomes of its partial matches.
    pub fate: Fate,
}

/// What becomes of the partial matches of a pattern.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// There are none: it is new.
    New,
    /// They go on; it is the same pattern.
    Unchanged,
    /// They go on under its new conditions.
    Kept,
    /// They are dropped.
    Dropped,
    /// They come to their end by the rules under which they began, and nothing new begins by those.
    Drains,
    /// There are none any more of a pattern that ran out.
    RanOut,
    /// They would be lost, and that was not asked for: the program is refused.
    Refused,
}

/// Whether a program has patterns over what others emit: what goes from one key to another is committed together, so that
/// there may be one group.
pub(crate) fn needs_one_group(program: &Program) -> bool {
    program.families().iter().any(|family| family.stratum > 0)
}

impl History {
    /// That of state which one program has made.
    pub(crate) fn of_layout(layout: Layout, groups: usize) -> Self {
        let carried = vec![names(&layout)];
        Self { layouts: vec![layout], current: 0, carried, groups }
    }

    /// What becomes of the patterns when a program with such a layout comes next.
    pub(crate) fn plan(&self, program: &Program, own: &Layout, on_change: OnChange) -> Plan {
        let before = self.likeness(program, own);
        let of_program = program.patterns().map(|(_, pattern)| {
            let likeness = before.get(pattern.name.as_str()).cloned();
            match pattern.automaton.draining {
                true => draining(&pattern.name, likeness, on_change),
                false => planned(&pattern.name, likeness, on_change),
            }
        });
        let gone = before.iter().filter(|(_, likeness)| **likeness == Likeness::Gone);
        let gone = gone.map(|(name, likeness)| planned(name, Some(likeness.clone()), on_change));
        let too_many = self.groups > 1 && needs_one_group(program);
        Plan { patterns: of_program.chain(gone).collect(), too_many_groups: too_many.then_some(self.groups) }
    }

    /// How the patterns with partial matches that count stand to a program.
    fn likeness(&self, program: &Program, own: &Layout) -> BTreeMap<&str, Likeness> {
        let is_same = self.layouts[self.current].id() == own.id();
        let mut likeness = BTreeMap::new();
        for (number, (layout, carried)) in self.layouts.iter().zip(&self.carried).enumerate() {
            if carried.is_empty() || (is_same && number != self.current) {
                continue;
            }
            for (name, found) in program.likeness(own, layout) {
                // What an older record lacks counts as well; what has changed since it was written was decided on then.
                let counts = number == self.current || matches!(found, Likeness::Unkept(_));
                if counts && carried.contains(name) {
                    likeness
                        .entry(name)
                        .and_modify(|known: &mut Likeness| worse(known, &found))
                        .or_insert(found);
                }
            }
        }
        likeness
    }

    /// The history once a plan has been carried out.
    pub(crate) fn after(&self, own: Layout, plan: &Plan) -> Self {
        if self.layouts[self.current].id() == own.id() {
            return self.clone();
        }
        let goes_on =
            |planned: &&Planned| matches!(planned.fate, Fate::Unchanged | Fate::Kept | Fate::Drains);
        let taken: BTreeSet<String> =
            plan.patterns.iter().filter(goes_on).map(|planned| planned.pattern.clone()).collect();
        let mut after = self.clone();
        after.carried.iter_mut().for_each(|carried| carried.retain(|name| taken.contains(name)));
        // A number is used again only where all that its records hold counts: what was dropped stays so.
        let known = after.layouts.iter().zip(&after.carried);
        let known = known
            .enumerate()
            .find(|(_, (layout, carried))| layout.id() == own.id() && **carried == names(layout));
        after.current = known.map_or(self.layouts.len(), |(number, _)| number);
        if after.current == self.layouts.len() {
            after.carried.push(names(&own));
            after.layouts.push(own);
        }
        after
    }

    /// Nothing counts but what the program itself has written.
    pub(crate) fn forget_earlier(&mut self) {
        let earlier = self.carried.iter_mut().enumerate().filter(|(number, _)| *number != self.current);
        earlier.for_each(|(_, carried)| carried.clear());
    }

    /// Which partial matches of records are taken over.
    pub(crate) fn adopt(&self) -> Adopt {
        Adopt::Listed(self.carried.clone())
    }
}

pub(crate) fn names(layout: &Layout) -> BTreeSet<String> {
    layout.patterns().map(str::to_owned).collect()
}

/// Of two things to be said of a pattern the one that decides.
fn worse(known: &mut Likeness, other: &Likeness) {
    match (&mut *known, other) {
        (Likeness::Unkept(columns), Likeness::Unkept(more)) => {
            columns.extend(more.iter().cloned());
            columns.sort();
            columns.dedup();
        }
        _ => *known = known.clone().max(other.clone()),
    }
}

fn planned(pattern: &str, likeness: Option<Likeness>, on_change: OnChange) -> Planned {
    let fate = match (&likeness, on_change) {
        (None, _) => Fate::New,
        (Some(Likeness::Same), _) => Fate::Unchanged,
        (Some(Likeness::Conditions), OnChange::Keep) => Fate::Kept,
        (Some(_), OnChange::Reset) => Fate::Dropped,
        (Some(_), OnChange::Refuse | OnChange::Keep | OnChange::Drain) => Fate::Refused,
    };
    Planned { pattern: pattern.to_owned(), likeness, fate }
}

/// The same of one that runs out: what its conditions say is what they said, though parameters have other names in them.
fn draining(pattern: &str, likeness: Option<Likeness>, on_change: OnChange) -> Planned {
    let fate = match (&likeness, on_change) {
        (None | Some(Likeness::Same | Likeness::Conditions), _) => Fate::Drains,
        (Some(_), OnChange::Reset) => Fate::Dropped,
        (Some(_), _) => Fate::Refused,
    };
    Planned { pattern: pattern.to_owned(), likeness, fate }
}

impl Plan {
    /// Of patterns that ran out there is nothing to lose.
    pub(crate) fn without(mut self, ran_out: &BTreeSet<String>) -> Self {
        let gone = self.patterns.iter_mut().filter(|planned| planned.likeness == Some(Likeness::Gone));
        gone.filter(|planned| ran_out.contains(&planned.pattern))
            .for_each(|planned| planned.fate = Fate::RanOut);
        self
    }

    /// Whether the program is refused.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.too_many_groups.is_some() || self.refused().next().is_some()
    }

    /// Whether partial matches may be lost, or would be if that were not refused.
    #[must_use]
    pub fn loses(&self) -> bool {
        self.is_refused() || self.patterns.iter().any(|planned| planned.fate == Fate::Dropped)
    }

    fn refused(&self) -> impl Iterator<Item = &Planned> {
        self.patterns.iter().filter(|planned| planned.fate == Fate::Refused)
    }
}

impl Planned {
    /// What is not as it was, for people; none where nothing is, or the pattern is new.
    #[must_use]
    pub fn why(&self) -> Option<String> {
        match self.likeness.as_ref()? {
            _ if matches!(self.fate, Fate::Drains | Fate::RanOut) => None,
            Likeness::Same => None,
            Likeness::Conditions => Some("its conditions have changed".to_owned()),
            Likeness::Shape => {
                Some("its stages, quantifiers, windows or skip strategy have changed".to_owned())
            }
            Likeness::Form => Some("its partial matches are held in another way".to_owned()),
            Likeness::Streams => Some("it reads other streams or has another key".to_owned()),
            Likeness::Gone => Some("it is no more there".to_owned()),
            Likeness::Unkept(columns) => {
                let columns: Vec<String> =
                    columns.iter().map(|(stream, column)| format!("`{stream}.{column}`")).collect();
                Some(format!("it reads {}, which was not kept with captured events", columns.join(", ")))
            }
        }
    }
}

/// Why a program is refused.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(groups) = self.too_many_groups {
            return write!(
                f,
                "a pattern over what another emits needs state of one group, and this has {groups}"
            );
        }
        let names: Vec<_> = self.refused().map(|planned| format!("`{}`", planned.pattern)).collect();
        write!(f, "the program has changed, and with it what is in flight of {}", names.join(", "))?;
        for planned in self.refused() {
            write!(f, "; `{}`: {}", planned.pattern, planned.why().unwrap_or_default())?;
        }
        Ok(())
    }
}

//! Guards: when a transition is open, as a formula over the atoms (interned conditions) of a pattern.

use std::rc::Rc;

use super::group::Members;

/// A condition of a pattern by position in [`super::Automaton::atoms`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Atom(pub u16);

impl Atom {
    /// Its position.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// When a transition is open, in negation normal form.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Guard {
    /// For every event.
    Always,
    /// For no event.
    Never,
    /// Where the atom holds.
    Is(Atom),
    /// Where the atom does not hold.
    Not(Atom),
    /// Where all hold.
    All(Box<[Guard]>),
    /// Where any holds.
    Any(Box<[Guard]>),
}

impl Guard {
    /// Whether the guard is open, given the truth of atoms.
    pub fn open(&self, truth: &mut impl FnMut(Atom) -> bool) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Is(atom) => truth(*atom),
            Self::Not(atom) => !truth(*atom),
            Self::All(parts) => parts.iter().all(|part| part.open(truth)),
            Self::Any(parts) => parts.iter().any(|part| part.open(truth)),
        }
    }

    /// The patterns of a group for which the guard is open, of those given.
    pub(crate) fn open_for(&self, of: Members, truth: &mut impl FnMut(Atom) -> Members) -> Members {
        match self {
            Self::Always => of,
            Self::Never => Members::NONE,
            Self::Is(atom) => of.and(truth(*atom)),
            Self::Not(atom) => of.without(truth(*atom)),
            Self::All(parts) => {
                let mut left = of;
                for part in parts {
                    if left.is_empty() {
                        break;
                    }
                    left = part.open_for(left, truth);
                }
                left
            }
            Self::Any(parts) => {
                let mut open = Members::NONE;
                for part in parts {
                    open = open.or(part.open_for(of.without(open), truth));
                }
                open
            }
        }
    }

    /// Open where all of the parts are.
    #[must_use]
    pub fn all(parts: impl IntoIterator<Item = Guard>) -> Self {
        let mut kept: Vec<Guard> = Vec::new();
        for part in parts {
            match part {
                Self::Always => {}
                Self::Never => return Self::Never,
                Self::All(inner) => {
                    kept.extend(inner.into_iter().filter(|part| !kept.contains(part)).collect::<Vec<_>>())
                }
                part if kept.contains(&part) => {}
                part => kept.push(part),
            }
        }
        if contradictory(&kept) {
            return Self::Never;
        }
        match kept.len() {
            0 => Self::Always,
            1 => kept.remove(0),
            _ => Self::All(kept.into()),
        }
    }

    /// Open where any of the parts is.
    #[must_use]
    pub fn any(parts: impl IntoIterator<Item = Guard>) -> Self {
        let mut kept: Vec<Guard> = Vec::new();
        for part in parts {
            match part {
                Self::Never => {}
                Self::Always => return Self::Always,
                Self::Any(inner) => {
                    kept.extend(inner.into_iter().filter(|part| !kept.contains(part)).collect::<Vec<_>>())
                }
                part if kept.contains(&part) => {}
                part => kept.push(part),
            }
        }
        if contradictory(&kept) {
            return Self::Always;
        }
        match kept.len() {
            0 => Self::Never,
            1 => kept.remove(0),
            _ => Self::Any(kept.into()),
        }
    }

    /// Calls `visit` for every atom named.
    pub fn atoms(&self, visit: &mut impl FnMut(Atom)) {
        match self {
            Self::Always | Self::Never => {}
            Self::Is(atom) | Self::Not(atom) => visit(*atom),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.atoms(visit)),
        }
    }
}

/// Whether some atom is named both ways.
fn contradictory(parts: &[Guard]) -> bool {
    parts.iter().any(|part| matches!(part, Guard::Is(atom) if parts.contains(&Guard::Not(*atom))))
}

/// A formula while the automaton is built: shared, with negation anywhere.
#[derive(Clone, Debug)]
pub(super) enum Formula {
    True,
    Atom(Atom),
    Not(Rc<Formula>),
    And(Rc<Formula>, Rc<Formula>),
}

impl Formula {
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::True, other) => other,
            (this, Self::True) => this,
            (this, other) => Self::And(Rc::new(this), Rc::new(other)),
        }
    }

    pub(super) fn negated(self) -> Self {
        match self {
            Self::Not(inner) => (*inner).clone(),
            this => Self::Not(Rc::new(this)),
        }
    }

    pub(super) fn guard(&self) -> Guard {
        self.normal_form(true)
    }

    fn normal_form(&self, positive: bool) -> Guard {
        match (self, positive) {
            (Self::True, true) => Guard::Always,
            (Self::True, false) => Guard::Never,
            (Self::Atom(atom), true) => Guard::Is(*atom),
            (Self::Atom(atom), false) => Guard::Not(*atom),
            (Self::Not(inner), positive) => inner.normal_form(!positive),
            (Self::And(left, right), true) => Guard::all([left.normal_form(true), right.normal_form(true)]),
            (Self::And(left, right), false) => {
                Guard::any([left.normal_form(false), right.normal_form(false)])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guards_are_simplified() {
        let (a, b) = (Guard::Is(Atom(0)), Guard::Is(Atom(1)));
        assert_eq!(Guard::all([Guard::Always, a.clone(), a.clone()]), a);
        assert_eq!(Guard::all([a.clone(), Guard::Not(Atom(0))]), Guard::Never);
        assert_eq!(Guard::any([a.clone(), Guard::Not(Atom(0)), b]), Guard::Always);
    }

    #[test]
    fn a_negated_conjunction_opens_where_any_part_fails() {
        let both = Formula::Atom(Atom(0)).and(Formula::Atom(Atom(1)).negated());
        assert_eq!(both.clone().negated().guard(), Guard::any([Guard::Not(Atom(0)), Guard::Is(Atom(1))]));
        assert_eq!(both.guard(), Guard::all([Guard::Is(Atom(0)), Guard::Not(Atom(1))]));
    }
}

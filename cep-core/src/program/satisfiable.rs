//! Whether guards can be open for one event: a question of form alone, conditions being taken to be independent of one
//! another. That two of them exclude each other, as two values of one field do, is not seen.

use super::guard::{Atom, Guard};

/// Above that many conditions their truth is not tried out, and the answer is that they can.
const MOST_TRIED: usize = 10;

/// Whether some truth of the conditions opens all guards; none where that would take more looks than are left.
pub(super) fn can_hold(guards: &[&Guard], left: &mut usize) -> Option<bool> {
    let all = Guard::all(guards.iter().map(|guard| (*guard).clone()));
    let mut atoms: Vec<Atom> = Vec::new();
    all.atoms(&mut |atom| atoms.push(atom));
    atoms.sort_unstable();
    atoms.dedup();
    if all == Guard::Never || atoms.len() > MOST_TRIED {
        return Some(all != Guard::Never);
    }
    *left = left.checked_sub(1 << atoms.len())?;
    let truth = |bits: usize| {
        let place = |atom: Atom| atoms.iter().position(|known| *known == atom).unwrap_or_default();
        move |atom: Atom| bits >> place(atom) & 1 == 1
    };
    Some((0..1 << atoms.len()).any(|bits| all.open(&mut truth(bits))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truth_is_tried_out_where_the_form_does_not_tell() {
        let is = |atom| Guard::Is(Atom(atom));
        let not = |atom| Guard::Not(Atom(atom));
        let either = Guard::any([is(0), is(1)]);
        assert_eq!(can_hold(&[&either, &not(0)], &mut 100), Some(true));
        assert_eq!(can_hold(&[&either, &Guard::all([not(0), not(1)])], &mut 100), Some(false));
        assert_eq!(can_hold(&[&either, &not(0)], &mut 3), None);
    }
}

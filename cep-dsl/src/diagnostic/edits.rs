//! Making the changes that helps propose.

use super::Edit;

/// The text with all edits made; they do not overlap.
#[must_use]
pub fn apply_edits(text: &str, edits: &[Edit]) -> String {
    let mut sorted: Vec<_> = edits.iter().collect();
    sorted.sort_by_key(|edit| edit.span.start);
    let mut result = String::with_capacity(text.len());
    let mut done = 0;
    for edit in sorted {
        let range = edit.span.range();
        result.push_str(text.get(done..range.start).unwrap_or_default());
        result.push_str(&edit.text);
        done = range.end.max(done);
    }
    result.push_str(text.get(done..).unwrap_or_default());
    result
}

/// The edits of several helps that can be made at once: a help of which an edit overlaps with one before it is left out
/// as a whole.
#[must_use]
pub fn compatible_edits<'a>(helps: impl IntoIterator<Item = &'a [Edit]>) -> Vec<Edit> {
    let mut chosen: Vec<Edit> = Vec::new();
    for edits in helps {
        if !edits.iter().any(|edit| chosen.iter().any(|known| overlap(edit, known))) {
            chosen.extend(edits.iter().cloned());
        }
    }
    chosen
}

/// Whether two edits change the same characters. Two insertions at one place do not.
fn overlap(left: &Edit, right: &Edit) -> bool {
    let (left, right) = (left.span, right.span);
    left.source == right.source && left.start < right.end && right.start < left.end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceId, Span};

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit { span: Span::new(SourceId::default(), start..end), text: text.to_owned() }
    }

    #[test]
    fn edits_are_made_in_the_order_of_their_places() {
        let edits = [edit(4, 5, "=="), edit(0, 0, "not "), edit(5, 5, "!")];
        assert_eq!(apply_edits("a b =", &edits), "not a b ==!");
    }

    #[test]
    fn a_help_that_overlaps_with_one_before_is_left_out_as_a_whole() {
        let (first, second) = ([edit(0, 3, "x")], [edit(2, 4, "y"), edit(9, 9, "z")]);
        let third = [edit(3, 4, "w")];
        let chosen = compatible_edits([first.as_slice(), &second, &third]);
        assert_eq!(chosen, [first[0].clone(), third[0].clone()]);
    }
}

//! Did you mean: the known name that is nearest to a mistyped one.

/// The candidate that was probably meant, where one is near enough to say so.
pub(crate) fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = name.trim().chars().count();
    // A name of one letter is as near to every other.
    let tolerated = (length / 3).max(1).min(length.saturating_sub(1));
    candidates
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= tolerated)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance, blind to case and outer spaces.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.trim().to_lowercase().chars().collect();
    let right: Vec<char> = right.trim().to_lowercase().chars().collect();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for (row, from) in left.iter().enumerate() {
        let mut diagonal = above[0];
        above[0] = row + 1;
        for (column, to) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(from != to);
            diagonal = above[column + 1];
            above[column + 1] = replaced.min(diagonal + 1).min(above[column] + 1);
        }
    }
    above[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested_and_a_far_one_is_not() {
        assert_eq!(closest("amout", ["card", "amount", "ts"]), Some("amount"));
        assert_eq!(closest("AMOUNT", ["amount"]), Some("amount"));
        assert_eq!(closest("amount", [" amount "]), Some(" amount "));
        assert_eq!(closest("merchant", ["card", "ts"]), None);
        assert_eq!(closest("q", ["p"]), None);
    }
}

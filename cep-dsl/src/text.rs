//! Words for diagnostics: which known name is meant by an unknown one, and how names are listed.

/// The known name that is most likely meant by `word`: few edits away for its length.
pub(crate) fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = match word.chars().count() {
        0 | 1 => return None,
        length => (length / 3).clamp(1, 3),
    };
    let lower = word.to_lowercase();
    known
        .into_iter()
        .map(|name| (distance(&lower, &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= limit && *name != word)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// The number of insertions, deletions, replacements and swaps of neighbours between two words.
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<_>, Vec<_>) = (left.chars().collect(), right.chars().collect());
    if left.len().abs_diff(right.len()) > 3 || left.len() > 64 {
        return usize::MAX;
    }
    let mut before = vec![0; right.len() + 1];
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for (i, l) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, r) in right.iter().enumerate() {
            let mut cost = (above[j] + usize::from(l != r)).min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *l == right[j - 1] && left[i - 1] == *r {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[right.len()]
}

/// A type in words, with its article: "an `int`".
pub(crate) fn article(ty: impl std::fmt::Display) -> String {
    let shown = ty.to_string();
    let article = if shown.starts_with('i') { "an" } else { "a" };
    format!("{article} `{shown}`")
}

/// A number of things in words: "1 field", "2 fields".
pub(crate) fn plural(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// A name as it is written: in back quotes where it is no bare word.
pub(crate) fn written(name: &str) -> String {
    let bare = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if bare && starts { name.to_owned() } else { format!("`{name}`") }
}

/// Names in backticks, separated by commas; long lists are cut.
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.into_iter().collect();
    let shown: Vec<_> = names.iter().take(8).map(|name| format!("`{name}`")).collect();
    let more = if names.len() > shown.len() { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_name_is_few_edits_away() {
        assert_eq!(closest("amuont", ["amount", "card"]), Some("amount"));
        assert_eq!(closest("Amount", ["amount", "card"]), Some("amount"));
        assert_eq!(closest("price", ["amount", "card"]), None);
        assert_eq!(closest("x", ["y"]), None);
    }

    #[test]
    fn long_lists_are_cut() {
        assert_eq!(list(["a", "b"]), "`a`, `b`");
        assert!(list(["a"; 20]).ends_with(", …"));
    }
}

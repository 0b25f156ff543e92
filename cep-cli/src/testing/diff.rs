//! How a text differs from another, line by line.

/// How many pairs of lines are compared; larger differences are shown as all lines out, all lines in.
const MOST_PAIRS: usize = 4_000_000;

/// How many equal lines are shown around a difference.
const AROUND: usize = 2;

#[derive(Clone, Copy, PartialEq)]
enum Line<'t> {
    Same(&'t str),
    Out(&'t str),
    In(&'t str),
}

/// The lines that are expected and missing (`-`), and those that were found instead (`+`), with some equal lines around.
#[must_use]
pub fn diff(expected: &str, found: &str) -> String {
    let (left, right): (Vec<_>, Vec<_>) = (expected.lines().collect(), found.lines().collect());
    let lines = compared(&left, &right);
    let changed = |at: usize| !matches!(lines[at], Line::Same(_));
    let near = |at: usize| {
        let last = lines.len().saturating_sub(1);
        (at.saturating_sub(AROUND)..=(at + AROUND).min(last)).any(changed)
    };
    let mut text = String::new();
    let mut left_out = false;
    for (at, line) in lines.iter().enumerate() {
        if !near(at) {
            left_out = true;
            continue;
        }
        if left_out && !text.is_empty() {
            text.push_str("  …\n");
        }
        left_out = false;
        let (sign, line) = match line {
            Line::Same(line) => (' ', line),
            Line::Out(line) => ('-', line),
            Line::In(line) => ('+', line),
        };
        text.push_str(&format!("{sign} {line}\n"));
    }
    text
}

fn compared<'t>(left: &[&'t str], right: &[&'t str]) -> Vec<Line<'t>> {
    let before = left.iter().zip(right).take_while(|(left, right)| left == right).count();
    let (same, left, right) = (&left[..before], &left[before..], &right[before..]);
    let after = left.iter().rev().zip(right.iter().rev()).take_while(|(left, right)| left == right).count();
    let (left, end) = left.split_at(left.len() - after);
    let right = &right[..right.len() - after];
    let mut lines: Vec<_> = same.iter().map(|line| Line::Same(line)).collect();
    if left.len().saturating_mul(right.len()) > MOST_PAIRS {
        lines.extend(left.iter().map(|line| Line::Out(line)));
        lines.extend(right.iter().map(|line| Line::In(line)));
    } else {
        middle(left, right, &mut lines);
    }
    lines.extend(end.iter().map(|line| Line::Same(line)));
    lines
}

/// The lines of the longest common subsequence stay.
fn middle<'t>(left: &[&'t str], right: &[&'t str], lines: &mut Vec<Line<'t>>) {
    // The length of the longest common subsequence behind each pair of places.
    let width = right.len() + 1;
    let mut longest = vec![0_u32; (left.len() + 1) * width];
    for i in (0..left.len()).rev() {
        for j in (0..right.len()).rev() {
            longest[i * width + j] = match left[i] == right[j] {
                true => longest[(i + 1) * width + j + 1] + 1,
                false => longest[(i + 1) * width + j].max(longest[i * width + j + 1]),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < left.len() && j < right.len() {
        if left[i] == right[j] {
            lines.push(Line::Same(left[i]));
            (i, j) = (i + 1, j + 1);
        } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            lines.push(Line::Out(left[i]));
            i += 1;
        } else {
            lines.push(Line::In(right[j]));
            j += 1;
        }
    }
    lines.extend(left[i..].iter().map(|line| Line::Out(line)));
    lines.extend(right[j..].iter().map(|line| Line::In(line)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_stands_with_what_is_around_it() {
        assert_eq!(diff("a\nb\n", "a\nb\n"), "");
        assert_eq!(diff("", "a\n"), "+ a\n");
        assert_eq!(diff("a\nb\nc\n", "a\nx\nc\n"), "  a\n- b\n+ x\n  c\n");
        let (many, other) = ("1\n2\n3\n4\n5\n6\n7\n8\n", "1\nx\n3\n4\n5\n6\n7\n9\n");
        assert_eq!(diff(many, other), "  1\n- 2\n+ x\n  3\n  4\n  …\n  6\n  7\n- 8\n+ 9\n");
    }
}

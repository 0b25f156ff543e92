//! Texts in pictures: how wide they are, and how they are broken into lines.

/// The width of a character of the font that is used, in pixels; a little more than it is, since fonts differ.
const CHARACTER: i32 = 8;
/// From here on characters are taken to be twice as wide.
const WIDE: char = '\u{1100}';
/// A line has so many characters.
const LINE: usize = 36;
/// A text has so many lines; the rest stands in the description.
const MOST_LINES: usize = 10;

/// How wide a text is.
pub(super) fn width(text: &str) -> i32 {
    i32::try_from(cells(text)).unwrap_or(i32::MAX / CHARACTER) * CHARACTER
}

fn cells(text: &str) -> usize {
    text.chars().map(|c| if c < WIDE { 1 } else { 2 }).sum()
}

/// A text in lines, broken at blanks where there are any.
pub(super) fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        for part in pieces(word) {
            let line = lines.last_mut().expect("there is always one");
            if !line.is_empty() && cells(line) + 1 + cells(&part) > LINE {
                lines.push(part);
                continue;
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&part);
        }
    }
    if lines.len() > MOST_LINES {
        lines.truncate(MOST_LINES - 1);
        lines.push("…".to_owned());
    }
    lines
}

/// A word that is longer than a line, in pieces.
fn pieces(word: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for c in word.chars() {
        let last = pieces.last_mut().expect("there is always one");
        if cells(last) + 2 > LINE {
            pieces.push(c.to_string());
        } else {
            last.push(c);
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_no_longer_than_they_may_be() {
        let text = format!("amount > 1 and card == \"{}\" or {}", "x".repeat(100), "名前".repeat(30));
        let lines = wrapped(&text);
        assert!(lines.iter().all(|line| cells(line) <= LINE), "{lines:?}");
        assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        assert_eq!(wrapped(&"word ".repeat(1000)).len(), MOST_LINES);
    }
}

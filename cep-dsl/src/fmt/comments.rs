//! Gives every comment to a line. A comment after code on its line trails what it follows; one inside a line's source
//! goes before that line; any other goes before the next line.

use super::{Gap, Line};
use crate::syntax::{Comment, CommentKind};

/// The comments of one line of output.
#[derive(Default, Clone)]
struct Attached {
    before: Vec<Comment>,
    after: Vec<Comment>,
}

/// All lines with their comments.
pub(super) fn join(text: &str, lines: Vec<Line>, comments: &[Comment]) -> String {
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by_key(|index| lines[*index].span.start);
    let mut attached = vec![Attached::default(); lines.len()];
    let mut rest = Vec::new();
    for comment in comments {
        match owner(text, &lines, &order, comment) {
            Some(Owner::Before(line)) => attached[line].before.push(*comment),
            Some(Owner::After(line)) => attached[line].after.push(*comment),
            None => rest.push(*comment),
        }
    }
    let mut output = Output { text, result: String::new() };
    for (line, attached) in lines.iter().zip(&attached) {
        output.line(line, attached);
    }
    for comment in &rest {
        output.blank(if output.blank_before(comment.span.start) { Gap::Always } else { Gap::None });
        output.comment(0, comment);
    }
    output.result
}

enum Owner {
    Before(usize),
    After(usize),
}

fn owner(text: &str, lines: &[Line], order: &[usize], comment: &Comment) -> Option<Owner> {
    let at = comment.span.start;
    let next = order.partition_point(|index| lines[*index].span.start <= at);
    let previous = next.checked_sub(1).map(|position| order[position]);
    if let Some(line) = previous {
        if at < lines[line].span.end {
            return Some(Owner::Before(line));
        }
        if after_code(text, at) {
            return Some(Owner::After(line));
        }
    }
    order.get(next).map(|line| Owner::Before(*line))
}

/// Whether anything but blanks stands before `at` on its line.
fn after_code(text: &str, at: u32) -> bool {
    let before = text.get(..at as usize).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    !line.trim_start_matches('\u{feff}').trim().is_empty()
}

struct Output<'a> {
    text: &'a str,
    result: String,
}

impl Output<'_> {
    fn line(&mut self, line: &Line, attached: &Attached) {
        let mut gap = line.gap;
        // What stands before a closing mark belongs to what it closes.
        let inner = usize::from(line.text.starts_with(['}', ')']));
        for comment in &attached.before {
            self.gap(gap, comment.span.start);
            self.comment(line.indent + inner, comment);
            gap = if line.gap == Gap::None { Gap::None } else { Gap::Kept };
        }
        self.gap(gap, line.span.start);
        self.indent(line.indent);
        self.result.push_str(&line.text);
        for comment in &attached.after {
            self.result.push_str("  ");
            self.push_comment(comment);
        }
        self.result.push('\n');
    }

    fn gap(&mut self, gap: Gap, at: u32) {
        let kept = gap == Gap::Kept && self.blank_before(at);
        self.blank(if kept { Gap::Always } else { gap });
    }

    fn blank(&mut self, gap: Gap) {
        if gap == Gap::Always && !self.result.is_empty() && !self.result.ends_with("\n\n") {
            self.result.push('\n');
        }
    }

    /// Whether the source has a blank line before `at`.
    fn blank_before(&self, at: u32) -> bool {
        let before = self.text.get(..at as usize).unwrap_or_default();
        let blanks = &before[before.trim_end().len()..];
        blanks.matches('\n').count() > 1
    }

    fn comment(&mut self, indent: usize, comment: &Comment) {
        self.indent(indent);
        self.push_comment(comment);
        self.result.push('\n');
    }

    fn push_comment(&mut self, comment: &Comment) {
        let text = self.text.get(comment.span.range()).unwrap_or_default();
        let loose = text.strip_prefix('/').filter(|_| comment.kind == CommentKind::LooseDoc);
        self.result.push_str(loose.unwrap_or(text).trim_end());
    }

    fn indent(&mut self, indent: usize) {
        self.result.extend(std::iter::repeat_n("  ", indent));
    }
}

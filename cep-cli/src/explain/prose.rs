//! A pattern in prose: a sentence a stage, then its windows, what a match drops, and what it emits.

use std::fmt::Write as _;

use cep_core::pattern::{Body, Element, Emit, Input, Limit, Overflow, Pattern, Skip};

use super::element::{self, Standing};

/// A pattern in prose.
#[must_use]
pub fn prose(pattern: &Pattern) -> String {
    let mut text = format!("pattern {} {}\n", pattern.name, inputs(&pattern.inputs));
    if let Some(doc) = &pattern.doc {
        doc.lines().for_each(|line| push(&mut text, 2, line.trim()));
    }
    text.push('\n');
    sequence(&mut text, &pattern.sequence, 2, Standing::Last);
    text.push('\n');
    if let Some(window) = pattern.window() {
        push(&mut text, 2, &format!("All of it takes less than {window}, from the first event on."));
    }
    rules(pattern).iter().for_each(|rule| push(&mut text, 2, rule));
    for emit in &pattern.emits {
        emitted(&mut text, "Each match", emit);
    }
    for emit in &pattern.timeout_emits {
        emitted(&mut text, "Each partial match that a window ends", emit);
    }
    text
}

/// What a match does to others, and how many partial matches there may be.
pub(super) fn rules(pattern: &Pattern) -> Vec<String> {
    std::iter::once(skip(&pattern.skip)).chain(pattern.limit.map(limited)).collect()
}

fn push(text: &mut String, indent: usize, line: &str) {
    let _ = writeln!(text, "{:indent$}{line}", "");
}

/// What a pattern reads, and by which key.
pub(super) fn inputs(inputs: &[Input]) -> String {
    let names: Vec<_> = inputs.iter().map(|input| input.stream.as_str()).collect();
    let merged = if names.len() > 1 { ", merged by time" } else { "" };
    let streams = format!("reads {}{merged}", listed(&names));
    let Some((first, others)) = inputs.split_first().filter(|(first, _)| !first.by.is_empty()) else {
        return format!("{streams}, all events together");
    };
    let otherwise = others.iter().filter(|input| input.by != first.by);
    let otherwise: String =
        otherwise.map(|input| format!(" (in {}: {})", input.stream, listed(&input.by))).collect();
    format!("{streams}, for each {}{otherwise} by itself", listed(&first.by))
}

/// `a`, `a and b`, `a, b and c`.
fn listed(names: &[impl AsRef<str>]) -> String {
    let names: Vec<_> = names.iter().map(AsRef::as_ref).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

fn sequence(text: &mut String, elements: &[Element], indent: usize, end: Standing) {
    for (index, element) in elements.iter().enumerate() {
        let number = index + 1;
        let standing = if number == elements.len() { end } else { Standing::Within };
        match &element.body {
            Body::Stage { name, .. } => {
                push(text, indent, &format!("{number}. {name}: {}", element::stage(element, standing)));
            }
            Body::Group(inner) => {
                push(text, indent, &format!("{number}. {}:", element::group(element)));
                sequence(text, inner, indent + 4, Standing::Within);
            }
        }
    }
}

fn skip(skip: &Skip) -> String {
    let fail =
        |or_fail: &bool| if *or_fail { "; one that has none, or starts with it, stops the run" } else { "" };
    match skip {
        Skip::NoSkip => "Every match is found, overlapping ones too.".to_owned(),
        Skip::ToNext => "A match drops all others that start with the same event.".to_owned(),
        Skip::PastLastEvent => {
            "A match drops all that start before it ends: matches do not overlap.".to_owned()
        }
        Skip::ToFirst { stage, or_fail } => {
            format!("A match drops all that start before its first {stage}{}.", fail(or_fail))
        }
        Skip::ToLast { stage, or_fail } => {
            format!("A match drops all that start before its last {stage}{}.", fail(or_fail))
        }
    }
}

fn limited(limit: Limit) -> String {
    let what = match limit.overflow {
        Overflow::DropOldest => "above that the oldest are dropped and counted",
        Overflow::DropNewest => "above that the newest are dropped and counted",
        Overflow::Fail => "above that the run stops",
    };
    let many = if limit.partial_matches == 1 { "partial match" } else { "partial matches" };
    format!("At most {} {many} per key; {what}.", limit.partial_matches)
}

fn emitted(text: &mut String, what: &str, emit: &Emit) {
    let to = emit.to.as_ref().map(|to| format!(", sent to {to}")).unwrap_or_default();
    let end = if emit.columns.is_empty() { "." } else { ":" };
    push(text, 2, &format!("{what} emits {}{to}{end}", emit.stream));
    for (name, value) in &emit.columns {
        push(text, 4, &format!("{name}: {value}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAMS: &str = "stream s { k: string  x: int  ts: timestamp } key k time ts\n\
                           stream t { l: string  x: int  ts: timestamp } key l time ts\n";

    fn told(pattern: &str) -> String {
        let compiled = cep_dsl::check("p.cep", &format!("{STREAMS}{pattern}"));
        let definitions = compiled.definitions.as_ref();
        prose(&definitions.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics)).patterns[0])
    }

    /// The numbered lines of a pattern over `s`.
    fn elements(sequence: &str) -> Vec<String> {
        let text = told(&format!("pattern p on s {{ {sequence} }}"));
        let numbered = text.lines().map(str::trim);
        numbered.filter(|line| line.starts_with(|c: char| c.is_ascii_digit())).map(str::to_owned).collect()
    }

    #[test]
    fn each_connector_is_told() {
        let sequence = "begin a where x > 1 next b followed by c where x > 2 followed within 5m by d \
                        followed by any e: s not next n where x == 0 next f not followed by g followed by h \
                        not followed within 1h by i";
        let expected = [
            "1. a: an event where x > 1",
            "2. b: directly next, an event",
            "3. c: later, the first event where x > 2",
            "4. d: later, the first event; less than 5m after the event before",
            "5. e: later, any event of s: each gives a match of its own",
            "6. n: directly next, no event where x == 0",
            "7. f: directly next, an event",
            "8. g: until the next stage, no event",
            "9. h: later, the first event",
            "10. i: for 1h after the event before, no event; the match is found when they are over",
        ];
        assert_eq!(elements(sequence), expected);
        let last = elements("begin a not followed by n where x > 1 within 2h");
        assert_eq!(last[1], "2. n: until the window is over, no event where x > 1; the match is found then");
    }

    #[test]
    fn each_quantifier_is_told() {
        let sequence = "begin a times 3 next b one or more consecutive where x > 1 until x > 9 \
                        followed by c times 2 to 4 allow combinations followed by any d times 2 or more at most 5s apart \
                        followed by e optional followed by f times 0 to 2 where x < 3 \
                        followed by g one or more greedy where x > 5 followed by h times 2 at most 1s apart \
                        within 1h";
        let expected = [
            "1. a: 3 events; others may lie between them",
            "2. b: directly next, one or more events where x > 1; one directly after the other; an event where x > 9 ends the loop",
            "3. c: later, 2 to 4 events, from the first one on; in every combination",
            "4. d: later, 2 or more events, from any one on; others may lie between them; each wait for the first 2 of them takes less than 5s",
            "5. e: later, the first event; may be left out",
            "6. f: later, 1 to 2 events where x < 3, from the first one on; others may lie between them; may be left out",
            "7. g: later, one or more events where x > 5, from the first one on; others may lie between them; an event that fits here is never given to what follows",
            "8. h: later, 2 events, from the first one on; others may lie between them; each wait for one of them, but the last, takes less than 1s",
        ];
        assert_eq!(elements(sequence), expected);
    }

    #[test]
    fn groups_are_told_with_what_is_in_them() {
        let sequence = "begin ( begin a next b ) times 2 followed by ( begin c followed by d ) optional next e within 1h";
        let expected = [
            "1. this sequence 2 times; others may lie between them:",
            "1. a: an event",
            "2. b: directly next, an event",
            "2. later, this sequence; may be left out:",
            "1. c: an event",
            "2. d: later, the first event",
            "3. e: directly next, an event",
        ];
        assert_eq!(elements(sequence), expected);
    }

    #[test]
    fn inputs_and_clauses_are_told() {
        let text = told(
            "/// What it is for.\n\
             pattern p on s by k, t by l {\n\
               begin a: s followed by b: t\n  within 1h\n  after match skip to last b or fail\n\
               limit 1 partial matches per key drop oldest\n\
               emit found { k: a.k, n: count(b) } to \"channel:x\"\n  on timeout emit lost { k: a.k }\n}",
        );
        let expected = "\
pattern p reads s and t, merged by time, for each k (in t: l) by itself
  What it is for.

  1. a: an event of s
  2. b: later, the first event of t

  All of it takes less than 1h, from the first event on.
  A match drops all that start before its last b; one that has none, or starts with it, stops the run.
  At most 1 partial match per key; above that the oldest are dropped and counted.
  Each match emits found, sent to channel:x:
    k: a.k
    n: count(b)
  Each partial match that a window ends emits lost:
    k: a.k
";
        assert_eq!(text, expected);
    }
}

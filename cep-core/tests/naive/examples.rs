//! Every example of `docs/semantics.md` (but those with a skip strategy) gives what the page says.

use crate::expr::Event;
use crate::matcher::{Matcher, Output};
use crate::notation::{pattern, stream};

/// The examples: pattern and lines, which blank lines and fences part.
fn examples(page: &str) -> Vec<(String, Vec<&str>)> {
    let fenced = page.split("```").skip(1).step_by(2).filter_map(|block| block.strip_prefix("text\n"));
    let parts = fenced.flat_map(|block| block.split("\n\n")).filter(|part| part.contains("->"));
    parts
        .map(|part| {
            let (lines, pattern): (Vec<_>, Vec<_>) = part.lines().partition(|line| line.contains("->"));
            (pattern.join(" "), lines)
        })
        .collect()
}

/// What is between braces after `->`, with `timeout` and times as written; sorted.
fn promised(text: &str) -> Vec<String> {
    let text = text.replace("none", "");
    let mut outputs: Vec<String> = Vec::new();
    for part in text.split_inclusive('}') {
        let part = part.trim();
        match part.split_once(' ').filter(|_| part.starts_with('@')) {
            Some((time, rest)) => {
                outputs.last_mut().unwrap().push_str(time);
                outputs.push(rest.trim().to_owned());
            }
            None if part.starts_with('@') => outputs.last_mut().unwrap().push_str(part),
            None if part.is_empty() => {}
            None => outputs.push(part.to_owned()),
        }
    }
    outputs.sort();
    outputs
}

/// An output as the page would write it.
fn written(output: &Output<'_>, names: &[&str], labels: bool, times: bool) -> String {
    // A stage's events stand together, where the stage's first one is.
    let mut stages: Vec<&str> = Vec::new();
    for (stage, _) in &output.captured {
        if !stages.contains(stage) {
            stages.push(stage);
        }
    }
    let of = |stage: &&str| output.captured.iter().filter(move |(of, _)| of == stage).collect::<Vec<_>>();
    let event = |(stage, at): &&(&str, usize)| {
        if labels { format!("{stage}:{}", names[*at]) } else { names[*at].to_owned() }
    };
    let events: Vec<String> =
        stages.iter().flat_map(|stage| of(stage).iter().map(event).collect::<Vec<_>>()).collect();
    let time = if times || !output.is_match { format!("@{}", output.time) } else { String::new() };
    let kind = if output.is_match { "" } else { "timeout " };
    format!("{kind}{{{}}}{time}", events.join(" "))
}

fn answer(
    pattern: &crate::pattern::Pattern,
    events: &[Event],
    names: &[&str],
    expected: &[String],
) -> Vec<String> {
    let labels = expected.iter().any(|output| output.contains(':'));
    let times = expected.iter().any(|output| !output.starts_with("timeout") && output.contains("}@"));
    let outputs = Matcher::run(pattern, events);
    let mut written: Vec<String> =
        outputs.iter().map(|output| written(output, names, labels, times)).collect();
    written.sort();
    written
}

#[test]
fn the_examples_of_the_page_hold() {
    let page = include_str!("../../../docs/semantics.md");
    let mut run = 0;
    for (text, lines) in examples(page) {
        let Some(pattern) = pattern(&text) else { continue };
        for line in lines {
            let (events, results) = line.split_once("->").unwrap();
            let (events, names) = stream(events);
            let expected = promised(results);
            assert_eq!(answer(&pattern, &events, &names, &expected), expected, "{text}: {line}");
            run += 1;
        }
    }
    assert!(run > 70, "{run} examples found");
}

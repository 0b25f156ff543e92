//! Every example of `docs/semantics.md` gives what the page says: by the engine, and without a skip strategy by the
//! naive matcher.

use cep_core::pattern::Skip;

use crate::engine::{Row, compile, run};
use crate::notation::{pattern, stream};
use crate::worlds::naive;

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

/// An output as the page would write it: a stage's events stand together, where the stage's first one is.
fn written((is_match, time, captured): &Row, names: &[&str], labels: bool, times: bool) -> String {
    let mut stages: Vec<&str> = Vec::new();
    for (stage, _) in captured {
        if !stages.contains(&stage.as_str()) {
            stages.push(stage);
        }
    }
    let events = stages.iter().flat_map(|stage| captured.iter().filter(move |(of, _)| of == stage));
    let event = |(stage, at): &(String, usize)| {
        if labels { format!("{stage}:{}", names[*at]) } else { names[*at].to_owned() }
    };
    let events: Vec<String> = events.map(event).collect();
    let time = if times || !is_match { format!("@{time}") } else { String::new() };
    let kind = if *is_match { "" } else { "timeout " };
    format!("{kind}{{{}}}{time}", events.join(" "))
}

/// Outputs in the manner of what the page promises.
fn like(expected: &[String], outputs: &[Row], names: &[&str]) -> Vec<String> {
    let labels = expected.iter().any(|output| output.contains(':'));
    let times = expected.iter().any(|output| !output.starts_with("timeout") && output.contains("}@"));
    let mut written: Vec<String> =
        outputs.iter().map(|output| written(output, names, labels, times)).collect();
    written.sort();
    written
}

#[test]
fn the_examples_of_the_page_hold() {
    let page = include_str!("../../../docs/semantics.md");
    let mut examples_run = 0;
    for (text, lines) in examples(page) {
        let (pattern, skip) = pattern(&text);
        let program = compile(&pattern, skip.clone()).unwrap();
        for line in lines {
            let (events, results) = line.split_once("->").unwrap();
            let (events, names) = stream(events);
            let expected = promised(results);
            if skip == Skip::NoSkip {
                assert_eq!(like(&expected, &naive(&pattern, &events), &names), expected, "{text}: {line}");
            }
            let engine = run(&program, &[events], 0).remove(0);
            assert_eq!(like(&expected, &engine, &names), expected, "{text}: {line}");
            examples_run += 1;
        }
    }
    assert!(examples_run > 70, "{examples_run} examples found");
}

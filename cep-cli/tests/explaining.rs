//! Pictures and examples of patterns, for every pattern file of the repository that has no errors: pictures are sound XML in
//! which nothing lies over anything else, and examples are what `cep test` finds in them.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod command;

use std::fs;
use std::path::{Path, PathBuf};

use cep_cli::explain::picture;
use cep_core::pattern::Definitions;
use cep_dsl::Compiled;
use command::{cep, folder, root};

/// All pattern files, with what they define.
fn programs() -> Vec<(PathBuf, Compiled, Definitions)> {
    let mut files = Vec::new();
    let mut folders = vec![root().join("examples"), root().join("fixtures")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match path.extension() {
                _ if path.is_dir() => folders.push(path),
                Some(extension) if extension == "cep" => files.push(path),
                _ => {}
            }
        }
    }
    files.sort();
    let load = |path: PathBuf| {
        let mut compiled = cep_dsl::load(&path, &mut |path| fs::read(path)).unwrap();
        compiled.definitions.take().map(|definitions| (path, compiled, definitions))
    };
    files.into_iter().filter_map(load).collect()
}

/// A rectangle or a text of a picture: left, top, right, bottom.
type Place = [i32; 4];

fn apart(one: Place, other: Place) -> bool {
    one[2] <= other[0] || other[2] <= one[0] || one[3] <= other[1] || other[3] <= one[1]
}

fn inside(inner: Place, outer: Place) -> bool {
    inner[0] >= outer[0] && inner[1] >= outer[1] && inner[2] <= outer[2] && inner[3] <= outer[3]
}

#[derive(Default)]
struct Places {
    /// Stages and what is emitted.
    boxes: Vec<Place>,
    /// Windows and groups.
    frames: Vec<Place>,
    texts: Vec<(Place, String)>,
    size: Place,
}

fn places(picture: &str) -> Places {
    let document = roxmltree::Document::parse(picture).unwrap();
    let mut places = Places::default();
    let number =
        |node: roxmltree::Node<'_, '_>, name: &str| -> i32 { node.attribute(name).unwrap().parse().unwrap() };
    for node in document.descendants() {
        match node.tag_name().name() {
            "svg" => places.size = [0, 0, number(node, "width"), number(node, "height")],
            "rect" => {
                let (x, y) = (number(node, "x"), number(node, "y"));
                let place = [x, y, x + number(node, "width"), y + number(node, "height")];
                match node.attribute("class").unwrap() {
                    "window" | "no-window" | "group" => places.frames.push(place),
                    _ => places.boxes.push(place),
                }
            }
            "text" => {
                let (x, y, text) = (number(node, "x"), number(node, "y"), node.text().unwrap_or_default());
                let wide = i32::try_from(text.chars().count()).unwrap() * 8;
                let left = if node.attribute("text-anchor").is_some() { x - wide / 2 } else { x };
                places.texts.push(([left, y - 12, left + wide, y + 2], text.to_owned()));
            }
            _ => {}
        }
    }
    places
}

#[test]
fn nothing_in_a_picture_lies_over_anything_else() {
    let mut pictures = 0;
    for (path, _, definitions) in programs() {
        let drawn = picture(&definitions.patterns);
        let Places { boxes, frames, texts, size } = places(&drawn);
        assert!(boxes.len() >= definitions.patterns.len(), "{}", path.display());
        for (index, one) in boxes.iter().enumerate() {
            let clear = |other: &Place| apart(*one, *other);
            assert!(boxes[index + 1..].iter().all(clear), "{}: {one:?}", path.display());
            let framed = |frame: &Place| inside(*one, *frame) || apart(*one, *frame);
            assert!(frames.iter().all(framed), "{}: {one:?} in {frames:?}", path.display());
            assert!(inside(*one, size), "{}: {one:?}", path.display());
        }
        for (index, (one, text)) in texts.iter().enumerate() {
            let framed = |at: &Place| inside(*one, *at) || apart(*one, *at);
            assert!(boxes.iter().all(framed), "{}: {text} {one:?} in {boxes:?}", path.display());
            let clear = |(other, _): &(Place, String)| apart(*one, *other);
            assert!(texts[index + 1..].iter().all(clear), "{}: {text} {one:?}", path.display());
            assert!(inside(*one, size), "{}: {text} {one:?} in {size:?}", path.display());
        }
        pictures += 1;
    }
    assert!(pictures > 40, "{pictures}");
}

#[test]
fn a_picture_has_a_title_and_a_description_a_pattern() {
    let file = root().join("examples/earthquakes/earthquakes.cep");
    let definitions = cep_dsl::load(&file, &mut |path| fs::read(path)).unwrap().definitions.unwrap();
    let drawn = picture(&definitions.patterns);
    let document = roxmltree::Document::parse(&drawn).unwrap();
    let texts = |name: &str| -> Vec<String> {
        let named = document.descendants().filter(|node| node.tag_name().name() == name);
        named.map(|node| node.text().unwrap().to_owned()).collect()
    };
    let titles: Vec<_> =
        definitions.patterns.iter().map(|pattern| format!("pattern {}", pattern.name)).collect();
    assert_eq!(texts("title"), titles);
    assert!(texts("desc")[0].contains("an event where magnitude >= main_magnitude"), "{:?}", texts("desc"));
    assert!(drawn.contains("prefers-color-scheme: dark"));
}

#[test]
fn a_picture_is_written_to_a_file_that_is_there_or_not() {
    let folder = folder("explain-file");
    let file = root().join("examples/quickstart/quickstart.cep");
    let args =
        ["explain", file.to_str().unwrap(), "--format", "svg", "--pattern", "card_testing", "-o", "p.svg"];
    for _ in 0..2 {
        let ran = cep(&folder, &args);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), "", ""));
        let text = fs::read_to_string(folder.join("p.svg")).unwrap();
        assert!(roxmltree::Document::parse(&text).is_ok());
    }
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    let nowhere = cep(&folder, &["explain", file.to_str().unwrap(), "-o", "no/p.svg"]);
    assert_eq!(nowhere.code, Some(1));
    assert!(nowhere.err.starts_with("error: no/p.svg: "), "{}", nowhere.err);
}

/// What is said of stages that never get an event.
const NEVER: [&str; 4] = ["W0402", "W0409", "W0411", "W0416"];

/// The part of an explanation that is an example, as a file of `cep test`.
fn sheets(explained: &str) -> Vec<String> {
    let mut sheets = Vec::new();
    let mut lines = explained.lines();
    while let Some(line) = lines.next() {
        if line == "  example, as a file of `cep test` has it" {
            let own = lines.by_ref().take_while(|line| !line.is_empty());
            sheets.push(own.map(|line| format!("{}\n", line.trim_start())).collect());
        }
    }
    sheets
}

#[test]
fn nearly_every_pattern_has_an_example_and_each_is_what_is_found() {
    let folder = folder("explain-examples");
    let (mut patterns, mut without) = (0, Vec::new());
    for (path, compiled, definitions) in programs() {
        patterns += definitions.patterns.len();
        let file = path.to_str().unwrap();
        let explained = cep(&root(), &["explain", file]);
        assert_eq!(explained.code, Some(0), "{file}: {}", explained.err);
        let sheets = sheets(&explained.out);
        for (at, sheet) in sheets.iter().enumerate() {
            test_of(&folder, &path, at, sheet, &definitions);
        }
        // Of some it is said that they never match.
        let never = compiled.diagnostics.iter().any(|it| NEVER.contains(&it.code.as_str()));
        if never {
            patterns -= definitions.patterns.len();
        } else {
            without.extend((sheets.len()..definitions.patterns.len()).map(|_| file.to_owned()));
        }
    }
    assert!(
        patterns > 40 && without.len() * 10 <= patterns,
        "{} of {patterns} have none: {without:#?}",
        without.len()
    );
}

/// Runs an example as a test of its pattern file, in a copy of the file's folder. Tables that have no file there are empty.
fn test_of(folder: &Path, path: &Path, at: usize, sheet: &str, definitions: &Definitions) {
    let name = path.file_stem().unwrap().to_str().unwrap();
    let own = folder.join(format!("{name}-{at}"));
    fs::create_dir_all(&own).unwrap();
    copy(path.parent().unwrap(), &own);
    for table in &definitions.tables {
        let header: Vec<_> = table.schema.fields().iter().map(|field| field.name.as_str()).collect();
        match table.source.strip_prefix("file:").map(|file| own.join(file)) {
            Some(file) if file.exists() => {}
            Some(file) => fs::write(file, header.join(",") + "\n").unwrap(),
            // What is in a store cannot be run: the same text with a file in its place can.
            None => {
                let text = fs::read_to_string(path).unwrap();
                let text = text.replace(&format!("\"{}\"", table.source), "\"file:empty.csv\"");
                fs::write(own.join(path.file_name().unwrap()), text).unwrap();
                fs::write(own.join("empty.csv"), header.join(",") + "\n").unwrap();
            }
        }
    }
    fs::write(own.join(format!("{name}.test")), sheet).unwrap();
    let file = format!("{name}.test");
    let tested = cep(&own, &["test", &file]);
    assert_eq!(tested.code, Some(0), "{}\n{sheet}\n{}{}", path.display(), tested.out, tested.err);
    assert!(tested.out.ends_with("1 passed\n"), "{}", tested.out);
    fs::remove_dir_all(own).unwrap();
}

/// The pattern files of a folder, with those they use and their tables.
fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        let wanted = ["cep", "csv"].map(Some).contains(&path.extension().and_then(|ext| ext.to_str()));
        if path.is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy(&path, &target);
        } else if wanted {
            fs::copy(path, target).unwrap();
        }
    }
}

#[test]
fn what_patterns_cost_is_counted_over_the_data() {
    let example = root().join("examples/quickstart");
    let ran = cep(&example, &["explain", "quickstart.cep", "--cost", "txn.csv"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    let lines: Vec<Vec<&str>> = ran.out.lines().map(|line| line.split_whitespace().collect()).collect();
    let has = |words: &str| {
        let words: Vec<_> = words.split_whitespace().collect();
        assert!(lines.contains(&words), "{words:?} in\n{}", ran.out);
    };
    has("9 rows");
    // Six of the nine payments are small, two are large.
    has("6 starts, 666.7 in 1,000 events; 1 matches, 0.17 a start");
    has("small (the event by itself) 9 6 66.7 %");
    has("amount < 2 9 6 66.7 %");
    has("amount > big 9 2 22.2 %");
    let other = cep(&example, &["explain", "quickstart.cep", "--cost", "txn.csv", "-p", "big=1000"]);
    assert!(other.out.contains("6 starts, 666.7 in 1,000 events; 0 matches, 0.00 a start"), "{}", other.out);
}

#[test]
fn conditions_on_captured_events_are_asked_of_the_partial_matches_that_wait() {
    let folder = folder("explain-cost");
    let program = "stream s { k: string  x: int  ts: timestamp } key k time ts\n\
                   pattern p on s by k { begin a where x > 0 followed by b where x > a.x within 1h }\n";
    fs::write(folder.join("p.cep"), program).unwrap();
    // Ten keys wait over the first look, and each gets one event that is not greater and one that is.
    let mut rows = "k,x,ts\n".to_owned();
    for (round, x) in [(0, 5), (1, -1), (2, -1), (3, -1), (4, -1), (5, -1), (6, -1), (7, 0), (8, 6)] {
        (0..10).for_each(|key| rows.push_str(&format!("k{key},{x},{}\n", round * 10 + key)));
    }
    fs::write(folder.join("s.csv"), rows).unwrap();
    let ran = cep(&folder, &["explain", "p.cep", "--cost", "s.csv"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    let line = ran.out.lines().find(|line| line.contains("of partial matches: x > a.x")).unwrap();
    let numbers: Vec<_> = line.split_whitespace().rev().take(4).collect();
    // Behind the first 64 rows stand 26: six less than a round of -1, the round of 0, that of 6.
    assert_eq!(numbers, ["%", "38.5", "10", "26"], "{}", ran.out);
    assert!(ran.out.contains("at most 10 keys"), "{}", ran.out);
    let waiting = ran.out.lines().find(|line| line.trim_start().starts_with("b ")).unwrap();
    assert!(ran.out.contains("partial matches that wait for") && !waiting.is_empty(), "{}", ran.out);
}

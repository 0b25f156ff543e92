//! Reading that ended at any point goes on as if it had not.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod command;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use cep_cli::input::{
    Bindings, Bookmark, InputError, Merge, Moved, Pulled, ReadOptions, bind, open_streams_at,
};
use cep_core::program::Program;
use command::folder;

const PATTERNS: &str = "\
stream s { id: int  text: string  ts: timestamp } time ts lateness 5ms
pattern p on s { begin x where id > 0 and text == \"a\" }";

const ROWS: usize = 20_000;

fn csv() -> String {
    let mut text = String::from("\u{feff}id,other,text,ts\r\n");
    for row in 0..ROWS {
        let quoted = if row % 7 == 0 { "\"a \"\"b\"\"\nc\"" } else { "plain" };
        writeln!(text, "{row},x,{quoted},{}", row + row % 3).unwrap();
    }
    text
}

fn jsonl() -> String {
    let line = |row: usize| format!("{{\"id\":{row},\"text\":\"größer {row}\",\"ts\":{}}}\n", row + row % 3);
    (0..ROWS).map(line).collect()
}

fn bound(folder: &Path, files: &[&str]) -> (Program, Bindings) {
    let patterns = folder.join("p.cep");
    fs::write(&patterns, PATTERNS).unwrap();
    let compiled = cep_dsl::load(&patterns, &mut |path| fs::read(path)).unwrap();
    let definitions = compiled.definitions.unwrap();
    let files: Vec<String> = files.iter().map(|file| format!("s={}", folder.join(file).display())).collect();
    let bindings = bind(&files, &definitions, folder).unwrap();
    (Program::compile(definitions, &HashMap::new()).unwrap(), bindings)
}

fn open(
    (program, bindings): &(Program, Bindings),
    bookmarks: &HashMap<String, Bookmark>,
) -> Result<Merge, InputError> {
    open_streams_at(bindings, program, &ReadOptions::default(), bookmarks)
}

/// What comes of a merge: its batches, each as text, with the bookmarks after it.
fn read(
    bound: &(Program, Bindings),
    from: &HashMap<String, Bookmark>,
) -> Vec<(String, HashMap<String, Bookmark>)> {
    let sources = bound.1.sources(bound.0.definitions());
    let mut bookmarks = from.clone();
    let mut all = Vec::new();
    for pulled in open(bound, from).unwrap() {
        let text = match pulled.unwrap() {
            Pulled::Rows { batch, watermark, input, bookmark } => {
                bookmarks.insert(sources[input].clone(), *bookmark);
                let row = |row| {
                    let values = batch.columns().iter().map(|column| format!("{:?}", column.get(row)));
                    (batch.position(row), batch.watermark_before(row), values.collect::<Vec<_>>())
                };
                format!("{input} {watermark:?} {:?}", (0..batch.len()).map(row).collect::<Vec<_>>())
            }
            Pulled::Ended(stream) => format!("ended {stream:?}"),
            Pulled::Silent(_) | Pulled::Reached(..) => unreachable!("files are never silent"),
        };
        all.push((text, bookmarks.clone()));
    }
    all
}

fn with_file(name: &str, file: &str, text: &str) -> PathBuf {
    let folder = folder(name);
    fs::write(folder.join(file), text).unwrap();
    folder
}

#[test]
fn it_goes_on_behind_any_batch() {
    let folder = with_file("going-on", "a.csv", &csv());
    fs::write(folder.join("b.jsonl"), jsonl()).unwrap();
    for files in [&["a.csv"][..], &["b.jsonl"], &["a.csv", "b.jsonl"]] {
        let bound = bound(&folder, files);
        let whole = read(&bound, &HashMap::new());
        assert!(whole.len() >= 5, "{files:?}");
        for at in 0..whole.len() {
            let rest = read(&bound, &whole[at].1);
            // An end is noticed again.
            let texts = |batches: &[(String, HashMap<String, Bookmark>)]| -> Vec<String> {
                let rows = batches.iter().map(|(text, _)| text.clone());
                rows.filter(|text| !text.starts_with("ended")).collect()
            };
            assert!(texts(&rest) == texts(&whole[at + 1..]), "{files:?} behind batch {at}");
        }
    }
}

#[test]
fn errors_behind_it_name_the_line() {
    let text = csv() + "bad,x,y,1\n";
    let folder = with_file("going-on-bad", "a.csv", &text);
    let bound = bound(&folder, &["a.csv"]);
    let error = |from: &HashMap<String, Bookmark>| {
        open(&bound, from).unwrap().find_map(Result::err).unwrap().to_string()
    };
    let mut first = open(&bound, &HashMap::new()).unwrap();
    let Some(Ok(Pulled::Rows { bookmark, .. })) = first.next() else { panic!("rows") };
    let from = HashMap::from([("s=a.csv".to_owned(), *bookmark)]);
    assert_eq!(error(&from), error(&HashMap::new()));
    assert!(error(&from).contains(&format!("a.csv:{}:", text.lines().count())), "{}", error(&from));
}

#[test]
fn a_file_that_is_another_one_is_refused_and_one_that_has_grown_is_not() {
    let folder = with_file("going-on-moved", "a.csv", &csv());
    let bound = bound(&folder, &["a.csv"]);
    let from = read(&bound, &HashMap::new()).pop().unwrap().1;
    fs::write(folder.join("a.csv"), csv() + "7,x,more,99999\n").unwrap();
    assert_eq!(read(&bound, &from).len(), 2, "the row and the end");
    fs::write(folder.join("a.csv"), &csv()[..100_000]).unwrap();
    let why = |found: Result<Merge, InputError>| match found.unwrap_err() {
        InputError::Moved { why, .. } => why,
        error => panic!("{error}"),
    };
    assert!(matches!(why(open(&bound, &from)), Moved::Shorter { found: 100_000, .. }));
    fs::write(folder.join("a.csv"), csv().replace("plain", "other")).unwrap();
    assert!(matches!(why(open(&bound, &from)), Moved::Other(4096)));
}

#[test]
fn sources_are_named_apart() {
    let folder = with_file("going-on-names", "a.csv", &csv());
    fs::create_dir_all(folder.join("more")).unwrap();
    let (program, bindings) = bound(&folder, &["a.csv", "more/a.csv", "b.csv", "a.csv"]);
    let names = bindings.sources(program.definitions());
    assert_eq!(names, ["s=a.csv", "s=a.csv#2", "s=b.csv", "s=a.csv#3"]);
}

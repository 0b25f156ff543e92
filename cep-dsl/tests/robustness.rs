//! Whatever the bytes: the parser gives a tree and diagnostics, and never panics.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use cep_dsl::diagnostic::{render, to_json};
use cep_dsl::source::SourceMap;
use support::{checked_format, conformance_cases, files, fixtures, parse_text};

/// A small generator (xorshift), so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % below
    }
}

/// Parses, renders, and formats what is clean.
fn survives(text: &str) {
    let (sources, parse) = parse_text(text);
    let _ = render(&sources, &parse.diagnostics);
    let _ = to_json(&sources, &parse.diagnostics);
    for diagnostic in &parse.diagnostics {
        let range = diagnostic.primary.span.range();
        assert!(range.start <= range.end && range.end <= text.len(), "{diagnostic:?} in {text:?}");
    }
    let compiled = cep_dsl::check("test.cep", text);
    let _ = render(&compiled.sources, &compiled.diagnostics);
    if !parse.diagnostics.has_errors() {
        checked_format(text);
    }
}

const WORDS: [&str; 104] = [
    "use",
    "param",
    "const",
    "stream",
    "table",
    "pattern",
    "on",
    "by",
    "begin",
    "next",
    "followed",
    "any",
    "not",
    "within",
    "where",
    "until",
    "times",
    "one",
    "or",
    "more",
    "to",
    "optional",
    "greedy",
    "consecutive",
    "allow",
    "combinations",
    "at",
    "most",
    "apart",
    "after",
    "match",
    "skip",
    "no",
    "past",
    "last",
    "first",
    "event",
    "fail",
    "limit",
    "partial",
    "matches",
    "per",
    "key",
    "drop",
    "oldest",
    "emit",
    "timeout",
    "time",
    "desc",
    "lateness",
    "idle",
    "from",
    "late",
    "with",
    "and",
    "in",
    "true",
    "null",
    "list",
    "map",
    "int",
    "a",
    "b",
    "s",
    "`x y`",
    "5",
    "1.5",
    "5m",
    "1h30m",
    "\"t\"",
    "'r'",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">",
    ",",
    ":",
    ".",
    "?",
    "??",
    "=",
    "==",
    "!=",
    "<=",
    ">=",
    "=~",
    "+",
    "-",
    "*",
    "/",
    "%",
    "@",
    "!",
    "&&",
    "||",
    ";",
    "// c\n",
    "/// d\n",
    "\n",
    "is",
];

#[test]
fn token_soup() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..8_000 {
        let length = 1 + random.next(60);
        let soup: Vec<_> = (0..length).map(|_| WORDS[random.next(WORDS.len())]).collect();
        survives(&soup.join(" "));
        survives(&format!("pattern p on s {{ begin a {}", soup.join(" ")));
    }
}

#[test]
fn mutated_programs() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let mut texts: Vec<String> = files(&fixtures("language"), "cep")
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    texts.extend(conformance_cases().into_iter().step_by(40).map(|case| case.cep));
    let newcomers = files(&fixtures("newcomers"), "cep");
    texts.extend(newcomers.iter().map(|path| std::fs::read_to_string(path).unwrap()));
    for text in &texts {
        let words: Vec<_> = text.split_inclusive([' ', '\n']).collect();
        for _ in 0..30 {
            let mut mutated = words.clone();
            for _ in 0..=random.next(3) {
                let at = random.next(mutated.len());
                match random.next(3) {
                    0 => drop(mutated.remove(at)),
                    1 => mutated.insert(at, WORDS[random.next(WORDS.len())]),
                    _ => mutated[at] = WORDS[random.next(WORDS.len())],
                }
            }
            survives(&mutated.concat());
        }
    }
}

#[test]
fn random_bytes() {
    let mut random = Random(0xdead_beef_cafe_f00d);
    for _ in 0..8_000 {
        let length = random.next(80);
        let bytes: Vec<u8> = (0..length).map(|_| u8::try_from(random.next(256)).unwrap()).collect();
        survives(&String::from_utf8_lossy(&bytes));
        let mut sources = SourceMap::new();
        if let Err(diagnostics) = cep_dsl::parse::add_bytes(&mut sources, "bytes.cep", &bytes) {
            let _ = render(&sources, &diagnostics);
        }
        let ascii: String = bytes.iter().map(|byte| char::from(byte % 128)).collect();
        survives(&ascii);
    }
}

#[test]
fn comments_anywhere_survive_formatting() {
    let mut random = Random(0x0123_4567_89ab_cdef);
    let tour = std::fs::read_to_string(fixtures("language").join("tour.cep")).unwrap();
    let bare: String =
        tour.lines().map(|line| line.split("//").next().unwrap_or_default().to_owned() + "\n").collect();
    let words: Vec<_> = bare.split_inclusive([' ', '\n']).collect();
    for round in 0..400 {
        let mut mutated: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        for index in 0..=random.next(6) {
            let at = random.next(mutated.len());
            let slashes = if random.next(4) == 0 { "///" } else { "//" };
            mutated.insert(at, format!("{slashes} c{round}-{index}\n"));
        }
        let text = mutated.concat();
        if !parse_text(&text).1.diagnostics.has_errors() {
            checked_format(&text);
        }
    }
}

#[test]
fn deep_nesting_is_a_diagnostic() {
    let pattern = |condition: &str| {
        format!("stream s {{ a: int }}\npattern p on s {{\n  begin x where {condition}\n}}\n")
    };
    let deep = 100_000;
    let texts = [
        pattern(&"(".repeat(deep)),
        pattern(&"not ".repeat(deep)),
        pattern(&"- ".repeat(deep)),
        pattern(&"[".repeat(deep)),
        pattern(&"f(".repeat(deep)),
        pattern(&"a[".repeat(deep)),
        pattern(&format!("a{}", ".a".repeat(deep))),
        pattern(&format!("a{}", " + a".repeat(deep))),
        pattern(&format!("a{}", " ?? a".repeat(deep))),
        format!("pattern p on s {{ {}", "begin (".repeat(deep)),
        format!("stream s {{ a: {}", "list<".repeat(deep)),
    ];
    for text in texts {
        let (_, parse) = parse_text(&text);
        assert_eq!(
            parse.diagnostics.iter().filter(|it| it.code.as_str() == "E0110").count(),
            1,
            "{}",
            &text[..80]
        );
    }
    let (_, parse) = parse_text(&pattern(&format!("a{}", " and a".repeat(deep))));
    assert!(parse.diagnostics.is_empty());
}

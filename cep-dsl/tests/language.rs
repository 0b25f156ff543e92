//! The language as people write it: the tour, and every pattern of the conformance cases, parse and format cleanly.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use support::{checked_format, conformance_cases, files, fixtures, parse_text};

#[test]
fn language_fixtures_parse_without_diagnostics_and_format() {
    for path in files(&fixtures("language"), "cep") {
        let text = std::fs::read_to_string(&path).unwrap();
        let (sources, parse) = parse_text(&text);
        let rendered = cep_dsl::diagnostic::render(&sources, &parse.diagnostics);
        assert!(parse.diagnostics.is_empty(), "{}:\n{rendered}", path.display());
        checked_format(&text);
    }
}

#[test]
fn conformance_patterns_parse_without_diagnostics_and_format() {
    let cases = conformance_cases();
    assert!(cases.len() > 3_000, "only {} cases", cases.len());
    for case in cases {
        let (sources, parse) = parse_text(&case.cep);
        let rejected = case.error.is_some() && parse.diagnostics.iter().all(|it| it.code.as_str() < "E05");
        if rejected && !parse.diagnostics.is_empty() {
            continue;
        }
        let rendered = cep_dsl::diagnostic::render(&sources, &parse.diagnostics);
        assert!(parse.diagnostics.is_empty(), "{}:\n{}\n{rendered}", case.name, case.cep);
        checked_format(&case.cep);
    }
}

#[test]
fn language_fixtures_check_without_diagnostics() {
    for path in files(&fixtures("language"), "cep") {
        let compiled = cep_dsl::load(&path, &mut |path| std::fs::read(path)).unwrap();
        let rendered = cep_dsl::diagnostic::render(&compiled.sources, &compiled.diagnostics);
        assert!(compiled.diagnostics.is_empty(), "{rendered}");
        valid(&compiled.definitions.unwrap());
    }
}

/// The engine compiles what the checker let pass.
fn valid(definitions: &cep_core::pattern::Definitions) {
    if let Err(errors) = cep_core::program::Program::compile(definitions.clone(), &Default::default()) {
        panic!("{errors:?}");
    }
}

#[test]
fn conformance_patterns_check_and_those_flink_rejects_are_rejected() {
    let mut wrong = Vec::new();
    for case in conformance_cases() {
        let compiled = cep_dsl::check("case.cep", &case.cep);
        let rejected =
            matches!(case.error.as_deref(), Some("malformed" | "unsupported" | "illegal_argument"));
        if rejected != compiled.diagnostics.has_errors() {
            let rendered = cep_dsl::diagnostic::render(&compiled.sources, &compiled.diagnostics);
            wrong.push(format!("{} ({:?}):\n{}\n{rendered}", case.name, case.error, case.cep));
        }
        if let Some(definitions) = &compiled.definitions {
            valid(definitions);
        }
    }
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn formatting_has_one_form() {
    let messy = "\
// head

// about s
stream   s{a:int?,b:list<map<string>> // trailing
}time b,a desc lateness 5s key(a,b)
const x=5
pattern p on s{ begin a greedy one or more where b==1 // one
// two
next(begin c followed within 1m by any d)optional times 2
emit e{x:a.b,}to\"f\"
// why so short
within 5m}
// end";
    let expected = "\
// head

// about s
stream s {
  a: int?
  b: list<map<string>>  // trailing
} key (a, b) time b, a desc lateness 5s
const x = 5
";
    let formatted = checked_format(messy);
    assert!(formatted.starts_with("// head\n\n// about s\nstream s {\n"), "{formatted}\n{expected}");
    assert!(
        formatted.contains("begin a one or more greedy where b == 1  // one\n  // two\n  next (\n"),
        "{formatted}"
    );
    assert!(
        formatted.contains(
            "  ) times 2 optional\n  // why so short\n  within 5m\n  emit e { x: a.b } to \"f\"\n}\n// end\n"
        ),
        "{formatted}"
    );
}

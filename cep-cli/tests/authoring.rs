//! `cep infer`, `new`, `ast`, `lsp`, `completions` and `man` through the real binary.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod command;

use std::fs;
use std::path::Path;

use command::{cep, cep_reading, folder, root};

/// Declares the stream of a file, adds a pattern, and finds with it.
fn found(folder: &Path, file: &str, pattern: &str) -> String {
    let declared = cep(folder, &["infer", file]);
    assert_eq!((declared.code, declared.err.as_str()), (Some(0), ""));
    fs::write(folder.join("p.cep"), &declared.out).unwrap();
    let checked = cep(folder, &["check", "p.cep"]);
    assert_eq!((checked.code, checked.err.as_str()), (Some(0), ""), "{}", declared.out);
    assert_eq!(cep(folder, &["fmt", "--check", "p.cep"]).code, Some(0), "{}", declared.out);
    fs::write(folder.join("p.cep"), format!("{}\n{pattern}\n", declared.out)).unwrap();
    let ran = cep(folder, &["run", "p.cep", file, "-o", "jsonl", "-q"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{}", declared.out);
    ran.out
}

#[test]
fn infer_declares_csv_with_types_keys_and_time() {
    let folder = folder("infer-csv");
    let text = "\
card,amount,code,fast,at,ts,note
c1,5,007,true,2026-03-01 09:00:00,2026-03-01T09:00:00Z,
c2,7.5,012,false,2026-03-01 09:00:05,2026-03-01T09:00:05Z,x
c1,9,013,true,2026-03-01 09:00:03,2026-03-01T09:00:02.500Z,
c1,1e3,007,true,2026-03-01 09:00:09,2026-03-01T09:00:09Z,
";
    fs::write(folder.join("txn.csv"), text).unwrap();
    let expected = "\
// From 4 rows of txn.csv.
// key? `code`: 3 values, at most 2 rows of one.
// key? `card`: 2 values, at most 3 rows of one.
// key? `fast`: 2 values, at most 3 rows of one.
// time: `ts`, 1 row behind a later one, up to 3s.
stream txn {
  card: string
  amount: float
  code: string
  fast: bool
  at: string  // a time without its zone; a timestamp has one, as 2018-01-31T01:49:59Z
  ts: timestamp  // RFC 3339
  note: string?  // null in 3 of 4
} time ts lateness 3s
";
    assert_eq!(cep(&folder, &["infer", "txn.csv"]).out, expected);
    let pattern = "pattern p on txn by card { begin a where amount == 9 }";
    let found = found(&folder, "txn.csv", pattern);
    assert!(found.contains("\"amount\":9"), "the row that came late is found: {found}");
}

#[test]
fn infer_declares_json_lines_and_leaves_out_what_has_no_type() {
    let folder = folder("infer-jsonl");
    let text = "\
{\"user\":\"a\",\"n\":1,\"when\":1767225600000,\"tags\":[\"x\"],\"odd\":1,\"a:b\":1,\"s\":1767225600}

{\"user\":\"b\",\"n\":2,\"when\":1767225601000,\"tags\":[],\"odd\":\"x\",\"a:b\":2,\"s\":1767225601}
{\"user\":\"a\",\"n\":3,\"when\":1767225602000,\"tags\":[\"y\"],\"odd\":null,\"a:b\":3,\"s\":1767225602,\"more\":true}
";
    fs::write(folder.join("log-in.jsonl"), text).unwrap();
    let declared = cep(&folder, &["infer", "log-in.jsonl"]).out;
    for line in [
        "// From 3 rows of log-in.jsonl.",
        "// time: `when`, in order.",
        "stream `log-in` {",
        "  n: int",
        "  when: timestamp  // milliseconds since 1970",
        "  tags: list<string>",
        "  // `odd` is left out: no one type holds its values",
        "  // `a:b` is left out: it cannot be a name here",
        "  s: int  // perhaps seconds since 1970; a timestamp is in milliseconds",
        "  more: bool?  // null in 2 of 3",
        "} time when",
    ] {
        assert!(declared.lines().any(|found| found == line), "`{line}` is missing:\n{declared}");
    }
    let found =
        found(&folder, "log-in.jsonl", "pattern p on `log-in` by user { begin a next b where n > 1 }");
    assert_eq!(found.lines().count(), 1, "{found}");
    let renamed = cep(&folder, &["infer", "log-in.jsonl", "--name", "logins", "--rows", "2"]).out;
    assert!(renamed.starts_with("// From 2 rows of") && renamed.contains("stream logins {"), "{renamed}");
}

#[test]
fn infer_reads_real_data_and_tells_of_files_that_are_none() {
    let folder = folder("infer-real");
    let data = fs::read_dir(root().join("examples/earthquakes")).unwrap().map(|entry| entry.unwrap().path());
    let csv = data.into_iter().find(|path| path.extension().is_some_and(|it| it == "csv")).unwrap();
    fs::copy(&csv, folder.join("quake.csv")).unwrap();
    let found = found(&folder, "quake.csv", "pattern p on quake { begin a where magnitude > 5 }");
    assert!(found.lines().count() > 3, "{found}");
    fs::write(folder.join("bad.jsonl"), "{\"a\":1}\nnonsense\n").unwrap();
    let bad = cep(&folder, &["infer", "bad.jsonl"]);
    assert_eq!((bad.code, bad.out.as_str()), (Some(1), ""));
    assert!(bad.err.starts_with("error: bad.jsonl:2: "), "{}", bad.err);
    assert_eq!(cep(&folder, &["infer", "nowhere.csv"]).code, Some(1));
}

#[test]
fn new_makes_a_folder_whose_tests_pass() {
    let folder = folder("new");
    let made = cep(&folder, &["new", "guess"]);
    assert_eq!((made.code, made.err.as_str()), (Some(0), ""));
    let inside = folder.join("guess");
    let tested = cep(&inside, &["test", "--coverage"]);
    assert_eq!((tested.code, tested.err.as_str()), (Some(0), ""), "{}", tested.out);
    let expected = "coverage  guess.cep: 5 of 5\n5 passed\n";
    assert!(tested.out.ends_with(expected), "{}", tested.out);
    let checked = cep(&inside, &["check", "guess.cep"]);
    assert_eq!((checked.code, checked.err.as_str()), (Some(0), ""));
    assert_eq!(cep(&inside, &["fmt", "--check", "guess.cep"]).code, Some(0));
    let ran = cep(&inside, &["run", "guess.cep", "-o", "counts", "-q"]);
    assert_eq!(ran.code, Some(0));
    let again = cep(&folder, &["new", "guess"]);
    assert_eq!((again.code, again.out.as_str()), (Some(2), ""));
}

#[test]
fn ast_prints_the_tree_of_files_without_mistakes() {
    let folder = folder("ast");
    fs::write(folder.join("p.cep"), "const x = 5 // five\n").unwrap();
    let ran = cep(&folder, &["ast", "p.cep"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    let tree: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&tree["version"], &tree["items"][0]["item"]), (&1.into(), &"const".into()));
    assert_eq!(tree["comments"][0]["kind"], "plain");
    let piped = cep_reading(&folder, &["ast", "-"], b"const x = 5 // five\n");
    assert_eq!(piped.out, ran.out);
    let wrong = cep_reading(&folder, &["ast", "-"], b"const x 5");
    assert_eq!((wrong.code, wrong.out.as_str()), (Some(2), ""));
    assert!(wrong.err.starts_with("error[E0109]"), "{}", wrong.err);
}

#[test]
fn shells_get_completions_and_the_manual_its_pages() {
    let folder = folder("completions");
    for (shell, sign) in [("bash", "complete -F _cep"), ("zsh", "#compdef cep"), ("fish", "complete -c cep")]
    {
        let ran = cep(&folder, &["completions", shell]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        assert!(ran.out.contains(sign) && ran.out.contains("infer"), "{shell}");
    }
    assert_eq!(cep(&folder, &["completions", "tcsh"]).code, Some(2));
    assert_eq!(cep(&folder, &["man", "pages"]).code, Some(0));
    let page = fs::read_to_string(folder.join("pages/cep-run.1")).unwrap();
    assert!(page.contains(".TH") && page.contains("threads"), "{page}");
    assert!(folder.join("pages/cep.1").is_file() && folder.join("pages/cep-test.1").is_file());
}

/// A message as editors send it.
fn message(body: &str) -> String {
    format!("Content-Length: {}\r\n\r\n{body}", body.len())
}

#[test]
fn lsp_serves_an_editor_until_it_says_that_it_is_done() {
    let folder = folder("lsp");
    let open = r#"{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///a.cep","languageId":"cep","version":1,"text":"pattern p on s { begin a }"}}}"#;
    let said = [
        r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}"#,
        r#"{"jsonrpc":"2.0","method":"initialized","params":{}}"#,
        open,
        r#"{"jsonrpc":"2.0","id":2,"method":"shutdown"}"#,
        r#"{"jsonrpc":"2.0","method":"exit"}"#,
    ];
    let said: String = said.into_iter().map(message).collect();
    let ran = cep_reading(&folder, &["lsp"], said.as_bytes());
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert!(ran.out.contains("\"hoverProvider\":true"), "{}", ran.out);
    assert!(ran.out.contains("textDocument/publishDiagnostics") && ran.out.contains("E0201"), "{}", ran.out);
    // One that goes away without a word has failed.
    let ran = cep_reading(&folder, &["lsp"], b"");
    assert_eq!(ran.code, Some(1), "{}", ran.err);
}

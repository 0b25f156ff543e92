//! `cep check`, `cep fmt` and `cep explain` through the real binary. What `explain` says of the examples is pinned in
//! `fixtures/explain/`; `UPDATE=1` writes it anew.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod command;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::Stdio;

use command::{Ran, cep, cep_reading, check_pinned, command, folder, root};

const CROOKED: &str = "\
stream   s {a:int ts: timestamp}   time ts
// kept
pattern p on s { begin x where a>1 }";

const STRAIGHT: &str = "\
stream s { a: int  ts: timestamp } time ts

// kept
pattern p on s {
  begin x where a > 1
}
";

const WRONG: &str =
    "stream s { a: int  ts: timestamp } time ts\npattern p on s {\n  begin x where b > 1\n}\n";

fn with_files(name: &str) -> PathBuf {
    let folder = folder(name);
    for (file, text) in [("crooked.cep", CROOKED), ("straight.cep", STRAIGHT), ("wrong.cep", WRONG)] {
        fs::write(folder.join(file), text).unwrap();
    }
    folder
}

#[test]
fn check_says_nothing_of_good_files_and_rejects_wrong_ones() {
    let folder = with_files("check");
    let good = cep(&folder, &["check", "crooked.cep", "straight.cep"]);
    assert_eq!((good.code, good.out.as_str(), good.err.as_str()), (Some(0), "", ""));
    let wrong = cep(&folder, &["check", "wrong.cep", "straight.cep"]);
    assert_eq!((wrong.code, wrong.out.as_str()), (Some(2), ""));
    assert!(wrong.err.starts_with("error[E"), "{}", wrong.err);
    assert!(wrong.err.contains("--> wrong.cep:3:17"), "{}", wrong.err);
    assert_eq!(cep(&folder, &["check"]).code, Some(2));
}

#[test]
fn check_writes_one_json_object_a_line_for_editors() {
    let folder = with_files("check-json");
    let good = cep(&folder, &["check", "straight.cep", "--message-format", "json"]);
    assert_eq!((good.code, good.out.as_str(), good.err.as_str()), (Some(0), "", ""));
    let wrong = cep(&folder, &["check", "wrong.cep", "wrong.cep", "--message-format", "json"]);
    assert_eq!((wrong.code, wrong.err.as_str()), (Some(2), ""));
    let lines: Vec<serde_json::Value> =
        wrong.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2, "{}", wrong.out);
    assert_eq!(lines[0]["severity"], "error");
    assert_eq!(lines[0]["primary"]["at"]["file"], "wrong.cep");
    assert_eq!(lines[0]["primary"]["at"]["line"], 3);
}

#[test]
fn check_writes_one_sarif_log_with_rules_places_and_fixes() {
    let folder = with_files("check-sarif");
    fs::write(folder.join("slip.cep"), "const big = 5;\n").unwrap();
    let ran = cep(&folder, &["check", "wrong.cep", "slip.cep", "straight.cep", "--format", "sarif"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(2), ""));
    let log: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules: Vec<_> = run["tool"]["driver"]["rules"].as_array().unwrap().iter().collect();
    let ids: Vec<_> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["E0129", "E0204"]);
    assert_eq!(rules[0]["helpUri"], "urn:cep:E0129");
    assert!(rules[0]["help"]["markdown"].as_str().unwrap().starts_with("# E0129: "));
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    let place = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "wrong.cep");
    let region = serde_json::json!({"startLine": 3, "startColumn": 17, "endLine": 3, "endColumn": 18});
    assert_eq!(place["region"], region);
    assert_eq!((&results[0]["ruleId"], &results[0]["level"]), (&"E0204".into(), &"error".into()));
    let change = &results[1]["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], "slip.cep");
    assert_eq!(change["replacements"][0]["insertedContent"]["text"], "");
    let good = cep(&folder, &["check", "straight.cep", "--format", "sarif"]);
    let log: serde_json::Value = serde_json::from_str(&good.out).unwrap();
    assert_eq!((good.code, &log["runs"][0]["results"]), (Some(0), &serde_json::json!([])));
}

#[test]
fn check_fix_mends_what_is_certain_and_tells_what_is_left() {
    let folder = folder("check-fix");
    let stream = "stream s { a: int  ts: timestamp } time ts\n";
    let slips = format!(
        "{stream}pattern p on s {{\n  begin x WHERE a = 1 && a <> 2;\n  followedBy y\n  within 1m\n}}\n"
    );
    let mended = format!(
        "{stream}pattern p on s {{\n  begin x where a == 1 and a != 2\n  followed by y\n  within 1m\n}}\n"
    );
    fs::write(folder.join("p.cep"), slips).unwrap();
    let ran = cep(&folder, &["check", "--fix", "p.cep"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), "p.cep: 6 changes\n"));
    assert_eq!(fs::read_to_string(folder.join("p.cep")).unwrap(), mended);
    let again = cep(&folder, &["check", "--fix", "p.cep"]);
    assert_eq!((again.code, again.err.as_str()), (Some(0), ""));
    // A near name may be the wrong one, so it is told and not changed.
    let guess = format!("{stream}pattern p on s {{\n  begin x where aa == 1\n}}\n");
    fs::write(folder.join("p.cep"), &guess).unwrap();
    let left = cep(&folder, &["check", "--fix", "p.cep"]);
    assert_eq!(left.code, Some(2));
    assert!(left.err.starts_with("error[E0204]"), "{}", left.err);
    assert_eq!(fs::read_to_string(folder.join("p.cep")).unwrap(), guess);
}

#[test]
fn fmt_rewrites_files_that_need_it_and_leaves_nothing_beside_them() {
    let folder = with_files("fmt");
    let ran = cep(&folder, &["fmt", "crooked.cep", "straight.cep"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), "", ""));
    assert_eq!(fs::read_to_string(folder.join("crooked.cep")).unwrap(), STRAIGHT);
    let again = cep(&folder, &["fmt", "--check", "crooked.cep", "straight.cep"]);
    assert_eq!((again.code, again.out.as_str()), (Some(0), ""));
    let mut names: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["crooked.cep", "straight.cep", "wrong.cep"]);
}

#[test]
fn fmt_check_names_what_differs_and_changes_nothing() {
    let folder = with_files("fmt-check");
    let before = fs::read_to_string(folder.join("crooked.cep")).unwrap();
    let ran = cep(&folder, &["fmt", "--check", "crooked.cep", "straight.cep"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(3), "crooked.cep\n", ""));
    assert_eq!(fs::read_to_string(folder.join("crooked.cep")).unwrap(), before);
}

#[test]
fn fmt_reads_standard_input_and_leaves_broken_files_alone() {
    let folder = with_files("fmt-stdin");
    let ran = cep_reading(&folder, &["fmt", "-"], CROOKED.as_bytes());
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), STRAIGHT, ""));
    let differs = cep_reading(&folder, &["fmt", "-", "--check"], CROOKED.as_bytes());
    assert_eq!((differs.code, differs.out.as_str()), (Some(3), "standard input\n"));
    let broken = cep_reading(&folder, &["fmt", "-"], b"pattern {");
    assert_eq!((broken.code, broken.out.as_str()), (Some(2), ""));
    assert!(broken.err.contains("--> standard input:1:9"), "{}", broken.err);
    let binary = cep_reading(&folder, &["fmt", "-"], b"\xff");
    assert_eq!(binary.code, Some(2));
    assert!(binary.err.starts_with("error: standard input: "), "{}", binary.err);
    fs::write(folder.join("broken.cep"), "pattern {").unwrap();
    assert_eq!(cep(&folder, &["fmt", "broken.cep"]).code, Some(2));
    assert_eq!(fs::read_to_string(folder.join("broken.cep")).unwrap(), "pattern {");
}

#[test]
#[cfg(unix)]
fn fmt_keeps_links_and_permissions() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let folder = with_files("fmt-links");
    let (file, link) = (folder.join("crooked.cep"), folder.join("link.cep"));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("crooked.cep", &link).unwrap();
    assert_eq!(cep(&folder, &["fmt", "link.cep"]).code, Some(0));
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&file).unwrap(), STRAIGHT);
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn explanations_of_the_examples_are_as_pinned() {
    let mut wrong = Vec::new();
    for name in ["card-testing", "earthquakes", "unpaid-orders"] {
        for (form, extension) in
            [("prose", "txt"), ("automaton", "automaton"), ("dot", "dot"), ("svg", "svg")]
        {
            let file = format!("examples/{name}/{name}.cep");
            let ran = cep(&root(), &["explain", &file, "--as", form]);
            assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{name}");
            let pinned = root().join(format!("fixtures/explain/{name}.{extension}"));
            wrong.extend(check_pinned(&pinned, &ran.out).err());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_picture_of_the_readme_is_that_of_its_pattern() {
    let ran = cep(&root(), &["explain", "examples/quickstart/quickstart.cep", "--format", "svg"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    check_pinned(&root().join("docs/pictures/quickstart.svg"), &ran.out).unwrap();
}

#[test]
fn warnings_can_be_denied_and_allowed() {
    let folder = folder("check-deny");
    let stream = "stream s { a: int  ts: timestamp } time ts\n";
    let pattern = "pattern p on s { begin x one or more within 1m }\n";
    fs::write(folder.join("p.cep"), format!("{stream}{pattern}")).unwrap();
    fs::write(folder.join("meant.cep"), format!("{stream}// cep: allow W0412\n{pattern}")).unwrap();
    for (args, code) in [
        (&["p.cep"][..], 0),
        (&["p.cep", "--deny", "warnings"], 1),
        (&["p.cep", "--deny", "w0412"], 1),
        (&["p.cep", "--deny", "W0413"], 0),
        (&["p.cep", "--deny", "E0129"], 2),
        (&["meant.cep", "--deny", "warnings"], 0),
        (&["p.cep", "meant.cep", "--deny", "warnings", "--format", "json"], 1),
    ] {
        let ran = cep(&folder, &[&["check"], args].concat());
        assert_eq!(ran.code, Some(code), "{args:?} {}", ran.err);
    }
    assert!(cep(&folder, &["check", "p.cep"]).err.starts_with("warning[W0412]"));
    assert_eq!(cep(&folder, &["check", "meant.cep"]).err, "");
}

#[test]
fn explain_takes_the_names_of_patterns() {
    let file = "examples/earthquakes/earthquakes.cep";
    let one = cep(&root(), &["explain", file, "swarms", "--as", "dot"]);
    assert_eq!(one.code, Some(0));
    assert_eq!(one.out.matches("digraph").count(), 1);
    assert!(one.out.starts_with("digraph \"swarms\""), "{}", one.out);
    let unknown = cep(&root(), &["explain", file, "swarm"]);
    assert_eq!((unknown.code, unknown.out.as_str()), (Some(2), ""));
    assert_eq!(unknown.err, "error: there is no pattern `swarm`\n  = help: did you mean `swarms`?\n");
}

#[test]
fn explain_prints_the_pages_that_diagnostics_name() {
    let folder = with_files("explain-code");
    let checked = cep(&folder, &["check", "wrong.cep"]);
    let (_, last) = checked.err.trim_end().rsplit_once('\n').unwrap();
    let words: Vec<_> = last.strip_prefix("For more about it: cep ").unwrap().split(' ').collect();
    assert_eq!(words, ["explain", "E0204"]);
    let page = cep(&folder, &words);
    assert_eq!((page.code, page.err.as_str()), (Some(0), ""));
    assert!(page.out.starts_with("# E0204: "), "{}", page.out);
    let two = cep(&folder, &["explain", "e0113", "W0411"]);
    assert!(two.out.starts_with("# E0113: ") && two.out.contains("\n# W0411: "), "{}", two.out);
    let unknown = cep(&folder, &["explain", "E0999"]);
    assert_eq!((unknown.code, unknown.out.as_str()), (Some(2), ""));
    assert!(unknown.err.starts_with("error: there is no diagnostic E0999\n"), "{}", unknown.err);
}

#[test]
fn explain_ends_quietly_where_nobody_reads_on() {
    // More text than a pipe holds.
    let folder = folder("explain-pipe");
    let patterns: String =
        (0..2_000).map(|at| format!("pattern p{at} on s {{ begin x times 3 where a > 1 }}\n")).collect();
    fs::write(folder.join("p.cep"), format!("stream s {{ a: int  ts: timestamp }} time ts\n{patterns}"))
        .unwrap();
    let mut child = command(&folder, &["explain", "p.cep"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut String::new()).unwrap();
    drop(out);
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
}

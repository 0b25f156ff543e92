//! The pages that are followed step by step, `docs/tutorial.md`, `docs/why.md` and those of `docs/cookbook/`, followed to the letter.
//!
//! Each page has a fresh folder; that of `docs/cookbook/NAME.md` is a copy of `examples/NAME`. From top to bottom, a fenced
//! block whose first line is a comment with nothing but the name of a file (`// first.cep`, `# orders.csv`) writes that file;
//! of a `console` block each line behind `$ ` is run by a shell (with those directly after it behind `> `), and what follows is what it prints.
//! Of a command that succeeds that is its standard output: what a run came to, with times, is left out. In what is printed
//! `…` passes over what is different each time, a path or a time: alone on a line over lines, else over a part of the line.
//! `UPDATE=1` writes into the page what is printed, where it is something else.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod command;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use command::{check_pinned, folder, root};

/// The names of the pages, from the root of the repository and without `.md`.
fn pages() -> Vec<String> {
    let entries = fs::read_dir(root().join("docs/cookbook")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let cases = names.filter_map(|name| name.strip_suffix(".md").map(str::to_owned));
    let mut pages: Vec<_> =
        cases.filter(|case| case != "README").map(|case| format!("docs/cookbook/{case}")).collect();
    assert!(!pages.is_empty());
    pages.extend(["docs/tutorial", "docs/why"].map(str::to_owned));
    pages
}

/// Where a page is followed.
struct Place {
    folder: PathBuf,
    /// The example that the folder is a copy of.
    example: Option<PathBuf>,
}

impl Place {
    fn of(page: &str) -> Self {
        let folder = folder(page);
        let case = page.strip_prefix("docs/cookbook/");
        let example = case.map(|case| root().join("examples").join(case));
        for entry in example.iter().flat_map(|example| fs::read_dir(example).unwrap()) {
            let entry = entry.unwrap();
            fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
        }
        Self { folder, example }
    }

    /// Writes a file that the page shows; one of the example has to be shown as it is.
    fn write(&self, name: &str, text: &str) {
        let original = self.example.as_ref().map(|example| example.join(name));
        if let Some(original) = original.filter(|original| original.exists()) {
            assert_eq!(fs::read_to_string(&original).unwrap(), text, "{}", original.display());
        }
        fs::write(self.folder.join(name), text).unwrap();
    }

    /// What a command prints; of its standard error only why it failed.
    fn run(&self, line: &str) -> String {
        let here = Path::new(env!("CARGO_BIN_EXE_cep")).parent().unwrap();
        let mut path = OsString::from(here);
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap());
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(line).current_dir(&self.folder).env("PATH", path).env("NO_COLOR", "1");
        let output = shell.stdin(Stdio::null()).output().unwrap();
        let failure = if output.status.success() { Vec::new() } else { output.stderr };
        String::from_utf8([output.stdout, failure].concat()).unwrap()
    }
}

/// The file that a block shows: its first line names it, the others are its text.
fn shown<'p>(block: &[&'p str]) -> Option<(&'p str, String)> {
    let (first, text) = block.split_first()?;
    let name = first.strip_prefix("// ").or_else(|| first.strip_prefix("# "))?;
    let is_name = name.contains('.') && !name.ends_with('.') && !name.contains(char::is_whitespace);
    is_name.then(|| (name, text.iter().flat_map(|line| [line, "\n"]).collect()))
}

/// Whether a line is as quoted.
fn line_fits(quoted: &str, line: &str) -> bool {
    let Some((before, after)) = quoted.split_once('…') else { return quoted == line };
    let Some(rest) = line.strip_prefix(before) else { return false };
    let ends = (0..=rest.len()).filter(|end| rest.is_char_boundary(*end));
    ends.into_iter().any(|end| line_fits(after, &rest[end..]))
}

/// Whether what is printed is as quoted.
fn fits(quoted: &[&str], printed: &[&str]) -> bool {
    match quoted.split_first() {
        None => printed.is_empty(),
        Some((&"…", rest)) => (1..=printed.len()).any(|end| fits(rest, &printed[end..])),
        Some((line, rest)) => {
            printed.split_first().is_some_and(|(first, others)| line_fits(line, first) && fits(rest, others))
        }
    }
}

/// Runs the commands of a block, and gives it with what they print.
fn follow_commands(place: &Place, block: &[&str]) -> Vec<String> {
    let mut told = Vec::new();
    for entry in block.chunk_by(|_, next| !next.starts_with("$ ")) {
        let more = entry[1..].iter().take_while(|line| line.starts_with("> ")).count();
        let (command, quoted) = entry.split_at(1 + more);
        assert!(command[0].starts_with("$ "), "a console block begins with a command");
        let lines: Vec<_> = command.iter().map(|line| &line[2..]).collect();
        let printed = place.run(&lines.join("\n"));
        let printed: Vec<_> = printed.lines().collect();
        let now = if fits(quoted, &printed) { quoted } else { &printed };
        told.extend(command.iter().chain(now).map(|line| (*line).to_owned()));
    }
    told
}

/// Follows a page, and gives it as it is when what it quotes is true.
fn follow(place: &Place, page: &str) -> String {
    let mut told: Vec<String> = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        told.push(line.to_owned());
        let Some(language) = line.strip_prefix("```") else { continue };
        let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
        if language == "console" {
            told.extend(follow_commands(place, &block));
        } else {
            if let Some((name, text)) = shown(&block) {
                place.write(name, &text);
            }
            told.extend(block.iter().map(|line| (*line).to_owned()));
        }
        told.push("```".to_owned());
    }
    told.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
}

#[test]
fn what_pages_tell_step_by_step_is_true() {
    let mut wrong = Vec::new();
    for page in pages() {
        let path = root().join(format!("{page}.md"));
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains("```console\n$ cep run"), "{page} runs nothing");
        let told = follow(&Place::of(&page), &text);
        wrong.extend(check_pinned(&path, &told).err());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_page_has_an_example_and_a_place_in_the_lists() {
    let index = fs::read_to_string(root().join("docs/cookbook/README.md")).unwrap();
    let front = fs::read_to_string(root().join("README.md")).unwrap();
    for page in pages() {
        if let Some(case) = page.strip_prefix("docs/cookbook/") {
            assert!(index.contains(&format!("]({case}.md)")), "{case} is not in the index");
            assert!(front.contains(&format!("](examples/{case})")), "{case} is not in README.md");
        }
        assert!(front.contains(&format!("]({page}.md)")), "{page} is not in README.md");
    }
}

#[test]
fn an_ellipsis_passes_over_what_is_different_each_time_and_nothing_else() {
    assert!(line_fits("connected in … ms", "connected in 0.21 ms"));
    assert!(!line_fits("connected in … ms", "connected in 0.21 s"));
    assert!(fits(&["a", "…", "d"], &["a", "b", "c", "d"]));
    assert!(!fits(&["a", "…", "d"], &["a", "d"]));
    assert!(!fits(&["a"], &["a", "b"]));
    assert!(!fits(&["a", "b"], &["a"]));
}

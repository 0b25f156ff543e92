//! `cargo xtask api`: the public items of the crates that users depend on, listed in `docs/api`, so that a change of what is
//! public is seen where it is reviewed. `--accept` writes the lists anew.
//!
//! It reads the sources and not what the compiler makes of them. Items that a macro of the crate makes stand there as the macro's
//! call; implementations of traits that it makes do not stand there.

mod list;
mod show;
#[cfg(test)]
mod tests;
mod tree;

use std::fs;
use std::path::Path;

/// The crates, by folder.
const CRATES: [(&str, &str); 5] = [
    ("cep", "cep"),
    ("cep-core", "cep-core"),
    ("cep-dsl", "cep-dsl"),
    ("cep-engine", "cep-engine"),
    ("hazelcast-client", "stores/hazelcast-client"),
];

/// Compares the lists with the sources; true where they are the same. With `--accept`, writes them.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<bool, String> {
    let accepts = match args {
        [] => false,
        [only] if only == "--accept" => true,
        _ => return Err("usage: cargo xtask api [--accept]".to_owned()),
    };
    let mut same = true;
    for (name, folder) in CRATES {
        let path = root.join("docs/api").join(format!("{name}.txt"));
        let now = list::of_crate(name, &root.join(folder).join("src/lib.rs"))?;
        let before = fs::read_to_string(&path).unwrap_or_default();
        if now == before {
            continue;
        }
        if accepts {
            write(&path, &now)?;
            println!("api: docs/api/{name}.txt is written");
        } else {
            same = false;
            println!("api: what is public in {name} is not what docs/api/{name}.txt says:");
            differences(&before, &now).iter().for_each(|line| println!("  {line}"));
        }
    }
    if !same {
        println!(
            "api: where that is meant, `cargo xtask api --accept` writes it, and CHANGELOG.md tells of it"
        );
    }
    Ok(same)
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let failed = |error| format!("{}: {error}", path.display());
    path.parent().map_or(Ok(()), fs::create_dir_all).map_err(failed)?;
    fs::write(path, text).map_err(failed)
}

/// The lines that are gone or new, each below the item it belongs to.
fn differences(before: &str, now: &str) -> Vec<String> {
    let lines = |text: &str| {
        let mut item = String::new();
        let mut lines = Vec::new();
        for line in text.lines() {
            if !line.starts_with(' ') {
                item = line.to_owned();
            }
            lines.push((item.clone(), line.to_owned()));
        }
        lines
    };
    let (before, now) = (lines(before), lines(now));
    let gone = before
        .iter()
        .filter(|line| !now.contains(line))
        .map(|(item, line)| format!("- {item}: {}", line.trim()));
    let new = now
        .iter()
        .filter(|line| !before.contains(line))
        .map(|(item, line)| format!("+ {item}: {}", line.trim()));
    gone.chain(new).collect()
}

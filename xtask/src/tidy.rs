//! `cargo xtask tidy`: the rules of the house that a machine can check. What does not keep to a limit yet stands in a
//! ratchet list: an entry may shrink or go, never grow.

use std::fs;
use std::path::{Path, PathBuf};

const MOST_LINES: usize = 400;
const MOST_FUNCTION_LINES: usize = 70;

/// Files over the limit, with the most lines each may have.
const LONG_FILES: &[(&str, usize)] = &[];

/// Layers of crates: a module imports only from those at or before its own place.
const LAYERED: [(&str, &[&[&str]]); 2] =
    [("cep-core/src/", &CORE_LAYERS), ("stores/hazelcast-client/src/", &HAZELCAST_LAYERS)];

const HAZELCAST_LAYERS: [&[&str]; 8] = [
    &["frame", "data", "streamed"],
    &["codec"],
    &["serialization"],
    &["error", "config"],
    &["connection"],
    &["invocation"],
    &["cluster", "listener", "near_cache"],
    &["client", "proxy", "transaction", "sql", "jet", "fuzz"],
];

const CORE_LAYERS: [&[&str]; 8] = [
    &["ids", "time", "bytes"],
    &["event"],
    &["expr"],
    &["pattern"],
    &["program"],
    &["runtime"],
    &["matcher"],
    &["why"],
];

/// The crates each crate may depend on, of those in this workspace.
const CRATE_EDGES: &[(&str, &[&str])] = &[
    ("cep-core", &[]),
    ("cep-dsl", &["cep-core"]),
    ("cep-engine", &["cep-core"]),
    ("cep", &["cep-core", "cep-dsl"]),
    ("cep-lsp", &["cep-core", "cep-dsl"]),
    (
        "cep-cli",
        &[
            "cep-core",
            "cep-dsl",
            "cep-engine",
            "cep-lsp",
            "cep-store-disk",
            "cep-store-memory",
            "cep-store-redis",
        ],
    ),
    ("simulator", &["cep", "cep-core", "cep-engine", "cep-store-memory"]),
    ("stores/conformance", &["cep-core", "cep-engine"]),
    ("stores/disk", &["cep-core", "cep-engine"]),
    ("stores/hazelcast-client", &[]),
    ("stores/hazelcast-kit", &[]),
    ("stores/memory", &["cep-core", "cep-engine"]),
    ("stores/redis", &["cep-core", "cep-engine"]),
    ("stores/redis-testkit", &[]),
];

/// The modules of `cep-dsl` that may know `cep-core`.
const LOWERING: [&str; 2] = ["lower", "catalog"];

/// Checks the tree; prints what breaks a rule.
pub(crate) fn run(root: &Path) -> Result<bool, String> {
    let mut broken = Vec::new();
    for path in rust_files(root)? {
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        file(&name, &text, &mut broken);
    }
    for (krate, allowed) in CRATE_EDGES {
        edges(root, krate, allowed, &mut broken)?;
    }
    broken.iter().for_each(|line| println!("tidy: {line}"));
    Ok(broken.is_empty())
}

fn rust_files(root: &Path) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for entry in entries.flatten() {
            let path = entry.path();
            let name = entry.file_name();
            if path.is_dir() && name != "target" && !name.to_string_lossy().starts_with('.') {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn file(name: &str, text: &str, broken: &mut Vec<String>) {
    let lines: Vec<_> = text.lines().collect();
    let limit = LONG_FILES.iter().find(|(known, _)| *known == name).map_or(MOST_LINES, |(_, limit)| *limit);
    if lines.len() > limit {
        broken.push(format!("{name}: {} lines, at most {limit}: say one thing per file", lines.len()));
    }
    let is_test = name.contains("/tests/");
    if !is_test && !text.starts_with("//!") {
        broken.push(format!("{name}: the first line says what the file is for (`//!`)"));
    }
    functions(name, &lines, broken);
    layers(name, &lines, broken);
}

/// Formatted code ends a function with a brace at the function's own indentation.
fn functions(name: &str, lines: &[&str], broken: &mut Vec<String>) {
    for (start, line) in lines.iter().enumerate() {
        let body = line.trim_start();
        let head = body
            .trim_start_matches("pub ")
            .trim_start_matches("pub(crate) ")
            .trim_start_matches("pub(super) ");
        let is_function = ["fn ", "const fn ", "async fn "].iter().any(|word| head.starts_with(word));
        if !is_function || body.ends_with(';') || body.ends_with('}') {
            continue;
        }
        let end = format!("{}}}", &line[..line.len() - body.len()]);
        let length = lines[start..].iter().position(|line| *line == end).unwrap_or(0) + 1;
        if length > MOST_FUNCTION_LINES {
            broken.push(format!(
                "{name}:{}: a function of {length} lines, at most {MOST_FUNCTION_LINES}",
                start + 1
            ));
        }
    }
}

fn layers(name: &str, lines: &[&str], broken: &mut Vec<String>) {
    for (source, order) in LAYERED {
        let Some(module) = name.strip_prefix(source) else { continue };
        let rank_of = |module: &str| order.iter().position(|layer| layer.contains(&module));
        let own = rank_of(module.split(['/', '.']).next().unwrap_or_default());
        for (number, line) in lines.iter().enumerate() {
            let Some(used) = line.trim_start().split("crate::").nth(1) else { continue };
            let used = rank_of(used.split([':', ';', ' ', '{']).next().unwrap_or_default());
            if own.zip(used).is_some_and(|(own, used)| used > own) && !line.trim_start().starts_with("//") {
                broken.push(format!("{name}:{}: imports from a later layer: {}", number + 1, line.trim()));
            }
        }
    }
    if let Some(module) = name.strip_prefix("cep-dsl/src/") {
        let own = module.split(['/', '.']).next().unwrap_or_default();
        let knows = |line: &str| line.contains("cep_core::") && !line.trim_start().starts_with("//");
        if own != "lib" && !LOWERING.contains(&own) && lines.iter().any(|line| knows(line)) {
            broken.push(format!("{name}: only {} import cep_core", LOWERING.join(" and ")));
        }
    }
}

fn edges(root: &Path, krate: &str, allowed: &[&str], broken: &mut Vec<String>) -> Result<(), String> {
    let path = root.join(krate).join("Cargo.toml");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let own = text.split("[dev-dependencies]").next().unwrap_or_default();
    for line in own.lines().filter(|line| line.starts_with("cep")) {
        let dependency = line.split(['.', ' ', '=']).next().unwrap_or_default();
        if !allowed.contains(&dependency) {
            broken.push(format!("{krate}/Cargo.toml: may not depend on {dependency}"));
        }
    }
    Ok(())
}

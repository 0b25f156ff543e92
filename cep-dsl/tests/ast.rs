//! The JSON form of the syntax tree keeps to `docs/ast.schema.json`: for the documents, the fixtures and the conformance
//! cases. The schema uses a small part of JSON Schema, and `Validator` knows just that part.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::path::Path;

use cep_dsl::syntax::{JSON_VERSION, to_json};
use serde_json::{Value, json};
use support::{conformance_cases, files, fixtures, parse_text};

struct Validator {
    schema: Value,
}

impl Validator {
    fn new() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/ast.schema.json");
        Self { schema: serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap() }
    }

    fn check(&self, value: &Value) -> Result<(), String> {
        self.fits(&self.schema, value, "file")
    }

    fn fits(&self, schema: &Value, value: &Value, place: &str) -> Result<(), String> {
        let wrong = |what: &str| Err(format!("{place}: {what}: {value}"));
        for (keyword, said) in schema.as_object().unwrap() {
            match keyword.as_str() {
                "$schema" | "title" | "description" | "$defs" => {}
                "$ref" => {
                    let name = said.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                    self.fits(&self.schema["$defs"][name], value, place)?;
                }
                "const" if said != value => return wrong("another value"),
                "enum" if !said.as_array().unwrap().contains(value) => return wrong("none of the values"),
                "const" | "enum" => {}
                "type" => {
                    let types = said.as_array().cloned().unwrap_or_else(|| vec![said.clone()]);
                    if !types.iter().any(|ty| is_of(value, ty.as_str().unwrap())) {
                        return wrong("another type");
                    }
                }
                "oneOf" => {
                    let fitting = said.as_array().unwrap().iter().map(|one| self.fits(one, value, place));
                    let results: Vec<_> = fitting.collect();
                    if results.iter().filter(|result| result.is_ok()).count() != 1 {
                        return wrong(&format!("not one of several: {results:?}"));
                    }
                }
                "minItems" if (length(value)) < said.as_u64().unwrap() => {
                    return wrong("too few");
                }
                "maxItems" if (length(value)) > said.as_u64().unwrap() => {
                    return wrong("too many");
                }
                "minItems" | "maxItems" => {}
                "items" => {
                    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.fits(said, item, &format!("{place}[{index}]"))?;
                    }
                }
                "properties" => {
                    for (name, member) in value.as_object().into_iter().flatten() {
                        let Some(schema) = said.get(name) else {
                            return wrong(&format!("`{name}` is not known"));
                        };
                        self.fits(schema, member, &format!("{place}.{name}"))?;
                    }
                }
                "required" => {
                    let missing = said
                        .as_array()
                        .unwrap()
                        .iter()
                        .find(|name| value.get(name.as_str().unwrap()).is_none());
                    if let Some(missing) = missing {
                        return wrong(&format!("{missing} is missing"));
                    }
                }
                // `properties` above refuses what it does not name.
                "additionalProperties" => assert_eq!(said, false),
                other => panic!("the schema uses `{other}`, which this test does not know"),
            }
        }
        Ok(())
    }
}

/// How many items an array has.
fn length(value: &Value) -> u64 {
    value.as_array().map_or(0, Vec::len) as u64
}

fn is_of(value: &Value, ty: &str) -> bool {
    match ty {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("no type `{other}`"),
    }
}

fn tree(text: &str) -> Value {
    let (_, parse) = parse_text(text);
    assert!(parse.diagnostics.iter().all(|it| it.code.as_str().starts_with('W')), "{text}");
    to_json(&parse.file)
}

#[test]
fn trees_keep_to_the_schema() {
    let validator = Validator::new();
    let mut texts: Vec<String> = conformance_cases().into_iter().step_by(3).map(|case| case.cep).collect();
    texts.extend(
        files(&fixtures("language"), "cep").iter().map(|path| std::fs::read_to_string(path).unwrap()),
    );
    assert!(texts.len() > 1000);
    let mut count = 0;
    for text in texts {
        let (_, parse) = parse_text(&text);
        if parse.diagnostics.has_errors() {
            continue;
        }
        validator.check(&to_json(&parse.file)).unwrap_or_else(|error| panic!("{error}\n{text}"));
        count += 1;
    }
    assert!(count > 1000, "only {count} trees");
}

#[test]
fn every_kind_of_node_keeps_to_the_schema_and_others_do_not() {
    let text = r#"
use "limits.cep"
/// How much.
@unit("eur") param big: float = -5.5
const few = [1, 2]
stream s { a: int?  b: list<map<string>>  ts: timestamp } key (a, ts) time ts, a desc lateness 5s idle after 1m from "file:s.csv" late to gone
table t { k: string  v: int } key k from "file:t.csv"
stream d = s where not (a in few) or a % 2 == 0 with c: t["x"].v ?? 0
pattern p on s by a, d by a {
  begin ( begin x one or more greedy where exists(a) until a > 5 next y times 2 to 3 optional ) times 2 or more
  not next n: s
  followed within 5m by any z times 2 allow combinations at most 1m apart
  within 1h
  after match skip to last z or fail
  limit 5 partial matches per key drop newest
  emit out { v: sum(z.a), w: null } to "channel:x"
  on timeout emit late { v: true, w: 1h }
}
"#;
    let tree = tree(text);
    let validator = Validator::new();
    validator.check(&tree).unwrap();
    let mut other = tree.clone();
    other["items"][0]["more"] = json!(1);
    assert!(validator.check(&other).is_err());
    let mut less = tree.clone();
    less["items"][6]["sequence"][0].as_object_mut().unwrap().remove("connector");
    assert!(validator.check(&less).is_err());
}

#[test]
fn the_form_is_as_it_was() {
    let tree = tree("const x = 1h + y.z");
    let expected = json!({
        "version": JSON_VERSION,
        "items": [{
            "item": "const", "doc": null, "annotations": [], "at": [0, 18],
            "name": {"name": "x", "at": [6, 7]},
            "value": {
                "expr": "binary", "operator": "+", "at": [10, 18],
                "left": {"expr": "literal", "type": "duration", "value": 3_600_000, "at": [10, 12]},
                "right": {
                    "expr": "member", "at": [15, 18],
                    "of": {"expr": "name", "name": {"name": "y", "at": [15, 16]}, "at": [15, 16]},
                    "name": {"name": "z", "at": [17, 18]},
                },
            },
        }],
        "comments": [],
    });
    assert_eq!(tree, expected);
}

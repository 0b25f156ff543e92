//! From trees to a checked program: names resolved, types known, every rule of the language applied. All mistakes of all
//! files are found at once; what depends on a mistake is not reported again.

mod bounds;
mod call;
mod captured;
mod clauses;
mod consts;
mod emit;
pub(crate) mod eval;
mod expr;
mod inputs;
mod lints;
mod literals;
mod lookup;
pub(crate) mod model;
mod names;
pub(crate) mod order;
mod pattern;
mod quantifier;
mod reference;
mod sanity;
mod scope;
mod sequence;
mod streams;
mod types;
mod unused;
mod windows;

use std::collections::HashMap;

use crate::catalog::HostFunction;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::SourceMap;
use crate::syntax::{Const, Derived, File, Item, ItemKind, Param, Pattern, Stream, Table};
use model::Program;
use names::{StreamEntry, ValueEntry};

/// Says that a diagnostic has been reported, here or where the fault lies.
#[derive(Clone, Copy, Debug)]
struct Failed;

type Checked<T> = Result<T, Failed>;

struct Checker<'a> {
    sources: &'a SourceMap,
    diagnostics: Diagnostics,
    /// Whether an item is missing that could not be read, so that an unknown name may be known.
    lost: bool,
    /// What the host registers.
    functions: &'a [HostFunction],
    /// Params, consts and tables.
    values: HashMap<String, ValueEntry>,
    /// Declared, derived and emitted streams.
    streams: HashMap<String, StreamEntry>,
    program: Program,
}

/// The items of a program, by kind, in text order.
#[derive(Default)]
struct Items<'a> {
    params: Vec<(&'a Item, &'a Param)>,
    consts: Vec<(&'a Item, &'a Const)>,
    streams: Vec<(&'a Item, &'a Stream)>,
    derived: Vec<(&'a Item, &'a Derived)>,
    tables: Vec<(&'a Item, &'a Table)>,
    patterns: Vec<(&'a Item, &'a Pattern)>,
}

/// Checks the files of a program, those used before those that use them.
pub(crate) fn check(
    sources: &SourceMap,
    files: &[&File],
    incomplete: bool,
    functions: &[HostFunction],
) -> (Program, Diagnostics) {
    let mut checker = Checker {
        sources,
        diagnostics: Diagnostics::new(),
        lost: incomplete || files.iter().any(|file| file.lost),
        functions,
        values: HashMap::new(),
        streams: HashMap::new(),
        program: Program::default(),
    };
    let items = Items::of(files);
    checker.names(&items);
    checker.consts(&items);
    checker.tables(&items);
    checker.declared_streams(&items);
    checker.derived_and_patterns(&items);
    checker.unused(&items, files);
    checker.diagnostics.sort();
    (checker.program, checker.diagnostics)
}

impl<'a> Items<'a> {
    fn of(files: &[&'a File]) -> Self {
        let mut items = Self::default();
        for item in files.iter().flat_map(|file| &file.items) {
            match &item.kind {
                ItemKind::Use(_) => {}
                ItemKind::Param(it) => items.params.push((item, it)),
                ItemKind::Const(it) => items.consts.push((item, it)),
                ItemKind::Stream(it) => items.streams.push((item, it)),
                ItemKind::Derived(it) => items.derived.push((item, it)),
                ItemKind::Table(it) => items.tables.push((item, it)),
                ItemKind::Pattern(it) => items.patterns.push((item, it)),
            }
        }
        items
    }
}

impl Checker<'_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}

fn doc(item: &Item) -> Option<String> {
    item.doc.as_ref().map(|doc| doc.lines.join("\n"))
}

fn metadata(item: &Item) -> Vec<(String, crate::catalog::Value)> {
    let value = |literal: &crate::syntax::Literal| expr::literal_value(&literal.kind);
    item.annotations
        .iter()
        .map(|it| (it.name.text.clone(), it.value.as_ref().map_or(true.into(), value)))
        .collect()
}

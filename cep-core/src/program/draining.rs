//! A program with earlier forms of patterns beside its own, which run out: what is in flight of a pattern that has
//! changed comes to its end by the rules under which it began, and nothing new begins by them.

use std::collections::BTreeSet;

use super::{CompileError, Program};
use crate::event::Schema;
use crate::expr::Expr;
use crate::pattern::{Definitions, DerivedStream, Emit, Param, change_expression, draining_name};

/// Patterns of an earlier program that run out.
#[derive(Clone, Debug)]
pub struct Drained<'a> {
    /// The program.
    pub program: &'a Program,
    /// Names them apart from what they have become.
    pub version: u64,
    /// Their names in that program.
    pub patterns: &'a BTreeSet<String>,
}

/// Why patterns cannot run out beside a program.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum CannotDrain {
    /// What they emit has other columns now, and another pattern reads it.
    #[error("what `{pattern}` emits, `{stream}`, has other columns now, and `{reader}` reads it")]
    EmitsOtherwise {
        /// The pattern.
        pattern: String,
        /// The stream.
        stream: String,
        /// Who reads it.
        reader: String,
    },
    /// They need what the program does not have, or has otherwise.
    #[error("{0}")]
    DoesNotFit(CompileError),
}

impl Program {
    /// This program, and beside its patterns those that run out, with the values that their parameters had. Streams and
    /// tables are what this program says they are; only streams derived or emitted that it does not have are taken over.
    /// Where what a pattern emits has other columns now, it goes to a stream of its own.
    ///
    /// # Errors
    /// Where they do not fit in.
    pub fn with_drained(&self, drained: &[Drained<'_>]) -> Result<Self, CannotDrain> {
        let mut definitions = self.definitions.clone();
        for earlier in drained {
            self.take_over(earlier, &mut definitions)?;
        }
        Self::compile(definitions, &self.params)
            .map_err(|mut errors| CannotDrain::DoesNotFit(errors.swap_remove(0)))
    }

    fn take_over(&self, earlier: &Drained<'_>, definitions: &mut Definitions) -> Result<(), CannotDrain> {
        let Drained { program: old, version, patterns } = *earlier;
        let rename = |name: &str| draining_name(name, version);
        let mut change = |expr: &mut Expr| {
            if let Expr::Param(name) = expr {
                *name = rename(name);
            }
        };
        let params = old.definitions.params.iter().map(|param| Param {
            name: rename(&param.name),
            ty: param.ty.clone(),
            default: old.params.get(&param.name).cloned(),
        });
        definitions.params.extend(params);
        let is_known = |name: &str| {
            self.streams.id(name).is_some() || definitions.derived.iter().any(|stream| stream.name == name)
        };
        let missing = old.definitions.derived.iter().filter(|stream| !is_known(&stream.name));
        let missing: Vec<DerivedStream> = missing.cloned().collect();
        for mut stream in missing {
            let exprs = stream.condition.iter_mut().chain(stream.with.iter_mut().map(|(_, expr)| expr));
            exprs.for_each(|expr| change_expression(expr, &mut change));
            definitions.derived.push(stream);
        }
        let (mut taken, mut moved) = (Vec::new(), Vec::new());
        for pattern in old.definitions.patterns.iter().filter(|pattern| patterns.contains(&pattern.name)) {
            let mut pattern = pattern.clone();
            pattern.draining = true;
            pattern.change_expressions(&mut change);
            for emit in pattern.emits.iter_mut().chain(&mut pattern.timeout_emits) {
                if self.emits_otherwise(old, emit, definitions) {
                    moved.push((pattern.name.clone(), emit.stream.clone()));
                    emit.stream = rename(&emit.stream);
                }
            }
            pattern.name = rename(&pattern.name);
            taken.push(pattern);
        }
        definitions.patterns.extend(taken);
        for (pattern, stream) in moved {
            if let Some(reader) = reader(definitions, &stream) {
                return Err(CannotDrain::EmitsOtherwise { pattern, stream, reader });
            }
        }
        Ok(())
    }

    /// Whether a stream of that name has other columns than it had: here, or among what has been taken over already.
    fn emits_otherwise(&self, old: &Self, emit: &Emit, definitions: &Definitions) -> bool {
        let schema = |program: &Self| {
            program.streams.id(&emit.stream).map(|id| program.streams.get(id).schema.clone())
        };
        if let (Some(now), Some(before)) = (schema(self), schema(old)) {
            return !same_columns(&now, &before);
        }
        let emits = definitions.patterns.iter();
        let mut emits = emits.flat_map(|pattern| pattern.emits.iter().chain(&pattern.timeout_emits));
        let names = |emit: &Emit| emit.columns.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        emits.any(|known| known.stream == emit.stream && names(known) != names(emit))
    }
}

/// The same names and types; null may be among the values of either.
fn same_columns(now: &Schema, before: &Schema) -> bool {
    let columns = |schema: &Schema| {
        let fields = schema.fields().iter();
        fields.map(|field| (field.name.clone(), field.ty.data.clone())).collect::<Vec<_>>()
    };
    columns(now) == columns(before)
}

/// A pattern or a derived stream that reads a stream.
fn reader(definitions: &Definitions, stream: &str) -> Option<String> {
    let patterns = definitions.patterns.iter();
    let pattern = patterns
        .filter(|pattern| pattern.inputs.iter().any(|input| input.stream == stream))
        .map(|pattern| &pattern.name);
    let derived = definitions.derived.iter().filter(|derived| derived.source == stream);
    pattern.chain(derived.map(|derived| &derived.name)).next().cloned()
}

//! Types as written to types as the engine knows them.

use super::{Checked, Checker, Failed};
use crate::catalog::{DATA_TYPES, DataType, Type, data_type};
use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::{Name, TypeExpr, TypeKind};
use crate::text::{closest, list};

impl Checker<'_> {
    pub(super) fn resolve_type(&mut self, ty: &TypeExpr) -> Checked<Type> {
        let data = match &ty.kind {
            TypeKind::Named(name) => self.named_type(name)?,
            TypeKind::List(of) => DataType::List(Box::new(self.element_type(of)?)),
            TypeKind::Map(of) => DataType::Map(Box::new(self.element_type(of)?)),
        };
        Ok(Type { data, nullable: ty.nullable })
    }

    fn element_type(&mut self, of: &TypeExpr) -> Checked<DataType> {
        let ty = self.resolve_type(of)?;
        if ty.nullable {
            let mark = crate::source::Span { start: of.span.end.saturating_sub(1), ..of.span };
            self.report(
                Diagnostic::new(Code::NullableElement, of.span, "elements of lists and maps carry no `?`")
                    .note("what is read from a list or map may be null anyway")
                    .help("leave it out")
                    .edit(mark, ""),
            );
        }
        Ok(ty.data)
    }

    fn named_type(&mut self, name: &Name) -> Checked<DataType> {
        if let Some(data) = data_type(&name.text) {
            return Ok(data);
        }
        let diagnostic =
            Diagnostic::new(Code::UnknownType, name.span, format!("unknown type `{}`", name.text));
        let known = foreign(&name.text);
        let meant = closest(&name.text, DATA_TYPES);
        if let Some(known) = known {
            self.report(diagnostic.help(format!("write `{known}`")).edit(name.span, known));
            return Err(Failed);
        }
        self.report(match (name.text.as_str(), meant) {
            ("list" | "map", _) => diagnostic.help(format!("say of what: `{}<string>`", name.text)),
            (_, Some(meant)) => diagnostic.help(format!("write `{meant}`")).edit(name.span, meant).guess(),
            _ => diagnostic.help(format!("the types are {}, `list<…>` and `map<…>`", list(DATA_TYPES))),
        });
        Err(Failed)
    }
}

/// What other languages call a type of this one.
fn foreign(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "integer" | "long" | "bigint" | "i64" | "i32" | "short" | "number" => "int",
        "double" | "real" | "decimal" | "f64" | "f32" | "numeric" => "float",
        "str" | "text" | "varchar" | "char" => "string",
        "boolean" => "bool",
        "datetime" | "date" | "instant" | "time" => "timestamp",
        "interval" | "timespan" => "duration",
        _ => return None,
    })
}

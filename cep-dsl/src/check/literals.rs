//! Literals of the wrong type beside a value of another: a number in quotes, a text without, a time as text, seconds
//! without their unit. The help writes the literal that was meant.

use crate::catalog::DataType;
use crate::diagnostic::Diagnostic;
use crate::source::SourceMap;
use crate::syntax::{Expr, ExprKind, LiteralKind};

/// How a literal should be written, and whether that is certain.
struct Meant {
    help: &'static str,
    text: String,
    certain: bool,
}

/// Adds how the literal on one of the two sides should be written, if one is a literal and it can be told.
pub(super) fn meant(
    sources: &SourceMap,
    diagnostic: Diagnostic,
    [left, right]: [(&Expr, &DataType); 2],
) -> Diagnostic {
    for ((literal, _), (_, other)) in [(left, right), (right, left)] {
        let ExprKind::Literal(kind) = &literal.kind else { continue };
        let Some(meant) = rewritten(kind, sources.slice(literal.span), other) else { continue };
        let diagnostic = diagnostic.help(meant.help).edit(literal.span, meant.text);
        return if meant.certain { diagnostic } else { diagnostic.guess() };
    }
    diagnostic
}

fn rewritten(literal: &LiteralKind, written: &str, other: &DataType) -> Option<Meant> {
    let meant = |help, text, certain| Some(Meant { help, text, certain });
    match (literal, other) {
        (LiteralKind::Int(_) | LiteralKind::Float(_), DataType::String) => {
            meant("a text stands in quotes", format!("\"{written}\""), true)
        }
        (LiteralKind::Str(text), DataType::Int) if text.parse::<i64>().is_ok() => {
            meant("a number stands without quotes", text.clone(), true)
        }
        (LiteralKind::Str(text), DataType::Float) if text.parse::<f64>().is_ok_and(f64::is_finite) => {
            meant("a number stands without quotes", text.clone(), true)
        }
        (LiteralKind::Str(text), DataType::Bool) if text == "true" || text == "false" => {
            meant("a truth value stands without quotes", text.clone(), true)
        }
        (LiteralKind::Str(_), DataType::Timestamp) => {
            meant("a text becomes a point in time by `timestamp`", format!("timestamp({written})"), true)
        }
        (LiteralKind::Int(count), DataType::Duration) => {
            meant("a duration has a unit; for seconds, write `s`", format!("{count}s"), false)
        }
        _ => None,
    }
}

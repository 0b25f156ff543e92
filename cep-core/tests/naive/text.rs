//! A pattern in the language, for people who read of a failure.

use std::fmt::{Display, Formatter, Result};

use crate::expr::{Compare, Expr, Fold, Value};
use crate::pattern::{Body, Connector, Count, Element, Pattern};

impl Display for Pattern {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        sequence(f, &self.sequence)?;
        self.within.map_or(Ok(()), |within| write!(f, "  within {within}ms"))
    }
}

fn sequence(f: &mut Formatter<'_>, elements: &[Element]) -> Result {
    for (index, element) in elements.iter().enumerate() {
        let separator = if index == 0 { "" } else { "  " };
        write!(f, "{separator}{} ", connector(element, index == 0))?;
        match &element.body {
            Body::Group(inner) => {
                write!(f, "( ")?;
                sequence(f, inner)?;
                write!(f, " )")?;
                modifiers(f, element)?;
            }
            Body::Stage { name, condition } => {
                write!(f, "{name}")?;
                modifiers(f, element)?;
                write!(f, " where {condition}")?;
            }
        }
        if let Some(until) = &element.until {
            write!(f, " until {until}")?;
        }
    }
    Ok(())
}

fn connector(element: &Element, begin: bool) -> String {
    let gap = element.gap.map_or(String::new(), |gap| format!(" within {gap}ms"));
    match element.connector {
        _ if begin => format!("begin{gap}"),
        Connector::Next => format!("next{gap}"),
        Connector::FollowedBy => format!("followed{gap} by"),
        Connector::FollowedByAny => format!("followed{gap} by any"),
        Connector::NotNext => format!("not next{gap}"),
        Connector::NotFollowedBy => format!("not followed{gap} by"),
    }
}

fn modifiers(f: &mut Formatter<'_>, element: &Element) -> Result {
    match element.count {
        Count::Once => {}
        Count::Times(least, most) => write!(f, " times {least} to {most}")?,
        Count::OrMore(least) => write!(f, " times {least} or more")?,
    }
    if let Some(apart) = element.apart {
        write!(f, " at most {apart}ms apart")?;
    }
    let inner = match element.inner {
        Connector::Next => " consecutive",
        Connector::FollowedByAny => " allow combinations",
        _ => "",
    };
    let optional = if element.optional { " optional" } else { "" };
    let greedy = if element.greedy { " greedy" } else { "" };
    write!(f, "{optional}{greedy}{inner}")
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Value(Some(Value::Number(value))) => write!(f, "{value}"),
            Self::Value(Some(Value::Text(value))) => write!(f, "\"{value}\""),
            Self::Value(Some(Value::Bool(value))) => write!(f, "{value}"),
            Self::Field(name) => write!(f, "{name}"),
            Self::All(parts) => joined(f, parts, " and "),
            Self::Any(parts) => joined(f, parts, " or "),
            Self::Not(inner) => write!(f, "not {inner}"),
            Self::Compare(operator, left, right) => write!(f, "{left} {} {right}", sign(*operator)),
            Self::Count(stage) => write!(f, "count({stage})"),
            Self::Captured(Fold::First, stage, field) => write!(f, "{stage}.first.{field}"),
            Self::Captured(Fold::Last, stage, field) => write!(f, "{stage}.last.{field}"),
            Self::Captured(fold, stage, field) => {
                write!(f, "{}({stage}.{field})", format!("{fold:?}").to_lowercase())
            }
            other => write!(f, "{other:?}"),
        }
    }
}

fn joined(f: &mut Formatter<'_>, parts: &[Expr], with: &str) -> Result {
    let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
    write!(f, "({})", parts.join(with))
}

fn sign(operator: Compare) -> &'static str {
    match operator {
        Compare::Eq => "==",
        Compare::Ne => "!=",
        Compare::Lt => "<",
        Compare::Le => "<=",
        Compare::Gt => ">",
        Compare::Ge => ">=",
    }
}

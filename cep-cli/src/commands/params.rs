//! Values of parameters, as the command line gives them: a string as it stands, a time stamp as RFC 3339 or
//! milliseconds, anything else as a literal of its type.

use cep_core::event::{DataType, Value};
use cep_core::pattern::{Definitions, Param};
use cep_core::program::ParamValues;
use cep_core::time::{Duration, Timestamp};

use crate::suggest;

/// A parameter that cannot be set so.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(super) enum ParamError {
    /// The patterns have no such parameter.
    #[error("there is no parameter `{name}`")]
    Unknown {
        /// The name given.
        name: String,
        /// What to write instead.
        help: String,
    },
    /// The text is no value of the parameter's type.
    #[error("parameter `{name}` is of type `{ty}`, `{text}` is not")]
    Value {
        /// The parameter.
        name: String,
        /// Its type.
        ty: String,
        /// The text given.
        text: String,
        /// How a value of that type is written.
        help: &'static str,
    },
    /// It has no default, and no value was given.
    #[error("parameter `{name}` has no default and needs a value")]
    Missing {
        /// The parameter.
        name: String,
        /// How to give one.
        help: String,
    },
}

impl ParamError {
    pub(super) fn help(&self) -> &str {
        match self {
            Self::Unknown { help, .. } | Self::Missing { help, .. } => help,
            Self::Value { help, .. } => help,
        }
    }
}

/// The values given, checked against what the patterns declare.
pub(super) fn values(
    given: &[(String, String)],
    definitions: &Definitions,
) -> Result<ParamValues, ParamError> {
    let mut values = ParamValues::new();
    for (name, text) in given {
        let Some(param) = definitions.params.iter().find(|param| param.name == *name) else {
            return Err(unknown(name, &definitions.params));
        };
        let value = parse(text, &param.ty.data).ok_or_else(|| ParamError::Value {
            name: name.clone(),
            ty: param.ty.to_string(),
            text: text.clone(),
            help: form(&param.ty.data),
        })?;
        values.insert(name.clone(), value);
    }
    let missing =
        definitions.params.iter().find(|param| param.default.is_none() && !values.contains_key(&param.name));
    match missing {
        Some(param) => {
            let help = format!("give it as `-p {}=…`", param.name);
            Err(ParamError::Missing { name: param.name.clone(), help })
        }
        None => Ok(values),
    }
}

fn unknown(name: &str, params: &[Param]) -> ParamError {
    let names: Vec<_> = params.iter().map(|param| param.name.as_str()).collect();
    let help = match suggest::closest(name, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => "the patterns have no parameters".to_owned(),
        None => format!("the parameters are {}", names.join(", ")),
    };
    ParamError::Unknown { name: name.to_owned(), help }
}

/// How a value of a type is written.
pub(super) fn form(data: &DataType) -> &'static str {
    match data {
        DataType::Bool => "write `true` or `false`",
        DataType::Int => "write a whole number",
        DataType::Float => "write a number",
        DataType::Timestamp => "write milliseconds or RFC 3339, as 2018-01-31T01:49:59Z",
        DataType::Duration => "write a duration, as 10m or 1h30m",
        DataType::List(_) => "write a list, as [1, 2]",
        _ => "write a value of that type",
    }
}

/// The value of a type that a text is.
pub(super) fn parse(text: &str, data: &DataType) -> Option<Value> {
    match data {
        DataType::String => Some(text.into()),
        DataType::Bool => text.parse().ok().map(Value::Bool),
        DataType::Int => text.parse().ok().map(Value::Int),
        DataType::Float => text.parse().ok().filter(|value: &f64| value.is_finite()).map(Value::Float),
        DataType::Timestamp => {
            text.parse().ok().map(Timestamp).or_else(|| Timestamp::parse(text)).map(Value::Timestamp)
        }
        DataType::Duration => duration(text).map(Value::Duration),
        DataType::List(of) => list(text, of),
        DataType::Null | DataType::Map(_) => None,
    }
}

/// A duration as the language writes it.
fn duration(text: &str) -> Option<Duration> {
    let declared = format!("param d: duration = {text}");
    let mut compiled = cep_dsl::check("parameter", &declared);
    match compiled.definitions.take()?.params.pop()?.default? {
        Value::Duration(value) => Some(value),
        _ => None,
    }
}

fn list(text: &str, of: &DataType) -> Option<Value> {
    let declared = format!("param l: list<{of}> = {text}");
    let mut compiled = cep_dsl::check("parameter", &declared);
    compiled.definitions.take()?.params.pop()?.default
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definitions() -> Definitions {
        let text = "param big: float = 500  param name: string = \"x\"  param wait: duration = 5m\n\
                    param ids: list<int> = []  param since: timestamp = timestamp(0)  param must: int";
        cep_dsl::check("p.cep", text).definitions.unwrap()
    }

    fn set(pairs: &[(&str, &str)]) -> Result<ParamValues, ParamError> {
        let mut given: Vec<_> =
            pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        given.push(("must".to_owned(), "1".to_owned()));
        values(&given, &definitions())
    }

    #[test]
    fn values_are_read_as_their_types() {
        let pairs = [
            ("big", "900"),
            ("name", "7 up"),
            ("wait", "1h30m"),
            ("ids", "[1, 2]"),
            ("since", "1970-01-01T00:00:01Z"),
        ];
        let values = set(&pairs).unwrap();
        assert_eq!(values["big"], Value::Float(900.0));
        assert_eq!(values["name"], Value::from("7 up"));
        assert_eq!(values["wait"], Value::Duration(Duration::from_mins(90)));
        assert_eq!(values["ids"].to_owned(), Value::List([Value::Int(1), Value::Int(2)].into()));
        assert_eq!(values["since"], Value::Timestamp(Timestamp(1_000)));
    }

    #[test]
    fn mistakes_say_what_to_write() {
        assert!(set(&[("bigg", "1")]).unwrap_err().help().contains("`big`"));
        assert!(set(&[("big", "much")]).unwrap_err().to_string().contains("`float`"));
        assert!(set(&[("wait", "5 parsecs")]).unwrap_err().help().contains("10m"));
        assert_eq!(values(&[], &definitions()).unwrap_err().help(), "give it as `-p must=…`");
    }
}

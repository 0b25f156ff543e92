//! Text as it stands in a CSV field, into a column: the texts of each type. JSON's own spellings are in `json`.

use cep_core::event::{Column, DataType, Datum, Type};
use cep_core::time::Timestamp;

use super::json;
use super::problem::Problem;

/// Appends the value that a field's text stands for. Empty text is null where the field may be null, else an empty
/// string where it is a string. On an error nothing is appended.
pub(super) fn push_text(column: &mut Column, ty: &Type, text: &[u8]) -> Result<(), Problem> {
    if text.is_empty() {
        return push_empty(column, ty);
    }
    match &ty.data {
        DataType::String => column.push_str(utf8(text)?),
        DataType::Float => column.push_float(float(text)?),
        DataType::Int => column.push_int(int(text)?),
        DataType::Bool => column.push_bool(bool(text)?),
        DataType::Timestamp => column.push_int(timestamp(text)?),
        DataType::Duration => column.push_int(duration(text)?),
        DataType::Null | DataType::List(_) | DataType::Map(_) => {
            json::push_nested(column, &ty.data, utf8(text)?)?;
        }
    }
    Ok(())
}

fn push_empty(column: &mut Column, ty: &Type) -> Result<(), Problem> {
    if ty.nullable {
        column.push_null();
    } else if ty.data == DataType::String {
        column.push(&Datum::Str("".into()));
    } else {
        return Err(Problem::NoValue);
    }
    Ok(())
}

fn utf8(text: &[u8]) -> Result<&str, Problem> {
    std::str::from_utf8(text).map_err(|_| Problem::NotUtf8)
}

/// Reads text by `parse`, spaces around it left out.
fn parsed<T>(text: &[u8], data: &DataType, parse: impl Fn(&str) -> Option<T>) -> Result<T, Problem> {
    parse(utf8(text)?.trim()).ok_or_else(|| Problem::not_a(data, text))
}

/// A finite number.
pub(super) fn float(text: &[u8]) -> Result<f64, Problem> {
    let finite = |text: &str| text.parse().ok().filter(|value: &f64| value.is_finite());
    parsed(text, &DataType::Float, finite)
}

/// A whole number of 64 bits.
pub(super) fn int(text: &[u8]) -> Result<i64, Problem> {
    parsed(text, &DataType::Int, |text| text.parse().ok())
}

/// `true` or `false`, in capitals too.
fn bool(text: &[u8]) -> Result<bool, Problem> {
    let word = |text: &str| match text {
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    };
    parsed(text, &DataType::Bool, word)
}

/// Milliseconds since the epoch, or RFC 3339.
pub(super) fn timestamp(text: &[u8]) -> Result<i64, Problem> {
    let time = |text: &str| text.parse().ok().or_else(|| Timestamp::parse(text).map(|time| time.0));
    parsed(text, &DataType::Timestamp, time)
}

/// Milliseconds, or as the language writes it.
pub(super) fn duration(text: &[u8]) -> Result<i64, Problem> {
    let millis = |text: &str| text.parse().ok().or_else(|| units(text));
    parsed(text, &DataType::Duration, millis)
}

/// The milliseconds of `1h30m`: each unit at most once, greater ones first.
fn units(text: &str) -> Option<i64> {
    let (sign, mut rest) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let mut units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)].into_iter();
    let mut total: i64 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let end = rest[digits..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |at| digits + at);
        let length = units.find(|(unit, _)| *unit == &rest[digits..end])?.1;
        let number: i64 = rest[..digits].parse().ok()?;
        total = total.checked_add(number.checked_mul(length)?)?;
        rest = &rest[end..];
    }
    Some(sign * total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_those_of_the_standard_library() {
        let texts = [
            "0",
            "-0",
            "0.1",
            "12.5",
            "-812.99",
            "5.",
            ".5",
            "999999999999999",
            "9999999999999999",
            "0.000000000000001",
            "123456.789012345",
            "1e3",
            "-2.5E-3",
            "+7",
            "3.141592653589793238",
            " 1.5 ",
            "1.7976931348623157e308",
        ];
        for text in texts {
            let expected: f64 = text.trim().parse().unwrap();
            assert_eq!(float(text.as_bytes()).unwrap().to_bits(), expected.to_bits(), "{text}");
        }
        for text in ["NaN", "inf", "-infinity", "1e999", ".", "-", "1,5", "1.2.3", "0x10", "1_000", " "] {
            assert_eq!(
                float(text.as_bytes()),
                Err(Problem::not_a(&DataType::Float, text.as_bytes())),
                "{text}"
            );
        }
    }

    #[test]
    fn ints_are_whole_and_of_64_bits() {
        assert_eq!(int(b"42"), Ok(42));
        assert_eq!(int(b" -42 "), Ok(-42));
        assert_eq!(int(b"+9223372036854775807"), Ok(i64::MAX));
        assert_eq!(int(b"-9223372036854775808"), Ok(i64::MIN));
        for text in ["9223372036854775808", "1.0", "1e3", "-", "", "--1", "١"] {
            assert!(int(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn timestamps_are_millis_or_rfc_3339() {
        assert_eq!(timestamp(b"1517363399650"), Ok(1_517_363_399_650));
        assert_eq!(timestamp(b"-1"), Ok(-1));
        assert_eq!(timestamp(b"2018-01-31T01:49:59.650Z"), Ok(1_517_363_399_650));
        assert_eq!(timestamp(b"2018-01-31T02:49:59.6509+01:00"), Ok(1_517_363_399_650));
        assert_eq!(timestamp(b"2018-01-31 01:49:59Z"), Ok(1_517_363_399_000));
        assert_eq!(timestamp(b"1969-12-31T23:59:59.999Z"), Ok(-1));
        for text in ["2018-01-31", "2018-01-31T01:49:59", "2018-02-30T00:00:00Z", "1517363399.65", "now"] {
            assert!(timestamp(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn durations_are_millis_or_in_descending_units() {
        assert_eq!(duration(b"1500"), Ok(1_500));
        assert_eq!(duration(b"1h30m"), Ok(5_400_000));
        assert_eq!(duration(b"1s500ms"), Ok(1_500));
        assert_eq!(duration(b"-5m"), Ok(-300_000));
        for text in ["5 m", "m", "30m1h", "1h1h", "1w", "-", "", "--5m", "5m3", "9999999999999d"] {
            assert!(duration(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn bools_are_words() {
        assert_eq!(bool(b"true"), Ok(true));
        assert_eq!(bool(b"False"), Ok(false));
        assert!(bool(b"1").is_err());
    }

    #[test]
    fn empty_text_is_null_or_an_empty_string_or_no_value() {
        let empty = |ty: Type| {
            let mut column = Column::new(&ty.data);
            push_text(&mut column, &ty, b"").map(|()| column.get(0).into_value())
        };
        assert_eq!(empty(DataType::String.required()), Ok("".into()));
        assert_eq!(empty(DataType::String.nullable()), Ok(cep_core::event::Value::Null));
        assert_eq!(empty(DataType::Int.nullable()), Ok(cep_core::event::Value::Null));
        assert_eq!(empty(DataType::Int.required()), Err(Problem::NoValue));
    }
}

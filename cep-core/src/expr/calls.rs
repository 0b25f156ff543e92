//! What the built-in functions compute.

use std::borrow::Cow;

use chrono::{DateTime, Datelike, Timelike, Utc};

use super::Function;
use super::eval::{compare, owned_datum};
use super::node::Node;
use crate::event::{Datum, Value};
use crate::time::{Duration, Timestamp};

/// The value of a call. `if` and `coalesce` evaluate only what they need; elsewhere a null argument gives null.
pub(super) fn call<'a>(
    function: Function,
    args: &'a [Node],
    eval: impl Fn(&'a Node) -> Datum<'a>,
) -> Datum<'a> {
    match function {
        Function::If => eval(&args[if eval(&args[0]).is_true() { 1 } else { 2 }]),
        Function::Coalesce => args.iter().map(eval).find(|value| !value.is_null()).unwrap_or(Datum::Null),
        Function::Min => extreme(args, eval, std::cmp::Ordering::Less),
        Function::Max => extreme(args, eval, std::cmp::Ordering::Greater),
        _ => strict(function, args, eval),
    }
}

fn extreme<'a>(
    args: &'a [Node],
    eval: impl Fn(&'a Node) -> Datum<'a>,
    wanted: std::cmp::Ordering,
) -> Datum<'a> {
    let mut best = Datum::Null;
    for (index, arg) in args.iter().enumerate() {
        let value = eval(arg);
        if value.is_null() {
            return Datum::Null;
        }
        if index == 0 || compare(&value, &best) == Some(wanted) {
            best = value;
        }
    }
    best
}

fn strict<'a>(function: Function, args: &'a [Node], eval: impl Fn(&'a Node) -> Datum<'a>) -> Datum<'a> {
    let first = eval(&args[0]);
    let rest: smallvec::SmallVec<[Datum<'a>; 3]> = args[1..].iter().map(eval).collect();
    if first.is_null() || rest.iter().any(Datum::is_null) {
        return Datum::Null;
    }
    one_type(function, first, &rest).unwrap_or(Datum::Null)
}

fn one_type<'a>(function: Function, x: Datum<'a>, rest: &[Datum<'a>]) -> Option<Datum<'a>> {
    match function {
        Function::Abs => absolute(&x),
        Function::Round | Function::Floor | Function::Ceil => integral(function, &x),
        Function::Sqrt | Function::Ln | Function::Exp | Function::Pow => real(function, &x, rest.first()),
        Function::Haversine => haversine(&x, rest),
        Function::Lower | Function::Upper | Function::Trim => text(function, x),
        Function::Length => length(&x),
        Function::StartsWith | Function::EndsWith | Function::Contains => search(function, &x, rest.first()?),
        Function::Substring => substring(&x, rest),
        Function::Split => split(&x, rest.first()?),
        Function::Hour | Function::DayOfWeek => calendar(function, &x),
        Function::DateTrunc => truncate(&x, rest.first()?),
        Function::Int => to_int(&x),
        Function::Float => to_float(&x),
        Function::String => Some(to_text(x)),
        Function::Timestamp => to_time(&x),
        Function::Min | Function::Max | Function::Coalesce | Function::If => None,
    }
}

/// A float without fraction as an integer; none where it does not fit.
pub(super) fn whole(value: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (-LIMIT..LIMIT).contains(&value).then_some(value as i64)
}

fn absolute<'a>(x: &Datum<'_>) -> Option<Datum<'a>> {
    match x {
        Datum::Int(x) => x.checked_abs().map(Datum::Int),
        Datum::Float(x) => Some(Datum::Float(x.abs())),
        Datum::Duration(x) => x.0.checked_abs().map(|x| Datum::Duration(Duration(x))),
        _ => None,
    }
}

/// `round` is half away from zero.
fn integral<'a>(function: Function, x: &Datum<'_>) -> Option<Datum<'a>> {
    if let Datum::Int(x) = x {
        return Some(Datum::Int(*x));
    }
    let x = x.as_f64()?;
    whole(match function {
        Function::Round => x.round(),
        Function::Floor => x.floor(),
        _ => x.ceil(),
    })
    .map(Datum::Int)
}

fn real<'a>(function: Function, x: &Datum<'_>, y: Option<&Datum<'_>>) -> Option<Datum<'a>> {
    let x = x.as_f64()?;
    Some(Datum::finite(match function {
        Function::Sqrt => x.sqrt(),
        Function::Ln => x.ln(),
        Function::Exp => x.exp(),
        _ => x.powf(y?.as_f64()?),
    }))
}

/// The great-circle distance in km on a sphere of the mean earth radius.
fn haversine<'a>(lat1: &Datum<'_>, rest: &[Datum<'_>]) -> Option<Datum<'a>> {
    const EARTH_RADIUS_KM: f64 = 6_371.008_8;
    let lat1 = lat1.as_f64()?.to_radians();
    let [lon1, lat2, lon2] = rest else { return None };
    let (lon1, lat2, lon2) =
        (lon1.as_f64()?.to_radians(), lat2.as_f64()?.to_radians(), lon2.as_f64()?.to_radians());
    let half =
        ((lat2 - lat1) / 2.0).sin().powi(2) + lat1.cos() * lat2.cos() * ((lon2 - lon1) / 2.0).sin().powi(2);
    Some(Datum::finite(2.0 * EARTH_RADIUS_KM * half.sqrt().min(1.0).asin()))
}

fn as_text<'d>(x: &'d Datum<'_>) -> Option<&'d str> {
    match x {
        Datum::Str(text) => Some(text),
        _ => None,
    }
}

fn text<'a>(function: Function, x: Datum<'a>) -> Option<Datum<'a>> {
    let x = as_text(&x)?;
    Some(Datum::Str(Cow::Owned(match function {
        Function::Lower => x.to_lowercase(),
        Function::Upper => x.to_uppercase(),
        _ => x.trim().to_owned(),
    })))
}

fn length<'a>(x: &Datum<'_>) -> Option<Datum<'a>> {
    let length = match x {
        Datum::Str(text) => text.chars().count(),
        Datum::List(items) => items.len(),
        _ => return None,
    };
    i64::try_from(length).ok().map(Datum::Int)
}

fn search<'a>(function: Function, x: &Datum<'_>, what: &Datum<'_>) -> Option<Datum<'a>> {
    if let Datum::List(items) = x {
        let found =
            items.iter().any(|item| compare(&item.as_datum(), what).is_some_and(std::cmp::Ordering::is_eq));
        return Some(Datum::Bool(found));
    }
    let (x, what) = (as_text(x)?, as_text(what)?);
    Some(Datum::Bool(match function {
        Function::StartsWith => x.starts_with(what),
        Function::EndsWith => x.ends_with(what),
        _ => x.contains(what),
    }))
}

/// Positions count code points from 0; what lies outside the text is cut.
fn substring<'a>(x: &Datum<'_>, rest: &[Datum<'_>]) -> Option<Datum<'a>> {
    let count = |datum: &Datum<'_>| match datum {
        Datum::Int(count) => Some(usize::try_from((*count).max(0)).unwrap_or(usize::MAX)),
        _ => None,
    };
    let start = count(rest.first()?)?;
    let length = rest.get(1).map_or(Some(usize::MAX), count)?;
    Some(Datum::Str(Cow::Owned(as_text(x)?.chars().skip(start).take(length).collect())))
}

fn split<'a>(x: &Datum<'_>, separator: &Datum<'_>) -> Option<Datum<'a>> {
    let (x, separator) = (as_text(x)?, as_text(separator)?);
    let parts: Vec<Value> = if separator.is_empty() {
        x.chars().map(|c| Value::from(c.to_string())).collect()
    } else {
        x.split(separator).map(Value::from).collect()
    };
    Some(Datum::List(Cow::Owned(parts)))
}

fn date(x: &Datum<'_>) -> Option<DateTime<Utc>> {
    match x {
        Datum::Timestamp(time) => DateTime::from_timestamp_millis(time.0),
        _ => None,
    }
}

/// UTC; Monday is 1.
fn calendar<'a>(function: Function, x: &Datum<'_>) -> Option<Datum<'a>> {
    let date = date(x)?;
    Some(Datum::Int(match function {
        Function::Hour => date.hour().into(),
        _ => date.weekday().number_from_monday().into(),
    }))
}

/// The units `date_trunc` knows.
pub const DATE_UNITS: [&str; 8] = ["second", "minute", "hour", "day", "week", "month", "quarter", "year"];

fn truncate<'a>(unit: &Datum<'_>, x: &Datum<'_>) -> Option<Datum<'a>> {
    let date = date(x)?;
    let midnight = |year: i32, month: u32, day: u32| {
        chrono::NaiveDate::from_ymd_opt(year, month, day)?
            .and_hms_opt(0, 0, 0)
            .map(|at| at.and_utc().timestamp_millis())
    };
    let floor = |step: i64| Some(date.timestamp_millis().div_euclid(step) * step);
    const DAY: i64 = 86_400_000;
    // The epoch was a Thursday: weeks start four days later.
    const FIRST_MONDAY: i64 = 4 * DAY;
    let millis = match as_text(unit)? {
        "second" => floor(1_000),
        "minute" => floor(60_000),
        "hour" => floor(3_600_000),
        "day" => floor(DAY),
        "week" => Some((date.timestamp_millis() - FIRST_MONDAY).div_euclid(7 * DAY) * 7 * DAY + FIRST_MONDAY),
        "month" => midnight(date.year(), date.month(), 1),
        "quarter" => midnight(date.year(), date.month0() / 3 * 3 + 1, 1),
        "year" => midnight(date.year(), 1, 1),
        _ => None,
    };
    millis.map(|millis| Datum::Timestamp(Timestamp(millis)))
}

fn to_int<'a>(x: &Datum<'_>) -> Option<Datum<'a>> {
    match x {
        Datum::Int(x) => Some(*x),
        Datum::Float(x) => whole(x.trunc()),
        Datum::Bool(x) => Some(i64::from(*x)),
        Datum::Timestamp(x) => Some(x.0),
        Datum::Duration(x) => Some(x.0),
        Datum::Str(x) => x.trim().parse().ok(),
        _ => None,
    }
    .map(Datum::Int)
}

fn to_float<'a>(x: &Datum<'_>) -> Option<Datum<'a>> {
    match x {
        Datum::Timestamp(x) => Some(Datum::Float(x.0 as f64)),
        Datum::Duration(x) => Some(Datum::Float(x.0 as f64)),
        Datum::Str(x) => x.trim().parse().ok().map(Datum::finite),
        _ => x.as_f64().map(Datum::Float),
    }
}

fn to_text(x: Datum<'_>) -> Datum<'_> {
    let text = match x {
        Datum::Str(_) => return x,
        Datum::Bool(x) => x.to_string(),
        Datum::Int(x) => x.to_string(),
        Datum::Float(x) => format!("{x:?}"),
        Datum::Timestamp(x) => x.to_string(),
        Datum::Duration(x) => x.to_string(),
        Datum::Null | Datum::List(_) | Datum::Map(_) => return Datum::Null,
    };
    Datum::Str(Cow::Owned(text))
}

/// Milliseconds or RFC 3339.
fn to_time<'a>(x: &Datum<'_>) -> Option<Datum<'a>> {
    match x {
        Datum::Timestamp(_) => Some(owned_datum(x.clone().into_value())),
        Datum::Int(millis) => Some(Datum::Timestamp(Timestamp(*millis))),
        Datum::Str(text) => Timestamp::parse(text).map(Datum::Timestamp),
        _ => None,
    }
}

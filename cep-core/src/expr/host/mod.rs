//! Functions of the host: closures that a program registers and that its patterns call as they call the built-in ones.
//!
//! The engine calls them whenever it needs their value: any number of times, in any order, on any thread. So they have to
//! be pure, as all else in an expression is. What they are called with and what they give is in `typed`.

mod typed;

pub use typed::{Argument, HostClosure, Return};

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use super::typing::{Typed, accepts, argument_words, count_words, operand};
use super::{Expr, TypeError};
use crate::event::{Datum, Type};

/// A function of the host, by its name, its signature and a version.
///
/// It has to be pure: the same arguments give the same value, today and in a replay, and nothing else happens. The engine
/// calls it at any time, as often as it likes or not at all, on any thread. Two functions with the same name, signature and
/// version are taken for one: give another version to one that has come to compute something else, so that
/// state which a store has of the earlier one is not taken for its own.
///
/// ```
/// use cep_core::expr::{HostFunction, field};
///
/// let risk = HostFunction::new("risk", |country: &str, amount: f64| if country == "NZ" { amount / 2.0 } else { amount });
/// assert_eq!(risk.to_string(), "risk(string, float) -> float");
/// let condition = risk.version(2).call([field("country"), field("amount")]).gt(100.0);
/// assert_eq!(condition.to_string(), "risk(country, amount) > 100");
/// ```
#[derive(Clone)]
pub struct HostFunction {
    name: Arc<str>,
    params: Arc<[Type]>,
    result: Type,
    version: u32,
    run: Arc<Run>,
}

type Run = dyn Fn(&[Datum<'_>]) -> Datum<'static> + Send + Sync;

impl HostFunction {
    /// A function of one to six arguments, each an `i64`, `f64`, `&str`, `bool`, [`Timestamp`](crate::time::Timestamp),
    /// [`Duration`](crate::time::Duration), or an `Option` of one of these; it gives one of them, a text as `String`. The closure
    /// says the types of its arguments. Where an argument is null that is no `Option`, the function is not called
    /// and its value is null; a float that is not finite is null as well.
    ///
    /// ```
    /// use cep_core::expr::HostFunction;
    ///
    /// let or_zero = HostFunction::new("or_zero", |x: Option<f64>| x.unwrap_or(0.0));
    /// assert_eq!(or_zero.to_string(), "or_zero(float?) -> float");
    /// ```
    #[must_use]
    pub fn new<Signature, F: HostClosure<Signature>>(name: impl Into<Arc<str>>, closure: F) -> Self {
        Self {
            name: name.into(),
            params: F::params().into(),
            result: F::result(),
            version: 1,
            run: Arc::new(move |args| closure.call(args).unwrap_or(Datum::Null)),
        }
    }

    /// The same with another version than 1.
    ///
    /// ```
    /// use cep_core::expr::HostFunction;
    ///
    /// let first = HostFunction::new("half", |x: f64| x / 2.0);
    /// assert_ne!(first.clone(), first.version(2));
    /// ```
    #[must_use]
    pub fn version(self, version: u32) -> Self {
        Self { version, ..self }
    }

    /// Its name.
    ///
    /// ```
    /// assert_eq!(cep_core::expr::HostFunction::new("half", |x: f64| x / 2.0).name(), "half");
    /// ```
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A call of it.
    ///
    /// ```
    /// use cep_core::expr::{HostFunction, field};
    ///
    /// let half = HostFunction::new("half", |x: f64| x / 2.0);
    /// assert_eq!(half.call([field("amount")]).to_string(), "half(amount)");
    /// ```
    #[must_use]
    pub fn call(&self, args: impl IntoIterator<Item = Expr>) -> Expr {
        Expr::Host(self.clone(), args.into_iter().collect())
    }

    /// The type of a call with arguments of these types.
    ///
    /// ```
    /// use cep_core::event::DataType;
    /// use cep_core::expr::HostFunction;
    ///
    /// let half = HostFunction::new("half", |x: f64| x / 2.0);
    /// // Null where its argument is.
    /// assert_eq!(half.call_type(&[DataType::Int.nullable()]), Ok(DataType::Float.nullable()));
    /// assert!(half.call_type(&[]).is_err());
    /// ```
    ///
    /// # Errors
    /// Where it does not take that many arguments, or arguments of these types.
    pub fn call_type(&self, args: &[Type]) -> Result<Type, TypeError> {
        if args.len() != self.params.len() {
            return Err(TypeError::Arity { expected: count_words(self.params.len()), found: args.len() });
        }
        self.fits(args)
    }

    fn fits(&self, args: &[Type]) -> Typed {
        let pairs = || self.params.iter().zip(args);
        for (index, (param, arg)) in pairs().enumerate() {
            if !accepts(&param.data, &arg.data) {
                return Err(operand(index, &argument_words(&param.data), arg));
            }
        }
        let not_called = pairs().any(|(param, arg)| arg.nullable && !param.nullable);
        Ok(Type { data: self.result.data.clone(), nullable: self.result.nullable || not_called })
    }

    /// Whether both are one function, and not two that look alike.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self == other && Arc::ptr_eq(&self.run, &other.run)
    }

    /// What tells it from others.
    pub(crate) fn identity(&self) -> String {
        format!("{self} v{}", self.version)
    }

    /// Its value. A panic in it goes on as one that [`Panicked::catch`] knows.
    pub(super) fn value<'a>(&self, args: &[Datum<'_>]) -> Datum<'a> {
        match catch_unwind(AssertUnwindSafe(|| (self.run)(args))) {
            Ok(value) => value,
            Err(panic) => resume_unwind(Box::new(Panicked {
                function: self.name.as_ref().to_owned(),
                message: message(panic.as_ref()).into_owned(),
            })),
        }
    }
}

/// What a panic says.
fn message(panic: &(dyn Any + Send)) -> Cow<'_, str> {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => Cow::Borrowed(text),
        (None, Some(text)) => Cow::Borrowed(text),
        (None, None) => Cow::Borrowed("it does not say why"),
    }
}

/// Alike are those with the same name, signature and version.
impl PartialEq for HostFunction {
    fn eq(&self, other: &Self) -> bool {
        let all = |it: &Self| (Arc::clone(&it.name), Arc::clone(&it.params), it.result.clone(), it.version);
        all(self) == all(other)
    }
}

/// Its signature: `risk(string, float) -> float`.
impl fmt::Display for HostFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let params: Vec<_> = self.params.iter().map(Type::to_string).collect();
        write!(f, "{}({}) -> {}", self.name, params.join(", "), self.result)
    }
}

/// Its signature and version: conditions are interned by what they show.
impl fmt::Debug for HostFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.identity())
    }
}

/// A function of the host panicked. What called it was left in the middle of its work: a matcher in which that happens is
/// of no use any more.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the host's function `{function}` panicked: {message}")]
pub struct Panicked {
    /// The function.
    pub function: String,
    /// What the panic says.
    pub message: String,
}

impl Panicked {
    /// Does something, and catches the panic of a function of the host in it. Other panics go on.
    ///
    /// ```
    /// use cep_core::expr::Panicked;
    ///
    /// assert_eq!(Panicked::catch(|| 7), Ok(7));
    /// ```
    ///
    /// # Errors
    /// Where a function of the host panicked.
    pub fn catch<T>(work: impl FnOnce() -> T) -> Result<T, Self> {
        catch_unwind(AssertUnwindSafe(work)).map_err(|panic| match panic.downcast::<Self>() {
            Ok(panicked) => *panicked,
            Err(other) => resume_unwind(other),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::DataType::{Bool, Float, Int, String as Text};

    fn sum() -> HostFunction {
        HostFunction::new("sum2", |x: i64, y: Option<f64>| x as f64 + y.unwrap_or(0.5))
    }

    #[test]
    fn values_go_in_and_out_and_null_is_as_in_sql_where_no_option_takes_it() {
        let call = |args: &[Datum<'_>]| sum().value(args).into_value();
        assert_eq!(call(&[Datum::Int(1), Datum::Float(2.0)]), 3.0.into());
        assert_eq!(call(&[Datum::Int(1), Datum::Int(2)]), 3.0.into());
        assert_eq!(call(&[Datum::Int(1), Datum::Null]), 1.5.into());
        assert!(sum().value(&[Datum::Null, Datum::Float(2.0)]).is_null());
        assert!(HostFunction::new("nan", |x: f64| x / 0.0).value(&[Datum::Float(0.0)]).is_null());
        let longest = HostFunction::new("longest", |x: &str, y: Option<&str>| y.unwrap_or(x).to_owned());
        let texts = [Datum::Str("a".into()), Datum::Str("bc".into())];
        assert_eq!(longest.value(&texts).into_value(), "bc".into());
    }

    #[test]
    fn signatures_are_checked() {
        let of = |args: &[Type]| sum().call_type(args);
        assert_eq!(of(&[Int.required(), Float.nullable()]), Ok(Float.required()));
        assert_eq!(of(&[Int.nullable(), Int.required()]), Ok(Float.nullable()));
        assert!(matches!(of(&[Int.required()]), Err(TypeError::Arity { found: 1, .. })));
        assert!(matches!(of(&[Float.required(), Int.required()]), Err(TypeError::Operand { index: 0, .. })));
        assert_eq!(
            HostFunction::new("f", |_: bool| None::<String>).call_type(&[Bool.required()]),
            Ok(Text.nullable())
        );
    }

    #[test]
    fn a_panic_names_the_function_and_others_go_on() {
        let bad = HostFunction::new("bad", |x: i64| {
            assert!(x < 0, "{x} is not negative");
            x
        });
        let panicked = Panicked::catch(|| bad.value(&[Datum::Int(5)])).expect_err("it panics");
        assert_eq!(panicked.to_string(), "the host's function `bad` panicked: 5 is not negative");
        let other = catch_unwind(|| Panicked::catch(|| panic!("of another kind")));
        assert!(other.is_err(), "a panic that is no function's is not caught");
    }

    #[test]
    fn what_looks_alike_is_equal_and_not_one() {
        let (one, other) = (sum(), sum());
        assert!(one == other && one != other.clone().version(2));
        assert!(one.is(&one.clone()) && !one.is(&other));
    }
}

//! What functions of the host take and give: from the closures of Rust to the types of the language.

use std::borrow::Cow;

use crate::event::{DataType, Datum, Type};
use crate::time::{Duration, Timestamp};

/// A type that a function of the host may take: `i64`, `f64`, `bool`, `&str`, [`Timestamp`], [`Duration`], and `Option`
/// of these for values that may be null.
pub trait Argument {
    /// The same for as long as one call lives.
    type Item<'a>;

    /// The type in the language.
    #[must_use]
    fn ty() -> Type;

    /// The argument that a value makes; none where it is null and may not be.
    fn of<'a>(value: &'a Datum<'_>) -> Option<Self::Item<'a>>;
}

/// A type that a function of the host may give: `i64`, `f64`, `bool`, `String`, `&'static str`, [`Timestamp`],
/// [`Duration`], and `Option` of these.
pub trait Return {
    /// The type in the language.
    #[must_use]
    fn ty() -> Type;

    /// The value.
    fn value(self) -> Datum<'static>;
}

/// A closure that can be a function of the host: of one to six arguments. `Signature` is there for the compiler to find.
pub trait HostClosure<Signature>: Send + Sync + 'static {
    /// The types that it takes.
    #[must_use]
    fn params() -> Vec<Type>;

    /// The type that it gives.
    #[must_use]
    fn result() -> Type;

    /// Its value; none where an argument is null that may not be.
    fn call(&self, args: &[Datum<'_>]) -> Option<Datum<'static>>;
}

macro_rules! plain {
    ($($rust:ty, $data:ident, $value:pat => $read:expr, $given:ident => $written:expr;)*) => {$(
        impl Argument for $rust {
            type Item<'a> = $rust;

            fn ty() -> Type {
                DataType::$data.required()
            }

            fn of(value: &Datum<'_>) -> Option<$rust> {
                match value {
                    $value => $read,
                    _ => None,
                }
            }
        }

        impl Return for $rust {
            fn ty() -> Type {
                DataType::$data.required()
            }

            fn value(self) -> Datum<'static> {
                let $given = self;
                $written
            }
        }
    )*};
}

plain! {
    i64, Int, Datum::Int(value) => Some(*value), given => Datum::Int(given);
    f64, Float, number @ (Datum::Int(_) | Datum::Float(_)) => number.as_f64(), given => Datum::finite(given);
    bool, Bool, Datum::Bool(value) => Some(*value), given => Datum::Bool(given);
    Timestamp, Timestamp, Datum::Timestamp(value) => Some(*value), given => Datum::Timestamp(given);
    Duration, Duration, Datum::Duration(value) => Some(*value), given => Datum::Duration(given);
}

impl Argument for &str {
    type Item<'a> = &'a str;

    fn ty() -> Type {
        DataType::String.required()
    }

    fn of<'a>(value: &'a Datum<'_>) -> Option<&'a str> {
        match value {
            Datum::Str(text) => Some(text),
            _ => None,
        }
    }
}

impl Return for String {
    fn ty() -> Type {
        DataType::String.required()
    }

    fn value(self) -> Datum<'static> {
        Datum::Str(Cow::Owned(self))
    }
}

impl Return for &'static str {
    fn ty() -> Type {
        DataType::String.required()
    }

    fn value(self) -> Datum<'static> {
        Datum::Str(Cow::Borrowed(self))
    }
}

impl<T: Argument> Argument for Option<T> {
    type Item<'a> = Option<T::Item<'a>>;

    fn ty() -> Type {
        T::ty().data.nullable()
    }

    fn of<'a>(value: &'a Datum<'_>) -> Option<Self::Item<'a>> {
        Some(T::of(value))
    }
}

impl<T: Return> Return for Option<T> {
    fn ty() -> Type {
        T::ty().data.nullable()
    }

    fn value(self) -> Datum<'static> {
        self.map_or(Datum::Null, T::value)
    }
}

macro_rules! closures {
    ($(($($arg:ident $value:ident $index:tt),*))*) => {$(
        // The first bound finds the types that the closure names, the second says that texts live for one call only.
        impl<F, R: Return, $($arg: Argument),*> HostClosure<fn($($arg),*) -> R> for F
        where
            F: Fn($($arg),*) -> R + for<'a> Fn($($arg::Item<'a>),*) -> R + Send + Sync + 'static,
        {
            fn params() -> Vec<Type> {
                vec![$($arg::ty()),*]
            }

            fn result() -> Type {
                R::ty()
            }

            fn call(&self, args: &[Datum<'_>]) -> Option<Datum<'static>> {
                fn run<R, $($arg),*>(closure: impl Fn($($arg),*) -> R, $($value: $arg),*) -> R {
                    closure($($value),*)
                }
                Some(run(self, $($arg::of(args.get($index)?)?),*).value())
            }
        }
    )*};
}

closures! {
    (A a 0)
    (A a 0, B b 1)
    (A a 0, B b 1, C c 2)
    (A a 0, B b 1, C c 2, D d 3)
    (A a 0, B b 1, C c 2, D d 3, E e 4)
    (A a 0, B b 1, C c 2, D d 3, E e 4, G g 5)
}

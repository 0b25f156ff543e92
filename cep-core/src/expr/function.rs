//! The built-in functions and aggregates: their names and what they take. Types are in `typing`, meaning in `eval`.

/// A built-in function.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[expect(missing_docs, reason = "each is the function of that name, described in the language reference")]
pub enum Function {
    Abs,
    Min,
    Max,
    Round,
    Floor,
    Ceil,
    Sqrt,
    Ln,
    Exp,
    Pow,
    Lower,
    Upper,
    Trim,
    Length,
    StartsWith,
    EndsWith,
    Contains,
    Substring,
    Split,
    Hour,
    DayOfWeek,
    DateTrunc,
    Coalesce,
    If,
    Int,
    Float,
    String,
    Timestamp,
    Haversine,
}

/// A function, its name, and how many arguments it takes at least and at most.
type Entry = (Function, &'static str, usize, usize);

/// More arguments than anybody writes.
const ANY: usize = usize::MAX;

const TABLE: [Entry; 29] = [
    (Function::Abs, "abs", 1, 1),
    (Function::Min, "min", 2, ANY),
    (Function::Max, "max", 2, ANY),
    (Function::Round, "round", 1, 1),
    (Function::Floor, "floor", 1, 1),
    (Function::Ceil, "ceil", 1, 1),
    (Function::Sqrt, "sqrt", 1, 1),
    (Function::Ln, "ln", 1, 1),
    (Function::Exp, "exp", 1, 1),
    (Function::Pow, "pow", 2, 2),
    (Function::Lower, "lower", 1, 1),
    (Function::Upper, "upper", 1, 1),
    (Function::Trim, "trim", 1, 1),
    (Function::Length, "length", 1, 1),
    (Function::StartsWith, "starts_with", 2, 2),
    (Function::EndsWith, "ends_with", 2, 2),
    (Function::Contains, "contains", 2, 2),
    (Function::Substring, "substring", 2, 3),
    (Function::Split, "split", 2, 2),
    (Function::Hour, "hour", 1, 1),
    (Function::DayOfWeek, "day_of_week", 1, 1),
    (Function::DateTrunc, "date_trunc", 2, 2),
    (Function::Coalesce, "coalesce", 1, ANY),
    (Function::If, "if", 3, 3),
    (Function::Int, "int", 1, 1),
    (Function::Float, "float", 1, 1),
    (Function::String, "string", 1, 1),
    (Function::Timestamp, "timestamp", 1, 1),
    (Function::Haversine, "haversine", 4, 4),
];

impl Function {
    /// All functions.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|entry| entry.0)
    }

    /// The function of that name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        TABLE.iter().find(|entry| entry.1 == name).map(|entry| entry.0)
    }

    fn entry(self) -> &'static Entry {
        TABLE.iter().find(|entry| entry.0 == self).expect("every function stands in the table")
    }

    /// Its name as written.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.entry().1
    }

    /// The least and the greatest number of arguments; `usize::MAX` for no bound.
    #[must_use]
    pub fn arity(self) -> (usize, usize) {
        (self.entry().2, self.entry().3)
    }
}

/// An aggregate of a field over the captured events of a stage. Nulls are skipped.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Aggregate {
    /// The sum; 0 of nothing.
    Sum,
    /// The arithmetic mean; null of nothing.
    Avg,
    /// The least; null of nothing.
    Min,
    /// The greatest; null of nothing.
    Max,
    /// The population standard deviation; null of nothing.
    Stddev,
    /// All values in order.
    Collect,
    /// All different values, first occurrence first.
    Distinct,
}

impl Aggregate {
    /// All aggregates with their names.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Sum, "sum"),
        (Self::Avg, "avg"),
        (Self::Min, "min"),
        (Self::Max, "max"),
        (Self::Stddev, "stddev"),
        (Self::Collect, "collect"),
        (Self::Distinct, "distinct"),
    ];

    /// The aggregate of that name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(aggregate, _)| *aggregate)
    }

    /// Its name as written.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(known, _)| *known == self)
            .map(|(_, name)| *name)
            .expect("every aggregate is listed")
    }
}

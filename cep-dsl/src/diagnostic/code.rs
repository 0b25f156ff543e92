//! The table of all diagnostics. A code, once published, keeps its meaning; a number is never used again.

use super::Severity;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $title:literal;)*) => {
        /// What a diagnostic is about; stable from version to version.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[expect(missing_docs, reason = "the title says it")]
        pub enum Code {
            $($name,)*
        }

        impl Code {
            /// All codes in order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code as printed.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// What it is about, in one line.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self {
                    $(Self::$name => $title,)*
                }
            }
        }
    };
}

codes! {
    InvalidUtf8 = "E0101", "the file is not UTF-8 text";
    UnknownCharacter = "E0102", "a character that means nothing here";
    UnterminatedString = "E0103", "a string without its closing quote";
    BadEscape = "E0104", "an escape that strings do not have";
    BadNumber = "E0105", "a number that cannot be read";
    BadDuration = "E0106", "a duration that cannot be read";
    BadQuotedName = "E0107", "a back-quoted name that cannot be read";
    Unclosed = "E0108", "a brace, parenthesis or bracket that is never closed";
    Expected = "E0109", "something else was expected here";
    TooDeep = "E0110", "nested too deeply";
    NotAnItem = "E0111", "not an item";
    WordOperator = "E0112", "an operator that is a word, or another sign, in this language";
    AssignForEquals = "E0113", "`=` where `==` is meant";
    ChainedComparison = "E0114", "a chained comparison";
    DetachedUnit = "E0115", "a space inside a duration";
    MissingUnit = "E0116", "a duration without a unit";
    ModifierAfterCondition = "E0117", "a modifier after `where` or `until`";
    UntilBeforeWhere = "E0118", "`until` before `where`";
    SecondCondition = "E0119", "a second `where` or `until`";
    WhereOnGroup = "E0120", "`where` on a group";
    MissingBegin = "E0121", "a pattern or group that does not start with `begin`";
    MisplacedGap = "E0122", "a gap where none can stand";
    ConnectorAfterAnd = "E0123", "`and` before a connector";
    BadNegation = "E0124", "a connector that cannot be negated this way";
    StageAfterClause = "E0125", "a stage after a clause";
    GluedWords = "E0126", "keywords written as one word";
    SignQuantifier = "E0127", "a quantifier written as a sign";
    ForeignComment = "E0128", "a comment of another language";
    Semicolon = "E0129", "a semicolon";
    MissingName = "E0130", "a name is missing";
    NullTest = "E0131", "a null test of another language";
    RepeatedModifier = "E0401", "a modifier said twice";
    RepeatedClause = "E0402", "a clause said twice";
    ConflictingModifiers = "E0403", "modifiers that exclude each other";
    NegatedGroup = "E0404", "a negated group";
    RepeatedOption = "E0501", "an option said twice";
    LooseDoc = "W0101", "a doc comment that documents nothing";
}

impl Code {
    /// How bad it is: an error, unless the code starts with `W`.
    #[must_use]
    pub fn severity(self) -> Severity {
        if self.as_str().starts_with('W') { Severity::Warning } else { Severity::Error }
    }

    /// The code printed as `text`.
    #[must_use]
    pub fn by_str(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_in_order_within_their_letter() {
        for pair in Code::ALL.windows(2) {
            let (left, right) = (pair[0].as_str(), pair[1].as_str());
            assert!(left < right, "{left} stands before {right}");
        }
    }
}

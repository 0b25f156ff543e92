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

            /// The page that tells more about it, in Markdown: what it means, an example, the same mended, and why.
            #[must_use]
            pub fn page(self) -> &'static str {
                match self {
                    $(Self::$name => include_str!(concat!("../../../docs/errors/", $code, ".md")),)*
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
    KeywordCall = "E0132", "a keyword written as a call";
    ForeignWord = "E0133", "a word of another language";
    MissingWhere = "E0134", "a condition without `where`";
    MethodCall = "E0135", "a function written as a method";
    ForeignOperator = "E0136", "an operator of another language";
    UnknownStream = "E0201", "a stream that does not exist";
    UnknownName = "E0202", "a name that does not exist";
    UnknownStage = "E0203", "a stage that does not exist";
    UnknownField = "E0204", "a field that does not exist";
    UnknownFunction = "E0205", "a function that does not exist";
    UnknownType = "E0206", "a type that does not exist";
    Duplicate = "E0207", "a name defined twice";
    DuplicateField = "E0208", "a field or column defined twice";
    ShadowedField = "E0209", "a name that is a field as well";
    LaterReference = "E0210", "a stage that comes later";
    NegatedReference = "E0211", "a stage that never has an event";
    NotAValue = "E0212", "a stage, event, row or table where a value is expected";
    PartlyAField = "E0213", "a field that not every input has with one type";
    NoStagesHere = "E0214", "an aggregate where there are no stages";
    LookupInCondition = "E0215", "a table look-up in a condition";
    NoEventHere = "E0216", "a field where there is no event under test";
    Cycle = "E0217", "definitions that need one another";
    TypeMismatch = "E0301", "types that do not go together";
    BadOperand = "E0302", "an operand of the wrong type";
    NullComparison = "E0303", "a comparison with `null`";
    WrongArity = "E0304", "the wrong number of arguments";
    NotACondition = "E0305", "a value where a condition is expected";
    NoMembers = "E0306", "a value without fields or elements";
    BadRegex = "E0307", "a regular expression that cannot be used";
    BadParamType = "E0308", "a type that params cannot have";
    NullableElement = "E0309", "a `?` on the elements of a list or map";
    BadAggregate = "E0310", "an aggregate of something else than a field of a stage";
    NotConstant = "E0311", "a value that is not known before the program runs";
    UnknownColumnType = "E0312", "a column whose type is not known";
    RepeatedModifier = "E0401", "a modifier said twice";
    RepeatedClause = "E0402", "a clause said twice";
    ConflictingModifiers = "E0403", "modifiers that exclude each other";
    NegatedGroup = "E0404", "a negated group";
    DuplicateStage = "E0405", "two stages of one name";
    EndlessWait = "E0406", "a trailing `not followed by` without a window";
    SkipIntoGroup = "E0407", "`skip to` a stage in a group";
    GapExceedsWindow = "E0408", "a gap longer than the whole window";
    OptionalAfterGreedy = "E0409", "an optional stage after a greedy one";
    InnerWithoutLoop = "E0410", "`consecutive` or `allow combinations` without a loop";
    MisplacedGreedy = "E0411", "`greedy` where it has no meaning";
    QuantifiedNegation = "E0412", "modifiers on a negated stage";
    MisplacedUntil = "E0413", "`until` without an open loop";
    NegationAfterOptional = "E0414", "a negation after a stage that may be absent";
    BadTimes = "E0415", "a number of occurrences that cannot be";
    ApartWithoutLoop = "E0416", "`at most … apart` without a loop";
    EmptyWindow = "E0417", "a window that is not longer than zero";
    BadLimit = "E0418", "a limit out of range";
    TimeoutWithoutWindow = "E0419", "`on timeout` without a window";
    RepeatedOption = "E0501", "an option said twice";
    PartlyKeyed = "E0502", "some inputs with a key and some without";
    KeysDiffer = "E0503", "keys of different number or type";
    NullableKey = "E0504", "a key or time that may be null";
    BadKey = "E0505", "a field that cannot be a key";
    BadTime = "E0506", "a time field that is no timestamp";
    TiesDiffer = "E0507", "inputs with different tie-breaks";
    RepeatedInput = "E0508", "an input said twice";
    AssignedTime = "E0509", "`ts` assigned in an emitted record";
    EmitsDiffer = "E0510", "emits of one name with different columns";
    CannotRead = "E0601", "a used file that cannot be read";
    UseCycle = "E0602", "files that use one another";
    ParamInWindow = "E0603", "a param in a window or count";
    LooseDoc = "W0101", "a doc comment that documents nothing";
    AllowsNothing = "W0102", "a comment that allows what nobody says";
    OwnReference = "W0201", "a stage that names itself without being a loop";
    Unused = "W0202", "a definition that nothing uses";
    GreedyAtEnd = "W0401", "`greedy` on the last stage";
    GreedyTakesAll = "W0402", "a stage that the greedy loop before leaves nothing";
    GapWithoutEffect = "W0403", "a gap that has no effect";
    WeakApart = "W0404", "a loop window weaker than its name";
    SkipToNegated = "W0405", "`skip to` a negated stage";
    SkipToOptional = "W0406", "`skip to` a stage that may be absent";
    SkipWithoutWindow = "W0407", "a skip strategy without a window";
    OpenLoop = "W0408", "a loop that nothing ends";
    LoopReadsItself = "W0409", "a loop whose first event never fits";
    NextAcrossStreams = "W0410", "`next` across two streams";
    NeverTrue = "W0411", "a condition that is always false";
    MatchesMultiply = "W0412", "a loop of which every part is a match";
    EndlessPartialMatch = "W0413", "a wait that nothing ends";
    NextAfterGaps = "W0414", "`next` after a loop with gaps";
    AlwaysTrue = "W0415", "a condition that is always true";
    ExcludedByEarlier = "W0416", "a stage that those before it exclude";
    WithinBelowLateness = "W0501", "a window shorter than the lateness";
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

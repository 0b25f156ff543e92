//! Ids: dense indexes that stand for names at run time. Names live in [`crate::program::Program`], for people.

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($int:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub $int);

        impl $name {
            /// The id of the `index`-th thing of its kind.
            #[must_use]
            pub fn new(index: usize) -> Self {
                Self(<$int>::try_from(index).expect("a program has fewer things of a kind than its id type can number"))
            }

            /// The position in the table this id belongs to.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id!(
    /// A stream of a program: declared, derived or emitted.
    StreamId(u16)
);
id!(
    /// A column of a stream's schema.
    ColumnId(u16)
);
id!(
    /// A pattern of a program, in text order.
    PatternId(u32)
);
id!(
    /// A stage of a pattern, in text order; negated stages count too.
    StageId(u16)
);
id!(
    /// A state of a pattern's automaton.
    StateId(u32)
);
id!(
    /// An interned predicate of a key family.
    PredicateId(u32)
);
id!(
    /// A key family: the patterns that read the same streams by the same key fields.
    FamilyId(u16)
);
id!(
    /// A parameter of a program.
    ParamId(u16)
);
id!(
    /// A look-up table of a program.
    TableId(u16)
);

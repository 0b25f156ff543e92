//! Objects of the classes in tests/java, which members of the tests have.

use hazelcast_client::{Compact, CompactReader, CompactWriter, DataError};

macro_rules! classes {
    ($($(#[$doc:meta])* $name:ident { $field:ident: $type:ty })*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name {
            pub(crate) $field: $type,
        }

        impl Compact for $name {
            const TYPE_NAME: &'static str = stringify!($name);

            fn write(&self, writer: &mut CompactWriter<'_, '_>) {
                writer.field(stringify!($field), &self.$field);
            }

            fn read(reader: &CompactReader<'_>) -> Result<Self, DataError> {
                Ok(Self { $field: reader.field(stringify!($field))? })
            }
        }
    )*};
}

classes! {
    /// Adds to a number, and gives what it was.
    AddProcessor { amount: i64 }
    /// Orders entries by the last digits of their values, then by their values, the greatest first.
    ByLastDigit { digits: i32 }
    /// Chooses the multiples of a number from a ringbuffer.
    IsMultiple { divisor: i32 }
    /// Chooses the events of such keys from a journal.
    KeyIsMultiple { divisor: i32 }
}

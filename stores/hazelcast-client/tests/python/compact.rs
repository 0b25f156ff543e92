//! A Compact value with a field of every kind.

use hazelcast_client::{Client, Record, RecordValue};

use crate::{DATE, STAMP, STAMP_TZ, TIME, decimal};

fn inner() -> Record {
    Record::new("Inner", [("n", 5_i32.into())])
}

/// `Everything` of `interop.py`: with values, or null wherever that is possible.
pub(crate) fn everything(has_values: bool) -> Record {
    use RecordValue as V;
    macro_rules! kinds {
        (numbers: $($name:literal $kind:ident $array:ident $nullable:ident $nullables:ident $value:expr;)*
         single: $($single_name:literal $single:ident $single_array:ident $single_value:expr;)*) => {{
            let mut fields: Vec<(String, RecordValue)> = Vec::new();
            let some = |_: &()| has_values;
            $(
                let value = $value;
                fields.push(($name.to_owned(), V::$kind(value)));
                fields.push((concat!("nullable_", $name).to_owned(), V::$nullable(Some(value).filter(|_| some(&())))));
                let array = has_values.then(|| vec![value; 10]);
                fields.push((concat!("array_of_", $name).to_owned(), V::$array(array)));
                let array = has_values.then(|| vec![Some(value), None, Some(value)]);
                fields.push((concat!("array_of_nullable_", $name).to_owned(), V::$nullables(array)));
            )*
            $(
                let value = Some($single_value);
                let array = has_values.then(|| vec![value.clone(), None]);
                fields.push(($single_name.to_owned(), V::$single(value.filter(|_| has_values))));
                fields.push((concat!("array_of_", $single_name).to_owned(), V::$single_array(array)));
            )*
            fields
        }};
    }
    let mut fields = kinds! {
        numbers:
        "boolean" Boolean ArrayOfBoolean NullableBoolean ArrayOfNullableBoolean true;
        "int8" Int8 ArrayOfInt8 NullableInt8 ArrayOfNullableInt8 -7;
        "int16" Int16 ArrayOfInt16 NullableInt16 ArrayOfNullableInt16 300;
        "int32" Int32 ArrayOfInt32 NullableInt32 ArrayOfNullableInt32 70_000;
        "int64" Int64 ArrayOfInt64 NullableInt64 ArrayOfNullableInt64 1 << 40;
        "float32" Float32 ArrayOfFloat32 NullableFloat32 ArrayOfNullableFloat32 1.5;
        "float64" Float64 ArrayOfFloat64 NullableFloat64 ArrayOfNullableFloat64 2.25;
        single:
        "string" String ArrayOfString "héllo".to_owned();
        "decimal" Decimal ArrayOfDecimal decimal();
        "time" Time ArrayOfTime TIME;
        "date" Date ArrayOfDate DATE;
        "timestamp" Timestamp ArrayOfTimestamp STAMP;
        "timestamp_with_timezone" TimestampWithTimezone ArrayOfTimestampWithTimezone STAMP_TZ;
        "compact" Compact ArrayOfCompact inner();
    };
    let text = |letter: &str| Some(letter.repeat(100));
    let long = has_values.then(|| vec![text("x"), None, text("y"), text("z")]);
    fields.push(("long".to_owned(), V::ArrayOfString(long)));
    Record::new("Everything", fields)
}

/// Reads what Python wrote.
pub(crate) async fn read(client: &Client, map: &str) {
    let map = client.map::<String, Record>(map);
    assert_eq!(map.get("compact-full").await.unwrap(), Some(everything(true)));
    assert_eq!(map.get("compact-empty").await.unwrap(), Some(everything(false)));
}

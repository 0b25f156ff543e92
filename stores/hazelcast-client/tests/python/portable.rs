//! A Portable value with a field of every kind.

use hazelcast_client::{
    AsPortable, BigDecimal, Client, Data, DataError, LocalDate, LocalDateTime, LocalTime, OffsetDateTime,
    Portable, PortableReader, PortableRecord, PortableWriter,
};

use crate::{DATE, STAMP, STAMP_TZ, TIME, decimal};

#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Inner {
    n: i32,
}

impl Portable for Inner {
    const FACTORY_ID: i32 = 1;
    const CLASS_ID: i32 = 1;

    fn write(&self, writer: &mut PortableWriter<'_, '_>) {
        writer.field("n", &self.n);
    }

    fn read(reader: &PortableReader<'_>) -> Result<Self, DataError> {
        Ok(Self { n: reader.field("n")? })
    }
}

macro_rules! everything {
    ($($name:ident: $type:ty = $value:expr;)*) => {
        /// `EverythingPortable` of `interop.py`.
        #[derive(Clone, PartialEq, Debug)]
        pub(crate) struct Everything {
            $($name: $type,)*
        }

        impl Portable for Everything {
            const FACTORY_ID: i32 = 1;
            const CLASS_ID: i32 = 2;

            fn write(&self, writer: &mut PortableWriter<'_, '_>) {
                $(writer.field(stringify!($name), &self.$name);)*
            }

            fn read(reader: &PortableReader<'_>) -> Result<Self, DataError> {
                Ok(Self { $($name: reader.field(stringify!($name))?,)* })
            }
        }

        pub(crate) fn everything() -> AsPortable<Everything> {
            AsPortable(Everything { $($name: $value,)* })
        }
    };
}

everything! {
    byte: i8 = 7;
    byte_array: Vec<u8> = vec![7; 3];
    boolean: bool = true;
    boolean_array: Vec<bool> = vec![true; 3];
    char: u16 = 'x' as u16;
    char_array: Vec<u16> = vec!['x' as u16; 3];
    short: i16 = 300;
    short_array: Vec<i16> = vec![300; 3];
    int: i32 = 70_000;
    int_array: Vec<i32> = vec![70_000; 3];
    long: i64 = 1 << 40;
    long_array: Vec<i64> = vec![1 << 40; 3];
    float: f32 = 1.5;
    float_array: Vec<f32> = vec![1.5; 3];
    double: f64 = 2.25;
    double_array: Vec<f64> = vec![2.25; 3];
    string: String = "héllo".to_owned();
    string_array: Vec<String> = vec!["héllo".to_owned(); 3];
    decimal: BigDecimal = decimal();
    decimal_array: Vec<BigDecimal> = vec![decimal(); 3];
    time: LocalTime = TIME;
    time_array: Vec<LocalTime> = vec![TIME; 3];
    date: LocalDate = DATE;
    date_array: Vec<LocalDate> = vec![DATE; 3];
    timestamp: LocalDateTime = STAMP;
    timestamp_array: Vec<LocalDateTime> = vec![STAMP; 3];
    timestamp_with_timezone: OffsetDateTime = STAMP_TZ;
    timestamp_with_timezone_array: Vec<OffsetDateTime> = vec![STAMP_TZ; 3];
    null_string: Option<String> = None;
    null_array: Option<Vec<i32>> = None;
    inner: Option<Inner> = Some(Inner { n: 5 });
    no_inner: Option<Inner> = None;
    inners: Vec<Inner> = vec![Inner { n: 6 }, Inner { n: 7 }];
}

/// Reads what Python wrote.
pub(crate) async fn read(client: &Client, map: &str) {
    let map = client.map::<String, AsPortable<Everything>>(map);
    assert_eq!(map.get("portable").await.unwrap(), Some(everything()));
    // Without the type, too, and byte by byte the same again.
    let (records, bytes) =
        (client.map::<String, PortableRecord>(map.name()), client.map::<String, Data>(map.name()));
    let record = records.get("portable").await.unwrap().unwrap();
    assert_eq!((record.factory_id(), record.class_id(), record.fields().count()), (1, 2, 33));
    assert_eq!(Some(client.serializer().to_data(&record).unwrap()), bytes.get("portable").await.unwrap());
}

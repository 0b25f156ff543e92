//! Bytes as members wrote them, types that change, and bytes that are none. Needs no member.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use hazelcast_client::{
    AsPortable, Compact, CompactReader, CompactWriter, Data, DataError, FromData, List, Portable,
    PortableReader, PortableWriter, Record, Serializer,
};

#[derive(Clone, PartialEq, Debug)]
struct Ev {
    a: Option<i32>,
    b: Option<String>,
}

impl Compact for Ev {
    const TYPE_NAME: &'static str = "Ev";

    fn write(&self, writer: &mut CompactWriter<'_, '_>) {
        writer.field("a", &self.a).field("b", &self.b);
    }

    fn read(reader: &CompactReader<'_>) -> Result<Self, DataError> {
        Ok(Self { a: reader.field("a")?, b: reader.field("b")? })
    }
}

#[derive(Clone, PartialEq, Debug)]
struct Two {
    a: i32,
    b: String,
}

impl Portable for Two {
    const FACTORY_ID: i32 = 1;
    const CLASS_ID: i32 = 2;

    fn write(&self, writer: &mut PortableWriter<'_, '_>) {
        writer.field("a", &self.a).field("b", &self.b);
    }

    fn read(reader: &PortableReader<'_>) -> Result<Self, DataError> {
        Ok(Self { a: reader.field("a")?, b: reader.field("b")? })
    }
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        text.chars().filter_map(|digit| digit.to_digit(16)).map(|digit| digit as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn data(type_id: i32, payload: &[u8]) -> Data {
    Data::from_bytes([&[0; 4], &type_id.to_be_bytes()[..], payload].concat().into()).unwrap()
}

#[test]
fn compact_values_are_those_of_members() {
    let serializer = Serializer::new();
    let value = Ev { a: Some(1), b: Some("hello".to_owned()) };
    let bytes = hex("744b37f8afd8f0a2 0000000d 00000001 00000005 68656c6c6f 00 04");
    assert_eq!(serializer.to_data(&value).unwrap(), data(-55, &bytes));
    assert_eq!(serializer.to_value::<Ev>(&data(-55, &bytes)).unwrap(), value);
    let nothing = Ev { a: None, b: None };
    let bytes = hex("744b37f8afd8f0a2 00000000 ff ff");
    assert_eq!(serializer.to_data(&nothing).unwrap(), data(-55, &bytes));
    assert_eq!(serializer.to_value::<Ev>(&data(-55, &bytes)).unwrap(), nothing);
    let record = serializer.to_value::<Record>(&data(-55, &bytes)).unwrap();
    assert_eq!(serializer.to_data(&record).unwrap(), data(-55, &bytes));
}

#[test]
fn a_record_lies_as_it_was_written_and_is_written_as_it_lay() {
    use hazelcast_client::RecordValue as V;
    let serializer = Serializer::new();
    let (a, b) = (V::NullableInt32(Some(1)), V::from("hello"));
    let typed = serializer.to_data(&Ev { a: Some(1), b: Some("hello".to_owned()) }).unwrap();
    let same = Record::new("Ev", [("a", a.clone()), ("b", b.clone())]);
    assert_eq!(serializer.to_data(&same).unwrap(), typed);
    // The text first: another value to members, and so here.
    let turned = Record::new("Ev", [("b", b), ("a", a)]);
    assert_ne!(turned, same);
    let bytes = hex("744b37f8afd8f0a2 0000000d 00000005 68656c6c6f 00000001 09 00");
    assert_eq!(serializer.to_data(&turned).unwrap(), data(-55, &bytes));
    let mut read = serializer.to_value::<Record>(&data(-55, &bytes)).unwrap();
    assert_eq!(read, turned);
    assert_eq!(serializer.to_data(&read).unwrap(), data(-55, &bytes));
    // What is null lies nowhere.
    for record in [&mut read, &mut same.clone()] {
        record.set("a", V::NullableInt32(None)).unwrap();
        assert_eq!(*record, Record::new("Ev", [("b", "hello".into()), ("a", V::NullableInt32(None))]));
    }
}

#[test]
fn a_portable_record_is_what_its_class_is() {
    use hazelcast_client::{NestedPortable, NestedPortables, PortableRecord, PortableValue};
    let serializer = Serializer::new();
    let record = PortableRecord::new(1, 2, 0, [("a", 1_i32.into()), ("b", "hello".into())]);
    let typed = serializer.to_data(&AsPortable(Two { a: 1, b: "hello".to_owned() })).unwrap();
    assert_eq!(serializer.to_data(&record).unwrap(), typed);
    assert_eq!(serializer.to_value::<PortableRecord>(&typed).unwrap(), record);

    let inner = |n: i32| PortableRecord::new(1, 3, 5, [("n", n.into())]);
    let outer: [(&str, PortableValue); 3] = [
        ("inner", inner(1).into()),
        ("none", NestedPortable { factory_id: 1, class_id: 3, value: None }.into()),
        (
            "all",
            NestedPortables { factory_id: 1, class_id: 3, values: Some(vec![inner(2), inner(3)]) }.into(),
        ),
    ];
    let outer = PortableRecord::new(1, 4, 0, outer);
    let data = serializer.to_data(&outer).unwrap();
    assert_eq!(Serializer::new().to_value::<PortableRecord>(&data).unwrap(), outer);
    for length in 8..data.as_bytes().len() {
        let cut = Data::from_bytes(data.as_bytes().slice(..length)).unwrap();
        assert!(serializer.to_value::<PortableRecord>(&cut).is_err(), "{length}");
    }

    // A class of a version has the fields that it has had.
    let wrong = PortableRecord::new(1, 2, 0, [("a", 1_i64.into()), ("b", "hello".into())]);
    let error = serializer.to_data(&wrong).unwrap_err();
    assert!(error.to_string().contains("has another version"), "{error}");
    let newer = PortableRecord::new(1, 2, 1, [("a", 1_i64.into()), ("b", "hello".into())]);
    serializer.to_data(&newer).unwrap();
    let misplaced = NestedPortable { factory_id: 9, class_id: 3, value: Some(inner(1)) };
    let misplaced = PortableRecord::new(1, 6, 0, [("inner", misplaced.into())]);
    assert!(matches!(serializer.to_data(&misplaced), Err(DataError::Malformed(_))));
}

#[test]
fn portable_values_are_those_of_members() {
    let serializer = Serializer::new();
    let value = AsPortable(Two { a: 1, b: "hello".to_owned() });
    let bytes = hex("00000001 00000002 00000000 0000003d 00000002 00000028 00000030 00000000 \
         0001 61 05 00000001 0001 62 09 00000005 68656c6c6f");
    assert_eq!(serializer.to_data(&value).unwrap(), data(-1, &bytes));
    assert_eq!(serializer.to_value::<AsPortable<Two>>(&data(-1, &bytes)).unwrap(), value);
}

/// `Ev` as another program has it.
#[derive(PartialEq, Debug)]
struct Later {
    a: i32,
    c: i64,
}

impl Compact for Later {
    const TYPE_NAME: &'static str = "Ev";

    fn write(&self, writer: &mut CompactWriter<'_, '_>) {
        writer.field("a", &self.a).field("c", &self.c);
    }

    fn read(reader: &CompactReader<'_>) -> Result<Self, DataError> {
        Ok(Self { a: reader.field("a")?, c: reader.field_or("c", 9)? })
    }
}

#[test]
fn fields_come_and_go() {
    let serializer = Serializer::new();
    let old = serializer.to_data(&Ev { a: Some(1), b: None }).unwrap();
    assert_eq!(serializer.to_value::<Later>(&old).unwrap(), Later { a: 1, c: 9 });
    let null = serializer.to_data(&Ev { a: None, b: None }).unwrap();
    assert!(matches!(serializer.to_value::<Later>(&null), Err(DataError::Null { .. })));
    let new = serializer.to_data(&Later { a: 1, c: 2 }).unwrap();
    let error = serializer.to_value::<Ev>(&new).unwrap_err();
    assert!(matches!(&error, DataError::Field { field, .. } if field == "b"), "{error}");
    assert!(matches!(Serializer::new().to_value::<Ev>(&new), Err(DataError::UnknownSchema(_))));
}

#[test]
fn a_portable_reader_takes_narrower_numbers() {
    struct Wide {
        a: i64,
    }
    impl Portable for Wide {
        const FACTORY_ID: i32 = 1;
        const CLASS_ID: i32 = 2;

        fn write(&self, writer: &mut PortableWriter<'_, '_>) {
            writer.field("a", &self.a);
        }

        fn read(reader: &PortableReader<'_>) -> Result<Self, DataError> {
            assert!(reader.has("a") && !reader.has("z"));
            Ok(Self { a: reader.field("a")? })
        }
    }
    let serializer = Serializer::new();
    let narrow = serializer.to_data(&AsPortable(Two { a: 7, b: String::new() })).unwrap();
    assert_eq!(serializer.to_value::<AsPortable<Wide>>(&narrow).unwrap().0.a, 7);
    let wide = serializer.to_data(&AsPortable(Wide { a: 7 })).unwrap();
    assert!(matches!(serializer.to_value::<AsPortable<Two>>(&wide), Err(DataError::Field { .. })));
}

/// Whose list is a list of itself.
#[derive(Clone, PartialEq, Debug)]
struct Deep(Vec<Deep>);

impl FromData for Deep {
    fn read(type_id: i32, input: &mut hazelcast_client::Input<'_>) -> Result<Self, DataError> {
        List::read(type_id, input).map(|list| Self(list.0))
    }
}

#[test]
fn values_that_lie_too_deep_are_refused() {
    let one = [&1_i32.to_be_bytes()[..], &(-29_i32).to_be_bytes()].concat();
    let deep = |levels: usize| data(-29, &[one.repeat(levels), vec![0; 4]].concat());
    assert!(Serializer::new().to_value::<Deep>(&deep(20)).is_ok());
    let error = Serializer::new().to_value::<Deep>(&deep(1_000_000)).unwrap_err();
    assert!(matches!(error, DataError::Malformed(_)), "{error}");
}

#[test]
fn values_that_lie_in_each_other_again_and_again_are_refused() {
    use hazelcast_client::{NestedPortables, PortableRecord};
    let node = |values: Option<Vec<PortableRecord>>| {
        let all = NestedPortables { factory_id: 1, class_id: 3, values };
        PortableRecord::new(1, 3, 0, [("all", all.into())])
    };
    let mut tall = node(None);
    for _ in 0..25 {
        tall = node(Some(vec![tall, node(None)]));
    }
    let serializer = Serializer::new();
    let mut bytes = serializer.to_data(&tall).unwrap().as_bytes().to_vec();
    // Both places of each list lead to its first item, so that the last one would be read more often than anyone can count.
    let list = [0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3];
    let lists: Vec<_> = (0..bytes.len() - list.len()).filter(|at| bytes[*at..].starts_with(&list)).collect();
    assert_eq!(lists.len(), 25);
    for at in lists {
        bytes.copy_within(at + 12..at + 16, at + 16);
    }
    let data = Data::from_bytes(bytes.into()).unwrap();
    let error = serializer.to_value::<PortableRecord>(&data).unwrap_err();
    assert_eq!(error, DataError::Malformed("more values within values than there is room for"));
}

#[test]
fn bytes_cut_off_anywhere_are_an_error() {
    let serializer = Serializer::new();
    let all = [
        serializer.to_data(&Ev { a: Some(1), b: Some("hello".to_owned()) }).unwrap(),
        serializer.to_data(&AsPortable(Two { a: 1, b: "hello".to_owned() })).unwrap(),
    ];
    for whole in all {
        for length in 8..whole.as_bytes().len() {
            let cut = Data::from_bytes(whole.as_bytes().slice(..length)).unwrap();
            assert!(serializer.to_value::<Ev>(&cut).is_err(), "{length}");
            assert!(serializer.to_value::<AsPortable<Two>>(&cut).is_err(), "{length}");
        }
    }
}

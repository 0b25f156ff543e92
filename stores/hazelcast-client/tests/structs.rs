//! Structs that serde knows as Compact values: what they become, what changes with time, and what is refused.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::HashMap;

use hazelcast_client::{
    Compact, CompactReader, CompactWriter, DataError, FieldKind, Record, RecordValue, Serde, Serializer,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

fn told<T: Serialize + DeserializeOwned + 'static>(value: T) -> String {
    Serializer::new().to_data(&Serde(value)).unwrap_err().to_string()
}

fn record<T: Serialize + DeserializeOwned + 'static>(value: T) -> Record {
    let serializer = Serializer::new();
    let data = serializer.to_data(&Serde(value)).unwrap();
    serializer.to_value::<Record>(&data).unwrap()
}

fn again<T: Serialize + DeserializeOwned + Clone + PartialEq + std::fmt::Debug + 'static>(value: T) {
    let serializer = Serializer::new();
    let data = serializer.to_data(&Serde(value.clone())).unwrap();
    assert_eq!(serializer.to_value::<Serde<T>>(&data).unwrap(), Serde(value));
}

#[derive(Serialize, Deserialize, Clone, PartialEq, Debug, Default)]
struct Tree {
    name: String,
    left: Option<Box<Tree>>,
    all: Vec<Tree>,
}

#[derive(Serialize, Deserialize, Clone, PartialEq, Debug, Default)]
struct Id(u64);

#[derive(Serialize, Deserialize, Clone, PartialEq, Debug, Default)]
struct Odd {
    id: Id,
    letter: char,
    optional: Option<Vec<i64>>,
    tree: Tree,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    skipped: Option<f32>,
    #[serde(skip)]
    never: i32,
    unsigned: (u16, u16),
    flags: Vec<bool>,
    maybe: Vec<Option<u8>>,
}

#[test]
fn structs_come_back_as_they_were() {
    again(Odd::default());
    let leaf = Tree { name: "leaf".to_owned(), ..Tree::default() };
    let tree =
        Tree { name: "root".to_owned(), left: Some(Box::new(leaf.clone())), all: vec![leaf.clone(), leaf] };
    again(Odd {
        id: Id(i64::MAX as u64),
        letter: 'ß',
        optional: Some(vec![1, -1]),
        tree,
        skipped: Some(1.5),
        never: 0,
        unsigned: (1, u16::MAX),
        flags: vec![true, false],
        maybe: vec![Some(255), None],
    });
}

#[test]
fn kinds_are_those_of_types_whatever_the_value() {
    use FieldKind as K;
    let expected = [
        ("flags", K::ArrayOfBoolean),
        ("id", K::Int64),
        ("letter", K::String),
        ("maybe", K::ArrayOfNullableInt16),
        ("optional", K::ArrayOfInt64),
        ("skipped", K::NullableFloat32),
        ("tree", K::Compact),
        ("unsigned", K::ArrayOfInt32),
    ];
    let full = Odd {
        optional: Some(vec![1]),
        skipped: Some(1.0),
        flags: vec![true],
        maybe: vec![Some(1)],
        ..Odd::default()
    };
    for odd in [Odd::default(), full] {
        let record = record(odd);
        assert_eq!(record.type_name(), "Odd");
        let kinds: Vec<_> = record.fields().map(|(name, value)| (name, value.kind())).collect();
        assert_eq!(kinds, expected);
        let Some(RecordValue::Compact(Some(tree))) = record.get("tree") else { panic!("{record:?}") };
        let kinds: Vec<_> = tree.fields().map(|(name, value)| (name, value.kind())).collect();
        assert_eq!(kinds, [("all", K::ArrayOfCompact), ("left", K::Compact), ("name", K::String)]);
    }
}

/// The same with the trait of this crate.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
struct Payment {
    note: Option<String>,
    card: String,
    amount: f64,
}

struct Plain(Payment);

impl Compact for Plain {
    const TYPE_NAME: &'static str = "Payment";

    fn write(&self, writer: &mut CompactWriter<'_, '_>) {
        let Payment { note, card, amount } = &self.0;
        writer.field("note", note).field("card", card).field("amount", amount);
    }

    fn read(reader: &CompactReader<'_>) -> Result<Self, DataError> {
        let (note, card) = (reader.field("note")?, reader.field("card")?);
        Ok(Self(Payment { note, card, amount: reader.field("amount")? }))
    }
}

#[test]
fn bytes_are_those_of_the_same_type_by_hand() {
    let serializer = Serializer::new();
    for note in [None, Some("x".to_owned())] {
        let payment = Payment { note, card: "4111".to_owned(), amount: 9.5 };
        let data = serializer.to_data(&Serde(payment.clone())).unwrap();
        assert_eq!(data, serializer.to_data(&Plain(payment.clone())).unwrap());
        assert_eq!(serializer.to_value::<Plain>(&data).unwrap().0, payment);
    }
}

#[test]
fn fields_come_and_go() {
    #[derive(Deserialize, PartialEq, Debug)]
    #[serde(rename = "Payment")]
    struct Later {
        amount: f64,
        shop: Option<i32>,
        #[serde(default)]
        tags: Vec<String>,
    }
    #[derive(Deserialize, Debug)]
    #[serde(rename = "Payment")]
    struct Strict {
        #[expect(dead_code, reason = "it is never read, as it is not there")]
        shop: i32,
    }
    let serializer = Serializer::new();
    let old = Payment { note: None, card: "4111".to_owned(), amount: 9.5 };
    let data = serializer.to_data(&Serde(old)).unwrap();
    let later = serializer.to_value::<Serde<Later>>(&data).unwrap();
    assert_eq!(later.0, Later { amount: 9.5, shop: None, tags: vec![] });
    let error = serializer.to_value::<Serde<Strict>>(&data).unwrap_err();
    assert!(error.to_string().contains("missing field `shop`"), "{error}");
    let error = serializer.to_value::<Serde<Tree>>(&data).unwrap_err();
    assert!(error.to_string().contains("a value of type `Payment`, not `Tree`"), "{error}");
    let error = Serializer::new().to_value::<Serde<Later>>(&data).unwrap_err();
    assert!(matches!(error, DataError::UnknownSchema(_)), "{error}");
}

#[test]
fn a_field_of_another_kind_is_told_with_its_name() {
    let serializer = Serializer::new();
    let wrong = Record::new(
        "Payment",
        [("note", RecordValue::Boolean(true)), ("card", "x".into()), ("amount", 1.0.into())],
    );
    let data = serializer.to_data(&wrong).unwrap();
    let error = serializer.to_value::<Serde<Payment>>(&data).unwrap_err();
    assert!(error.to_string().starts_with("field `note` of `Payment`: invalid type: boolean"), "{error}");
    // A wider number is read where it fits.
    let wide =
        Record::new("Payment", [("note", "x".into()), ("card", "x".into()), ("amount", 1.5_f32.into())]);
    let data = serializer.to_data(&wide).unwrap();
    assert_eq!(serializer.to_value::<Serde<Payment>>(&data).unwrap().amount, 1.5);
}

#[test]
fn what_has_no_kind_is_refused_by_name() {
    #[derive(Serialize, Deserialize)]
    enum Shape {
        Circle(f64),
    }
    macro_rules! refused {
        ($($type:ty, $value:expr, $expected:literal;)*) => {$({
            #[derive(Serialize, Deserialize)]
            struct Has {
                field: $type,
            }
            assert_eq!(told(Has { field: $value }), concat!("field `field` of `Has`: ", $expected));
        })*};
    }
    refused! {
        HashMap<String, i32>, HashMap::new(), "a map has no kind in Compact";
        Shape, Shape::Circle(1.0), "`Shape::Circle`, an enum with data, has no kind in Compact";
        Vec<Vec<i32>>, vec![vec![1]], "a list of lists has no kind in Compact";
        (), (), "`()` has no kind in Compact";
        u64, u64::MAX, "a whole number that is too large for an int64";
        i128, 1, "i128 is not supported";
        (i32, String), (1, "x".to_owned()), "a text where a whole number was to be expected";
    }
    assert!(told(7).contains("a struct with named fields"));
    assert!(told(Shape::Circle(1.0)).contains("an enum with data"));
}

#[test]
fn a_type_that_does_not_say_what_it_wants_has_the_kind_of_its_values() {
    /// Reads whatever there is.
    #[derive(Clone, PartialEq, Debug, Default)]
    struct Any(Option<i64>);

    impl Serialize for Any {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            self.0.serialize(serializer)
        }
    }

    impl<'de> Deserialize<'de> for Any {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Visitor;
            impl serde::de::Visitor<'_> for Visitor {
                type Value = Any;

                fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    formatter.write_str("a number")
                }

                fn visit_i64<E>(self, value: i64) -> Result<Any, E> {
                    Ok(Any(Some(value)))
                }
            }
            deserializer.deserialize_any(Visitor)
        }
    }

    #[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
    struct Has {
        any: Any,
        behind: Option<i32>,
    }
    again(Has { any: Any(Some(7)), behind: None });
    let error = told(Has { any: Any(None), behind: None });
    assert!(error.contains("field `any` of `Has`: its kind is not known"), "{error}");
}

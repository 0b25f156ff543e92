//! Batches of Arrow's: the same matches as of events one by one, all types, and what does not fit.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

use std::sync::Arc;

use arrow_array::builder::{Int64Builder, ListBuilder, MapBuilder, StringBuilder};
use arrow_array::types::{Float32Type, Int8Type, Int32Type, UInt16Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Date64Array, DictionaryArray, DurationMicrosecondArray,
    DurationSecondArray, Float32Array, Float64Array, Int8Array, Int16Array, Int32Array, Int64Array,
    LargeStringArray, NullArray, PrimitiveArray, RecordBatch, StringArray, StringViewArray,
    TimestampMicrosecondArray, TimestampMillisecondArray, TimestampNanosecondArray, TimestampSecondArray,
    UInt8Array, UInt16Array, UInt32Array, UInt64Array,
};
use cep::arrow::{BatchError, Records};
use cep::{Match, Program, PushError, Timestamp, Value};
use serde_json::json;

const PAYMENTS: &str = "
stream txn { card: string  amount: float  country: string?  n: int  unread: int  ts: timestamp } key card time ts lateness 50ms
pattern rise on txn by card {
  begin a where amount < 50 and country != \"NZ\"
  followed by b where amount > a.amount and n % 3 == 1
  within 200ms
  emit rise { card: a.card, from: a.amount, to: b.amount, country: b.country }
}";

/// Numbers that look random, always the same.
fn numbers(count: usize) -> impl Iterator<Item = u64> {
    let mut state = 7_u64;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    })
    .take(count)
}

struct Payment {
    card: String,
    amount: f64,
    country: Option<&'static str>,
    n: i64,
    ts: i64,
}

fn payments(count: usize) -> Vec<Payment> {
    let payment = |(at, random): (usize, u64)| Payment {
        card: format!("card-{}", random % 7),
        amount: (random % 1_000) as f64 / 10.0,
        country: [None, Some("NZ"), Some("IS"), Some("Ö")][random as usize / 8 % 4],
        n: (random % 10) as i64,
        ts: at as i64 * 5 - (random % 40) as i64,
    };
    numbers(count).enumerate().map(payment).collect()
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)))
        .unwrap()
}

fn of_payments(payments: &[Payment]) -> RecordBatch {
    let countries: DictionaryArray<Int8Type> = payments.iter().map(|it| it.country).collect();
    batch(vec![
        (
            "ts",
            Arc::new(payments.iter().map(|it| Some(it.ts * 1_000)).collect::<TimestampMicrosecondArray>()),
        ),
        ("more", Arc::new(NullArray::new(payments.len()))),
        ("card", Arc::new(payments.iter().map(|it| Some(&it.card)).collect::<StringArray>())),
        ("amount", Arc::new(payments.iter().map(|it| Some(it.amount)).collect::<Float64Array>())),
        ("country", Arc::new(countries)),
        ("n", Arc::new(payments.iter().map(|it| Some(it.n)).collect::<Int64Array>())),
        ("unread", Arc::new(payments.iter().map(|it| Some(it.n)).collect::<Int64Array>())),
    ])
}

fn shown(found: &[Match]) -> Vec<String> {
    found.iter().map(|found| format!("{} {found:?}", found.id())).collect()
}

fn one_by_one(payments: &[Payment]) -> Vec<Match> {
    let mut matcher = Program::parse("p.cep", PAYMENTS).unwrap().matcher();
    let mut found = Vec::new();
    for Payment { card, amount, country, n, ts } in payments {
        let event =
            json!({ "card": card, "amount": amount, "country": country, "n": n, "unread": n, "ts": ts });
        found.extend(matcher.push("txn", &event).unwrap());
    }
    found.extend(matcher.finish().unwrap());
    found
}

#[test]
fn batches_of_any_size_find_what_single_events_do() {
    let payments = payments(20_000);
    let expected = one_by_one(&payments);
    assert!(expected.len() > 1_000, "{}", expected.len());
    let whole = of_payments(&payments);
    for rows in [1_000, 20_000] {
        let mut matcher = Program::parse("p.cep", PAYMENTS).unwrap().matcher();
        let mut found = Vec::new();
        for from in (0..payments.len()).step_by(rows) {
            found.extend(matcher.push_batch("txn", &whole.slice(from, rows)).unwrap());
        }
        found.extend(matcher.finish().unwrap());
        assert_eq!(shown(&found), shown(&expected), "{rows} rows at once");
        assert_eq!(matcher.metrics().events, 20_000);
    }
}

#[test]
fn records_come_out_as_a_batch() {
    let found = one_by_one(&payments(2_000));
    let program = Program::parse("p.cep", PAYMENTS).unwrap();
    assert!(Records::of(&program, "txn").is_none() && Records::of(&program, "nothing").is_none());
    let mut records = Records::of(&program, "rise").unwrap();
    found.iter().for_each(|found| records.add(found));
    assert_eq!(records.len(), found.len());
    let batch = records.take();
    assert!(records.is_empty() && records.take().num_rows() == 0);
    assert_eq!((batch.num_rows(), &batch.schema()), (found.len(), records.schema()));
    let froms = batch.column_by_name("from").unwrap().as_any().downcast_ref::<Float64Array>().unwrap();
    let countries = batch.column_by_name("country").unwrap().as_any().downcast_ref::<StringArray>().unwrap();
    let times =
        batch.column_by_name("ts").unwrap().as_any().downcast_ref::<TimestampMillisecondArray>().unwrap();
    assert!(countries.null_count() > 0);
    for (row, found) in found.iter().enumerate() {
        let record = found.records().next().unwrap();
        assert_eq!(record.get("from"), Some(&Value::Float(froms.value(row))));
        let country = countries.is_valid(row).then(|| Value::from(countries.value(row)));
        assert_eq!(record.get("country"), Some(&country.unwrap_or(Value::Null)));
        assert_eq!(times.value(row), found.time().0);
    }
}

const ALL: &str = "
stream all { b: bool?  i: int?  f: float?  s: string?  t: timestamp?  d: duration?  l: list<int>?  m: map<string>?  ts: timestamp } time ts
pattern any on all { begin a  emit out { b: a.b, i: a.i, f: a.f, s: a.s, t: a.t, d: a.d, l: a.l, m: a.m } }";

/// What the first row of a column comes to.
fn read(field: &str, array: ArrayRef) -> Result<Value, BatchError> {
    let program = Program::parse("p.cep", ALL).unwrap();
    let ts: ArrayRef = Arc::new(Int64Array::from_iter_values(0..array.len() as i64));
    let mut matcher = program.matcher();
    matcher.push_batch("all", &batch(vec![(field, array), ("ts", ts)]))?;
    let found = matcher.finish()?.next().unwrap();
    Ok(found.records().next().unwrap().get(field).unwrap().clone())
}

fn array(array: impl Array + 'static) -> ArrayRef {
    Arc::new(array)
}

#[test]
fn all_types_that_fit_are_taken() {
    let ints = [
        array(Int8Array::from(vec![7])),
        array(Int16Array::from(vec![7])),
        array(Int32Array::from(vec![7])),
        array(Int64Array::from(vec![7])),
        array(UInt8Array::from(vec![7])),
        array(UInt16Array::from(vec![7])),
        array(UInt32Array::from(vec![7])),
        array(UInt64Array::from(vec![7])),
        array(DictionaryArray::<UInt16Type>::new(
            UInt16Array::from(vec![1]),
            array(Int32Array::from(vec![5, 7])),
        )),
    ];
    for ints in ints {
        assert_eq!(read("i", Arc::clone(&ints)).unwrap(), Value::Int(7), "{ints:?}");
        assert_eq!(read("f", Arc::clone(&ints)).unwrap(), Value::Float(7.0), "{ints:?}");
        assert_eq!(read("d", ints).unwrap(), Value::Duration(cep::Duration(7)));
    }
    assert_eq!(read("f", array(Float32Array::from(vec![1.5]))).unwrap(), 1.5.into());
    assert_eq!(read("f", array(PrimitiveArray::<Float32Type>::from(vec![f32::NAN]))).unwrap(), Value::Null);
    assert_eq!(read("f", array(Float64Array::from(vec![f64::INFINITY, 1.0]))).unwrap(), Value::Null);
    assert_eq!(read("b", array(BooleanArray::from(vec![true]))).unwrap(), true.into());
    let texts = [
        array(StringArray::from(vec!["Ö"])),
        array(StringArray::from(vec!["before", "Ö", "after"])).slice(1, 2),
        array(LargeStringArray::from(vec!["Ö"])),
        array(StringViewArray::from(vec!["Ö"])),
        array(["Ö", "x"].into_iter().collect::<DictionaryArray<Int32Type>>()),
    ];
    for texts in texts {
        assert_eq!(read("s", Arc::clone(&texts)).unwrap(), "Ö".into(), "{texts:?}");
    }
    let times = [
        array(TimestampSecondArray::from(vec![-1])),
        array(TimestampMillisecondArray::from(vec![-1_000]).with_timezone("+02:00")),
        array(TimestampMicrosecondArray::from(vec![-999_001])),
        array(TimestampNanosecondArray::from(vec![-1_000_000_000])),
        array(Int64Array::from(vec![-1_000])),
        array(Date64Array::from(vec![-1_000])),
        array(StringArray::from(vec!["1969-12-31T23:59:59Z"])),
    ];
    for times in times {
        assert_eq!(read("t", Arc::clone(&times)).unwrap(), Value::Timestamp(Timestamp(-1_000)), "{times:?}");
    }
    assert_eq!(
        read("t", array(Date32Array::from(vec![2]))).unwrap(),
        Value::Timestamp(Timestamp(172_800_000))
    );
    for lengths in
        [array(DurationSecondArray::from(vec![3])), array(DurationMicrosecondArray::from(vec![3_000_000]))]
    {
        assert_eq!(read("d", lengths).unwrap(), Value::Duration(cep::Duration(3_000)));
    }
}

#[test]
fn lists_and_maps_are_taken_and_given() {
    let mut lists = ListBuilder::new(Int64Builder::new());
    lists.append_value([Some(1), None, Some(3)]);
    lists.append_null();
    let lists = array(lists.finish());
    let mut maps = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
    maps.keys().append_value("k");
    maps.values().append_value("v");
    maps.append(true).unwrap();
    maps.append(false).unwrap();
    let maps = array(maps.finish());
    let ts = array(Int64Array::from(vec![1, 2]));
    let program = Program::parse("p.cep", ALL).unwrap();
    let mut matcher = program.matcher();
    matcher
        .push_batch("all", &batch(vec![("l", Arc::clone(&lists)), ("m", Arc::clone(&maps)), ("ts", ts)]))
        .unwrap();
    let mut records = Records::of(&program, "out").unwrap();
    matcher.finish().unwrap().for_each(|found| records.add(&found));
    let out = records.take();
    assert_eq!(out.column_by_name("l").unwrap().to_data(), lists.to_data());
    assert_eq!(out.column_by_name("m").unwrap().len(), 2);
    assert!(out.column_by_name("m").unwrap().is_null(1));
    assert_eq!(read("l", array(NullArray::new(1))).unwrap(), Value::Null);
    assert!(matches!(read("l", array(StringArray::from(vec!["x"]))), Err(BatchError::Type { .. })));
}

#[test]
fn what_does_not_fit_names_the_column_and_nothing_is_taken() {
    let good = of_payments(&payments(10));
    let without = |name: &str| {
        let columns = good.schema().fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>();
        let kept = columns.into_iter().filter(|column| column != name);
        batch(
            kept.map(|column| (column, 0))
                .map(|(column, _)| {
                    let array = Arc::clone(good.column_by_name(&column).unwrap());
                    (Box::leak(column.into_boxed_str()) as &str, array)
                })
                .collect(),
        )
    };
    let with = |name: &'static str, array: ArrayRef| {
        let changed = without(name);
        let mut columns: Vec<_> = changed
            .schema()
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .zip(changed.columns().to_vec())
            .collect();
        columns.push((name.to_owned(), array));
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)))
            .unwrap()
    };
    let nulls = array(NullArray::new(10));
    let words = array(StringArray::from(vec!["x"; 10]));
    let last_is_large = array(UInt64Array::from_iter_values((1..10).chain([u64::MAX])));
    let fifth_is_null = array(StringArray::from_iter((0..10).map(|row| (row != 5).then_some("c"))));
    let cases = [
        (without("amount"), "the batch has no column `amount`, which `txn` needs"),
        (without("unread"), "the batch has no column `unread`, which `txn` needs"),
        (
            with("amount", Arc::clone(&words)),
            "column `amount` of `txn` is of type `float`, which is not made of Arrow's Utf8",
        ),
        (
            with("unread", words),
            "column `unread` of `txn` is of type `int`, which is not made of Arrow's Utf8",
        ),
        (with("ts", Arc::clone(&nulls)), "column `ts` of `txn`, row 0: it is null, and may not be"),
        (with("unread", nulls), "column `unread` of `txn`, row 0: it is null, and may not be"),
        (with("card", fifth_is_null), "column `card` of `txn`, row 5: it is null, and may not be"),
        (with("n", last_is_large), "column `n` of `txn`, row 9: the number does not fit 64 bits with sign"),
    ];
    let mut matcher = Program::parse("p.cep", PAYMENTS).unwrap().matcher();
    for (batch, expected) in cases {
        assert_eq!(matcher.push_batch("txn", &batch).map(|_| ()).unwrap_err().to_string(), expected);
    }
    let no_stream = matcher.push_batch("tnx", &good).map(|_| ()).unwrap_err();
    assert!(matches!(no_stream, BatchError::Push(PushError::NoStream(_))));
    assert_eq!(matcher.metrics().events, 0);
    // A column that may be null may be missing.
    matcher.push_batch("txn", &without("country")).unwrap();
    assert_eq!(matcher.metrics().events, 10);
}

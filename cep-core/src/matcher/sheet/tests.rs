//! Conditions tested by columns hold in the rows in which they hold one by one.

use std::sync::Arc;

use super::Sheet;
use crate::event::{BatchBuilder, DataType, Datum, EventBatch, Schema, Value};
use crate::expr::{BinaryOp, Expr, Function, Row, Scope, UnaryOp, field};
use crate::ids::StreamId;
use crate::matcher::interest::Interest;
use crate::matcher::sheet::NoCaptures;
use crate::matcher::tables::NoRows;
use crate::pattern::{Definitions, Pattern, StreamDef};
use crate::program::{Program, Test};
use crate::runtime::{Bits, Masks, bit};
use crate::time::{Timestamp, Watermark};

/// splitmix64, as far as tests need it.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound as u64) as usize
    }

    fn of<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())].clone()
    }
}

const EXACT: i64 = 1 << 53;
const INTS: [i64; 12] = [0, 1, -1, 2, 3, 17, i64::MAX, i64::MIN, EXACT, EXACT + 1, EXACT - 1, -EXACT - 1];
const FLOATS: [f64; 12] = [
    0.0,
    -0.0,
    1.0,
    0.5,
    2.0,
    17.0,
    -1.0,
    f64::MAX,
    f64::MIN_POSITIVE,
    9_007_199_254_740_992.0,
    9_223_372_036_854_775_808.0,
    f64::NAN,
];
const TEXTS: [&str; 14] = [
    "",
    "a",
    "b",
    "ab",
    "a\0",
    "\0",
    "früh",
    "eight ch",
    "nine char",
    "nine chap",
    "a text that is much longer than a word or two",
    "a text that is much longer than a word or tw_",
    "A",
    "𝄞",
];

fn int(random: &mut Random) -> Value {
    Value::Int(if random.below(3) == 0 { random.below(40) as i64 } else { random.of(&INTS) })
}

fn float(random: &mut Random) -> Value {
    Value::Float(if random.below(3) == 0 { random.below(40) as f64 / 2.0 } else { random.of(&FLOATS) })
}

fn number(random: &mut Random) -> Value {
    if random.below(2) == 0 { int(random) } else { float(random) }
}

fn text(random: &mut Random) -> Value {
    random.of(&TEXTS).into()
}

fn schema() -> Schema {
    Schema::new()
        .with("ts", DataType::Timestamp)
        .with_nullable("i", DataType::Int)
        .with_nullable("f", DataType::Float)
        .with_nullable("s", DataType::String)
        .with("t", DataType::String)
        .with("n", DataType::Int)
}

fn batch(stream: StreamId, schema: &Arc<Schema>, rows: usize, random: &mut Random) -> EventBatch {
    let mut builder = BatchBuilder::new(stream, Arc::clone(schema), 0);
    for row in 0..rows {
        let time = Timestamp(row as i64);
        let (i, f, s) = (int(random), float(random), text(random));
        let nullable = |value: &Value, random: &mut Random| {
            if random.below(4) == 0 { Value::Null } else { value.clone() }
        };
        let values = [
            Value::Timestamp(time),
            nullable(&i, random),
            nullable(&f, random),
            nullable(&s, random),
            text(random),
            int(random),
        ];
        let row: Vec<Datum<'_>> = values.iter().map(Value::as_datum).collect();
        builder.push_row(time, Watermark::MIN, &row).expect("the row fits");
    }
    builder.finish()
}

fn binary(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    Expr::Binary(op, Box::new(left), Box::new(right))
}

fn leaf(random: &mut Random) -> Expr {
    use BinaryOp::{Eq, Ge, Gt, In, Le, Lt, Matches, Ne, NotIn};
    let column = random.of(&["i", "f", "s", "t", "n"]);
    let is_text = matches!(column, "s" | "t");
    let constant = |random: &mut Random| if is_text { text(random) } else { number(random) };
    match random.below(10) {
        0..4 => {
            let op = random.of(&[Eq, Eq, Eq, Ne]);
            let (left, right) = (field(column), Expr::Literal(constant(random)));
            if random.below(3) == 0 { binary(op, right, left) } else { binary(op, left, right) }
        }
        4 | 5 => {
            let items = (0..random.below(5)).map(|_| Expr::Literal(constant(random))).collect();
            let op = random.of(&[In, NotIn]);
            binary(op, field(column), Expr::List(items))
        }
        6 | 7 => {
            let (column, constant) = (random.of(&["i", "f", "n"]), number(random));
            let op = random.of(&[Lt, Le, Gt, Ge]);
            let (left, right) = (field(column), Expr::Literal(constant));
            if random.below(3) == 0 { binary(op, right, left) } else { binary(op, left, right) }
        }
        8 => binary(
            Matches,
            field(random.of(&["s", "t"])),
            Expr::Literal(random.of(&["^a", "e", "^$"]).into()),
        ),
        _ => Expr::Call(Function::Contains, vec![field(random.of(&["s", "t"])), Expr::Literal("e".into())]),
    }
}

fn condition(depth: usize, random: &mut Random) -> Expr {
    match random.below(5) {
        _ if depth == 0 => leaf(random),
        0 => Expr::Unary(UnaryOp::Not, Box::new(condition(depth - 1, random))),
        1 | 2 => binary(BinaryOp::And, condition(depth - 1, random), condition(depth - 1, random)),
        3 => binary(BinaryOp::Or, condition(depth - 1, random), condition(depth - 1, random)),
        _ => leaf(random),
    }
}

/// So many patterns of two stages each, by two keys.
fn program(patterns: usize, depth: usize, random: &mut Random) -> Program {
    let patterns = (0..patterns).map(|number| {
        let (a, b) = (condition(random.below(depth + 1), random), condition(random.below(depth + 1), random));
        let pattern = Pattern::begin("a").filter(a).followed_by("b").filter(b);
        let key = if number % 3 == 0 { "t" } else { "n" };
        pattern.on_keyed("s", [key]).build(format!("p{number}")).expect("a sound pattern")
    });
    compile(patterns.collect())
}

fn compile(patterns: Vec<Pattern>) -> Program {
    let streams = vec![StreamDef::new("s", schema(), "ts")];
    let definitions = Definitions { streams, patterns, ..Definitions::default() };
    Program::compile(definitions, &Default::default()).expect("sound definitions")
}

fn holds(bits: &Bits, masks: &Masks, row: usize) -> Option<bool> {
    match bits {
        Bits::Rows(words) => Some(bit(words, row)),
        Bits::Few(rows) => Some(rows.contains(&(row as u32))),
        Bits::Among(among) => Some(among.has(masks.values[among.constants][row])),
        Bits::Asked(_) | Bits::Indexed => None,
    }
}

#[test]
fn conditions_hold_by_columns_where_they_hold_row_by_row() {
    let mut random = Random(11);
    let (mut true_rows, mut few, mut among) = (0, 0, 0);
    for world in 0..60 {
        let program = program(random.of(&[1, 3, 40, 150]), world % 4, &mut random);
        let (stream, definition) = program.streams().iter().next().expect("one stream");
        let rows = random.of(&[1, 63, 64, 130]);
        let batch = batch(stream, &definition.schema, rows, &mut random);
        let mut sheet = Sheet::new(program.conditions(stream), &batch, &NoRows);
        for family in program.families() {
            let masks = sheet.masks(family, 0);
            let masks =
                Interest { program: &program, family, input: 0, batch: &batch, sheet: &sheet }.find(masks);
            let mut any = vec![false; rows];
            for (predicate, bits) in family.predicates.iter().zip(&masks.bits) {
                let Test::Event(node) = &predicate.inputs[0] else { continue };
                few += usize::from(matches!(bits, Bits::Few(_)));
                among += usize::from(matches!(bits, Bits::Among(_)));
                let found = sheet.holds(predicate.steps[0].expect("it is tested by columns"));
                for (row, any) in any.iter_mut().enumerate() {
                    let scope = Scope {
                        event: Some(Row { batch: &batch, row }),
                        captures: &NoCaptures,
                        tables: &NoRows,
                    };
                    let expected = scope.holds(node);
                    assert_eq!(bit(&found, row), expected, "{} in row {row}", predicate.text);
                    if let Some(holds) = holds(bits, &masks, row) {
                        assert_eq!(holds, expected, "{} in row {row}", predicate.text);
                    }
                    *any |= expected;
                    true_rows += usize::from(expected);
                }
            }
            for (row, any) in any.iter().enumerate() {
                assert!(bit(&masks.hits, row) || !any, "row {row} satisfies a condition");
            }
        }
    }
    assert!(true_rows > 50_000 && few > 300 && among > 300, "{true_rows} {few} {among}");
}

fn matches(column: &str, regex: &str) -> Expr {
    binary(BinaryOp::Matches, field(column), Expr::Literal(regex.into()))
}

#[test]
fn a_regular_expression_is_put_to_rows_that_depend_on_it() {
    let both = matches("s", "e").and(field("t").eq("a")).and(field("i").gt(0));
    let either = matches("t", "e").or(field("f").lt(1.0));
    let begin = Pattern::begin("a").filter(both).followed_by("b").filter(either);
    let program = compile(vec![begin.on("s").build("p").expect("a sound pattern")]);
    let (stream, definition) = program.streams().iter().next().expect("one stream");
    let batch = batch(stream, &definition.schema, 1000, &mut Random(3));
    let conditions = program.conditions(stream);
    let mut sheet = Sheet::new(conditions, &batch, &NoRows);
    sheet.masks(&program.families()[0], 0);
    let asked = (0..conditions.len()).filter_map(|place| sheet.known[place].as_ref()?.of.as_ref());
    let asked: Vec<u32> = asked.map(|of| of.iter().map(|word| word.count_ones()).sum()).collect();
    let holds = |column: &str, test: &dyn Fn(Datum<'_>) -> bool| -> Vec<bool> {
        let column = batch.column(definition.schema.column(column).expect("a column"));
        (0..batch.len()).map(|row| test(column.get(row))).collect()
    };
    let (a, positive) =
        (holds("t", &|t| t == Datum::Str("a".into())), holds("i", &|i| matches!(i, Datum::Int(i) if i > 0)));
    let low = holds("f", &|f| matches!(f, Datum::Float(f) if f < 1.0));
    let both = a.iter().zip(&positive).filter(|(a, positive)| **a && **positive).count();
    let neither = low.iter().filter(|low| !**low).count();
    // What is beyond the last row is not looked at.
    let beyond = batch.len().next_multiple_of(64) - batch.len();
    assert_eq!(asked, [both as u32, (neither + beyond) as u32]);
    assert!(both > 10 && neither > 100, "{asked:?}");
}

#[test]
fn what_patterns_have_in_common_is_tested_once() {
    let high = || field("f").gt(90.0);
    let first = Pattern::begin("a").filter(high()).followed_by("b").filter(field("i").eq(1).and(high()));
    let second = Pattern::begin("x").filter(high().and(field("i").eq(1))).next("y").filter(high());
    let patterns = vec![
        first.on_keyed("s", ["t"]).build("p").expect("a sound pattern"),
        second.on_keyed("s", ["n"]).build("q").expect("a sound pattern"),
    ];
    let program = compile(patterns);
    let (stream, _) = program.streams().iter().next().expect("one stream");
    assert_eq!(program.families().len(), 2);
    assert_eq!(program.conditions(stream).len(), 3, "two comparisons, and both");
}

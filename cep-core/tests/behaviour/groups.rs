//! Patterns of one shape run as one: each finds what it finds alone.

use cep_core::event::Value;
use cep_core::expr::{BinaryOp, Expr, field, stage};
use cep_core::matcher::{Config, Hold};
use cep_core::pattern::{GroupBuilder, Pattern, PatternBuilder, Skip};
use cep_core::time::Duration;

use crate::support::{World, is, program, stream};

/// splitmix64, as far as tests need it.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// The number against a constant, written either way round.
fn compares(op: BinaryOp, constant: Value, mirrored: bool) -> Expr {
    let (left, right) = (Box::new(field("n")), Box::new(Expr::Literal(constant)));
    if mirrored { Expr::Binary(op, right, left) } else { Expr::Binary(op, left, right) }
}

fn condition(shape: u64, random: &mut Random) -> Expr {
    let ops = [BinaryOp::Lt, BinaryOp::Le, BinaryOp::Gt, BinaryOp::Ge, BinaryOp::Eq];
    let constant = random.below(8);
    let number = if shape.is_multiple_of(2) {
        Value::Int(constant as i64)
    } else {
        Value::Float(constant as f64 + 0.5)
    };
    compares(ops[(shape % 5) as usize], number, shape % 3 == 1)
}

/// A pattern of a shape; what it compares with differs.
fn pattern(shape: u64, random: &mut Random) -> PatternBuilder {
    let (one, two, three) =
        (condition(shape, random), condition(shape / 5, random), condition(shape / 25, random));
    let begin = Pattern::begin("a").filter(one);
    let built = match shape % 7 {
        0 => begin.followed_by("b").filter(two),
        1 => begin.next("b").filter(two).followed_by("c").filter(three),
        2 => begin.one_or_more().followed_by("b").filter(two),
        3 => begin.followed_by("b").filter(two).optional().followed_by("c").filter(three),
        4 => begin.not_followed_by("n").filter(three).followed_by("b").filter(two),
        5 => begin.not_followed_by("n").filter(two),
        _ => begin.followed_by_group(GroupBuilder::begin("b").filter(two).next("c").filter(is("x"))),
    };
    built.within(Duration(6))
}

#[test]
fn patterns_of_one_shape_find_together_what_each_finds_alone() {
    let mut random = Random(7);
    let mut found = 0;
    for shape in (0..140).step_by(3) {
        let patterns: Vec<Pattern> = (0..70)
            .map(|index| {
                pattern(shape, &mut random).on_keyed("s", ["key"]).build(format!("p{index:02}")).unwrap()
            })
            .collect();
        let event = |time: u64, random: &mut Random| {
            let letter = ["x", "y"][random.below(2) as usize];
            format!("{letter}{}@{}/{}", random.below(8), time + random.below(2), random.below(2))
        };
        let input: Vec<String> = (0..60).map(|time| event(time, &mut random)).collect();
        let input = input.join(" ");
        for report_timeouts in [false, true] {
            let config = Config { report_timeouts, hold: Hold::Runs, ..Config::default() };
            let all = |patterns: &[Pattern], size: usize| {
                let mut world = World::with_config(&program(vec![stream("s")], patterns.to_vec()), config);
                world.feed(&input, size, 2).end();
                assert_eq!(world.matcher.held(), (0, 0));
                world.lines
            };
            let together = all(&patterns, 7);
            assert_eq!(together, all(&patterns, 1), "shape {shape}");
            for pattern in &patterns {
                let of_pattern = |line: &&String| {
                    line.split(' ')
                        .any(|word| word == pattern.name || word.starts_with(&format!("{}/", pattern.name)))
                };
                let own: Vec<_> = together.iter().filter(of_pattern).collect();
                let alone = all(std::slice::from_ref(pattern), 7);
                let alone: Vec<_> = alone.iter().filter(|line| !line.starts_with("late")).collect();
                assert_eq!(own, alone, "shape {shape}, {}", pattern.name);
                found += own.len();
            }
        }
    }
    assert!(found > 30_000, "{found}");
}

/// A condition on letter, number or both, which others may share in part.
fn any_condition(random: &mut Random) -> Expr {
    let number = |random: &mut Random| Value::Int(random.below(12) as i64);
    let letters = ["x", "y", "longer", "longerword", "longerworm"];
    let letter = |random: &mut Random| letters[random.below(5) as usize];
    match random.below(9) {
        0 | 1 => is(letter(random)),
        2 => field("letter").ne(letter(random)),
        3 | 4 => compares(BinaryOp::Eq, number(random), false),
        5 => is(letter(random)).and(compares(BinaryOp::Lt, number(random), true)),
        6 => compares(BinaryOp::Eq, number(random), true).and(field("letter").ne(letter(random))),
        7 => {
            let items = (0..3).map(|_| Expr::Literal(number(random))).collect();
            Expr::Binary(BinaryOp::In, Box::new(field("n")), Box::new(Expr::List(items)))
        }
        _ => compares(BinaryOp::Gt, number(random), false),
    }
}

/// A pattern of some shape, under some strategy.
fn any_pattern(random: &mut Random) -> PatternBuilder {
    let begin = if random.below(12) == 0 {
        Pattern::begin("a")
    } else {
        Pattern::begin("a").filter(any_condition(random))
    };
    let (two, three) = (any_condition(random), any_condition(random));
    let built = match random.below(9) {
        0 => begin.followed_by("b").filter(two),
        1 => begin.next("b").filter(two),
        2 => begin.next("b").filter(two).next("c").filter(three),
        3 => begin.followed_by_any("b").filter(two).followed_by("c").filter(three),
        4 => begin.not_followed_by("n").filter(two),
        5 => begin.not_next("n").filter(three).followed_by("b").filter(two),
        6 => begin.optional().followed_by("b").filter(two),
        7 => begin.followed_by("b").filter(field("n").gt(stage("a").last("n")).and(two)),
        _ => begin.one_or_more().greedy().followed_by("b").filter(two),
    };
    let skips = [Skip::NoSkip, Skip::NoSkip, Skip::PastLastEvent, Skip::ToNext];
    built.within(Duration(5)).after_match(skips[random.below(4) as usize].clone())
}

#[test]
fn patterns_of_many_shapes_find_together_what_each_finds_alone() {
    let mut random = Random(23);
    let mut found = 0;
    for world in 0..24 {
        let patterns: Vec<Pattern> = (0..120)
            .map(|index| {
                any_pattern(&mut random).on_keyed("s", ["key"]).build(format!("p{index:03}")).unwrap()
            })
            .collect();
        let event = |time: u64, random: &mut Random| {
            let letter = ["x", "y", "longer", "longerword", "other"][random.below(5) as usize];
            format!("{letter}{}@{}/{}", random.below(12), time + random.below(2), random.below(3))
        };
        let input: Vec<String> = (0..90).map(|time| event(time, &mut random)).collect();
        let input = input.join(" ");
        let hold = if world % 2 == 0 { Hold::Runs } else { Hold::Chosen };
        let config = Config { report_timeouts: world % 3 == 0, hold, ..Config::default() };
        let all = |patterns: &[Pattern], size: usize| {
            let mut world = World::with_config(&program(vec![stream("s")], patterns.to_vec()), config);
            world.feed(&input, size, 2).end();
            assert_eq!(world.matcher.held(), (0, 0));
            world.lines
        };
        let together = all(&patterns, 70);
        assert_eq!(together, all(&patterns, 1), "world {world}");
        for pattern in &patterns {
            let of_pattern = |line: &&String| {
                line.split(' ')
                    .any(|word| word == pattern.name || word.starts_with(&format!("{}/", pattern.name)))
            };
            let own: Vec<_> = together.iter().filter(of_pattern).collect();
            let alone = all(std::slice::from_ref(pattern), 70);
            let alone: Vec<_> = alone.iter().filter(|line| !line.starts_with("late")).collect();
            assert_eq!(own, alone, "world {world}, {}", pattern.name);
            found += own.len();
        }
    }
    assert!(found > 30_000, "{found}");
}

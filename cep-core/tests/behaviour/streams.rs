use cep_core::expr::field;
use cep_core::pattern::{Definitions, DerivedStream, Pattern, TieBreak};
use cep_core::time::Duration;

use crate::emit::by_reference;
use crate::support::{World, compile, is, lines, program, stream};

#[test]
fn several_streams_are_merged_by_time() {
    let pattern =
        Pattern::begin("order").of("orders").not_followed_by("pay").of("payments").within(Duration(10));
    let pattern = pattern.on_keyed("orders", ["key"]).on_keyed("payments", ["key"]).build("unpaid").unwrap();
    let program = program(vec![stream("orders"), stream("payments")], vec![pattern]);
    let found = lines(&program, "orders:o@1/x orders:o@2/y payments:p@5/x orders:o@90/z payments:p@91/z");
    assert_eq!(found, ["unpaid/y order@2 =12"]);
}

#[test]
fn the_slower_stream_holds_time_back_until_it_is_idle() {
    let pattern = Pattern::begin("a").of("left").next("b").of("right");
    let program = program(
        vec![stream("left"), stream("right")],
        vec![pattern.on("left").on("right").build("p").unwrap()],
    );
    let mut world = World::new(&program);
    world.feed("left:a@1 left:a@5 right:b@3", 4096, 0);
    assert_eq!(world.lines, Vec::<String>::new());
    assert_eq!(world.matcher.buffered(), 2, "left is at 4, right at 2: the event at 1 is processed");
    let right = program.streams().id("right").unwrap();
    let mut out = Vec::new();
    let text = |output: cep_core::matcher::Output<'_>| crate::support::line(&program, &output);
    world.matcher.set_idle(right, true, by_reference(&mut |output| out.push(text(output)))).unwrap();
    assert_eq!(out, ["p a@1 b@3 =3"]);
}

#[test]
fn equal_times_follow_the_tie_break_fields_then_arrival() {
    let tied = |descending| {
        let mut def = stream("s");
        def.time.as_mut().unwrap().tie_break = vec![TieBreak { field: "n".into(), descending }];
        let pattern = Pattern::begin("a").filter(is("a")).next("b").filter(is("b"));
        program(vec![def], vec![pattern.on("s").build("p").unwrap()])
    };
    assert_eq!(lines(&tied(false), "b2@5 a1@5"), ["p a@5 b@5 =5"]);
    assert_eq!(lines(&tied(true), "b2@5 a1@5"), Vec::<String>::new());
    assert_eq!(lines(&tied(true), "b1@5 a2@5"), ["p a@5 b@5 =5"]);
}

#[test]
fn a_derived_stream_filters_and_computes() {
    let pattern = Pattern::begin("x").filter(field("double").gt(10)).next("y");
    let definitions = Definitions {
        streams: vec![stream("s")],
        derived: vec![
            DerivedStream {
                name: "even".into(),
                source: "s".into(),
                condition: Some(field("n").rem(2).eq(0)),
                with: vec![("double".into(), field("n").mul(2))],
                doc: None,
            },
            DerivedStream {
                name: "big".into(),
                source: "even".into(),
                condition: Some(field("double").gt(6)),
                with: Vec::new(),
                doc: None,
            },
        ],
        patterns: vec![pattern.on("big").build("p").unwrap()],
        ..Definitions::default()
    };
    let program = compile(definitions);
    assert_eq!(lines(&program, "a6@1 b7@2 c2@3 d4@4"), ["p x@1 y@4 =4"]);
}

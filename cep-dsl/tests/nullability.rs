//! When a field of a stage may be null: where the stage may not have captured anything. Seen by its use as a key, which
//! must not be null, in a pattern over the emitted stream.

/// Whether `column`, emitted by a pattern with this sequence, may be null.
fn nullable(sequence: &str, clause: &str, column: &str) -> bool {
    let text = format!(
        "stream s {{ id: string  maybe: string?  n: int  list: list<string>  ts: timestamp }} key id time ts
         table rows {{ id: string  v: string }} key id from \"file:rows.csv\"
         pattern p on s {{ {sequence} within 1h {clause} {{ x: {column} }} }}
         pattern q on out by x {{ begin any_event }}"
    );
    let compiled = cep_dsl::check("test.cep", &text);
    let codes: Vec<_> = compiled.diagnostics.iter().filter(|it| it.code.as_str().starts_with('E')).collect();
    match codes.as_slice() {
        [] => false,
        [only] if only.code.as_str() == "E0504" => true,
        _ => panic!("{}", cep_dsl::diagnostic::render(&compiled.sources, &compiled.diagnostics)),
    }
}

fn in_match(sequence: &str, column: &str) -> bool {
    nullable(sequence, "emit out", column)
}

#[test]
fn stages_that_may_be_absent_make_their_fields_nullable() {
    assert!(!in_match("begin a next b", "b.id"));
    assert!(in_match("begin a next b", "b.maybe"));
    assert!(in_match("begin a next b optional next c", "b.id"));
    assert!(in_match("begin a next b times 0 to 2 next c", "b.id"));
    assert!(!in_match("begin a next b times 2 next c", "b.id"));
    assert!(in_match("begin a next ( begin b next c ) optional next d", "c.id"));
    assert!(!in_match("begin a next ( begin b next c ) times 2", "c.first.id"));
    assert!(in_match("begin a next b times 2", "b[0].id"));
}

#[test]
fn a_timed_out_partial_match_surely_has_only_its_first_stage() {
    assert!(!nullable("begin a next b", "on timeout emit out", "a.id"));
    assert!(nullable("begin a next b", "on timeout emit out", "b.id"));
}

#[test]
fn operators_and_functions_pass_null_on() {
    assert!(in_match("begin a", "a.id + (a.maybe ?? a.maybe)"));
    assert!(!in_match("begin a", "a.maybe ?? a.id"));
    assert!(!in_match("begin a", "coalesce(a.maybe, \"x\")"));
    assert!(in_match("begin a", "lower(a.maybe)"));
    assert!(in_match("begin a", "rows[a.id].v"));
    assert!(in_match("begin a", "a.list[0]"));
    assert!(!in_match("begin a optional next b", "count(a)"));
    assert!(!in_match("begin a optional next b", "sum(a.n)"));
    assert!(in_match("begin a", "min(a.n)"));
    assert!(!in_match("begin a optional next b", "exists(a)"));
}

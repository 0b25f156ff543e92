//! Promise 7: reading sees committed state. `load`, `due`, `scan` and `outbox` see each commit whole or not at all (see
//! `atomic`), and every commit whose future has completed.

use bytes::Bytes;

use crate::Harness;
use crate::make::{G0, G1, appends, bytes, deletes, everything, numbered, put, put_by, puts};
use crate::world::{NAME, World, ok};

pub(crate) fn every_handle_sees_each_completed_commit<H: Harness>(world: World<H>) {
    let other = world.handle(NAME);
    let mut owner = world.owner();
    for round in 0..20 {
        owner.write(G0, everything(round));
        for handle in [&owner.handle, &other] {
            let text = bytes(round.to_string());
            let dump = handle.dump(G0);
            assert_eq!(dump.header.state, text);
            assert_eq!(dump.due[0].deadline.0, 10 + round.cast_signed());
            assert_eq!(dump.outbox.last(), Some(&(round, text.clone())));
            assert!(dump.entries.iter().all(|entry| entry.value == text));
        }
    }
}

pub(crate) fn load_answers_in_the_order_of_the_keys<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, puts([put("a", "1"), put("b", "2"), put("c", "")]));
    let keys = ["c", "nobody", "a", "b", "a", "", "aa"].map(bytes);
    let some = |value: &str| Some(bytes(value));
    let expected = [some(""), None, some("1"), some("2"), some("1"), None, None];
    assert_eq!(ok(owner.handle.load(G0, &keys)), expected);
    assert_eq!(ok(owner.handle.load(G0, &[])), []);
    assert_eq!(ok(owner.handle.load(G1, &keys)), [const { None::<Bytes> }; 7]);
}

pub(crate) fn load_answers_any_number_of_keys<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, puts((0..10_000).map(|number| put(numbered(number), number.to_string()))));
    let keys: Vec<_> = (0..12_000).map(|number| numbered(number * 7 % 12_000)).collect();
    let values = ok(owner.handle.load(G0, &keys));
    assert_eq!(values.len(), keys.len());
    for (number, value) in (0..).zip(values) {
        let number = number * 7 % 12_000;
        assert_eq!(value, (number < 10_000).then(|| bytes(number.to_string())), "{number}");
    }
}

pub(crate) fn an_entry_replaced_or_deleted_is_seen_so<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, puts([put("a", "1"), put("b", "1")]));
    owner.write(G0, puts([put("a", "2")]));
    owner.write(G0, deletes(["b", "never-there"]));
    assert_eq!(owner.handle.get("a"), Some(bytes("2")));
    assert_eq!(owner.handle.get("b"), None);
    owner.write(G0, puts([put("b", "3")]));
    owner.write(G0, puts([put("a", "")]));
    assert_eq!(owner.handle.get("a"), Some(bytes("")), "an empty value is a value");
    assert_eq!(owner.handle.get("b"), Some(bytes("3")));
}

pub(crate) fn groups_do_not_see_one_another<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, puts([put_by("a", 1, "zero"), put("only-0", "x")]));
    owner.write(G0, appends(["zero"]));
    owner.write(G1, puts([put_by("a", 2, "one")]));
    owner.write(G1, appends(["one", "one"]));
    let [zero, one] = [owner.handle.dump(G0), owner.handle.dump(G1)];
    assert_eq!((zero.entries.len(), one.entries.len()), (2, 1));
    assert_eq!((zero.due[0].deadline.0, one.due[0].deadline.0), (1, 2));
    assert_eq!((zero.outbox.len(), one.outbox.len()), (1, 2));
    owner.write(G1, deletes(["a", "only-0"]));
    assert_eq!(owner.handle.dump(G0), zero);
}

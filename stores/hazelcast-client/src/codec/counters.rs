//! Messages of PN counters and of generators of ids.

use uuid::Uuid;

use super::read::Items;
use super::table::{replies, requests};

requests! {
    0x1c0100 NewIds<'a> Safe { count: i32 } { name: &'a str } -> IdBatch;
    0x1d0100 CounterGet<'a> Safe { replica: Uuid } { name: &'a str, seen: &'a Items<(Uuid, i64)> } -> Counted;
    0x1d0200 CounterAdd<'a> Never { delta: i64, before: bool, replica: Uuid }
        { name: &'a str, seen: &'a Items<(Uuid, i64)> } -> Counted;
    0x1d0300 CounterReplicas<'a> Safe {} { name: &'a str } -> i32;
}

replies! {
    IdBatch { base: i64, increment: i64, count: i32 } {};
    Counted { value: i64, _replicas: i32 } { seen: Items<(Uuid, i64)> };
}

//! Messages of replicated maps.

use uuid::Uuid;

use super::table::{events, requests};
use crate::data::Data;

requests! {
    0x0d0100 ReplicatedPut<'a> Never { ttl: i64 } { name: &'a str, key: &'a Data, value: &'a Data } -> Option<Data>;
    0x0d0200 ReplicatedSize<'a> Safe {} { name: &'a str } -> i32;
    0x0d0300 ReplicatedIsEmpty<'a> Safe {} { name: &'a str } -> bool;
    0x0d0400 ReplicatedContainsKey<'a> Safe {} { name: &'a str, key: &'a Data } -> bool;
    0x0d0500 ReplicatedContainsValue<'a> Safe {} { name: &'a str, value: &'a Data } -> bool;
    0x0d0600 ReplicatedGet<'a> Safe {} { name: &'a str, key: &'a Data } -> Option<Data>;
    0x0d0700 ReplicatedRemove<'a> Never {} { name: &'a str, key: &'a Data } -> Option<Data>;
    0x0d0800 ReplicatedPutAll<'a> Never {} { name: &'a str, entries: &'a [(&'a Data, &'a Data)] } -> ();
    0x0d0900 ReplicatedClear<'a> Never {} { name: &'a str } -> ();
    0x0d0d00 ReplicatedListen<'a> Never { is_local: bool } { name: &'a str } -> Uuid;
    0x0d0e00 ReplicatedUnlisten<'a> Safe { registration: Uuid } { name: &'a str } -> bool;
    0x0d0f00 ReplicatedKeys<'a> Safe {} { name: &'a str } -> Vec<Data>;
    0x0d1000 ReplicatedValues<'a> Safe {} { name: &'a str } -> Vec<Data>;
    0x0d1100 ReplicatedEntries<'a> Safe {} { name: &'a str } -> Vec<(Data, Data)>;
}

events! {
    0x0d0d02 ReplicatedEvent { kind: i32, member: Uuid, count: i32 }
        { key: Option<Data>, value: Option<Data>, old_value: Option<Data>, merging: Option<Data> };
}

//! Messages of multimaps.

use uuid::Uuid;

use super::table::{events, requests};
use crate::data::Data;

requests! {
    0x020100 MultiPut<'a> Never { thread: i64 } { name: &'a str, key: &'a Data, value: &'a Data } -> bool;
    0x020200 MultiGet<'a> Safe { thread: i64 } { name: &'a str, key: &'a Data } -> Vec<Data>;
    0x020300 MultiRemove<'a> Never { thread: i64 } { name: &'a str, key: &'a Data } -> Vec<Data>;
    0x020400 MultiKeys<'a> Safe {} { name: &'a str } -> Vec<Data>;
    0x020500 MultiValues<'a> Safe {} { name: &'a str } -> Vec<Data>;
    0x020600 MultiEntries<'a> Safe {} { name: &'a str } -> Vec<(Data, Data)>;
    0x020700 MultiContainsKey<'a> Safe { thread: i64 } { name: &'a str, key: &'a Data } -> bool;
    0x020800 MultiContainsValue<'a> Safe {} { name: &'a str, value: &'a Data } -> bool;
    0x020900 MultiContainsEntry<'a> Safe { thread: i64 } { name: &'a str, key: &'a Data, value: &'a Data } -> bool;
    0x020a00 MultiSize<'a> Safe {} { name: &'a str } -> i32;
    0x020b00 MultiClear<'a> Never {} { name: &'a str } -> ();
    0x020c00 MultiValueCount<'a> Safe { thread: i64 } { name: &'a str, key: &'a Data } -> i32;
    0x020d00 MultiListenToKey<'a> Never { with_values: bool, is_local: bool } { name: &'a str, key: &'a Data } -> Uuid;
    0x020e00 MultiListen<'a> Never { with_values: bool, is_local: bool } { name: &'a str } -> Uuid;
    0x020f00 MultiUnlisten<'a> Safe { registration: Uuid } { name: &'a str } -> bool;
    0x021000 MultiLock<'a> Safe { thread: i64, lease: i64, reference: i64 } { name: &'a str, key: &'a Data } -> ();
    0x021100 MultiTryLock<'a> Safe { thread: i64, lease: i64, timeout: i64, reference: i64 }
        { name: &'a str, key: &'a Data } -> bool;
    0x021200 MultiIsLocked<'a> Safe {} { name: &'a str, key: &'a Data } -> bool;
    0x021300 MultiUnlock<'a> Safe { thread: i64, reference: i64 } { name: &'a str, key: &'a Data } -> ();
    0x021400 MultiForceUnlock<'a> Safe { reference: i64 } { name: &'a str, key: &'a Data } -> ();
    0x021500 MultiRemoveEntry<'a> Never { thread: i64 } { name: &'a str, key: &'a Data, value: &'a Data } -> bool;
    0x021600 MultiDelete<'a> Never { thread: i64 } { name: &'a str, key: &'a Data } -> ();
    0x021700 MultiPutAll<'a> Never {} { name: &'a str, entries: &'a [(&'a Data, &'a [&'a Data])] } -> ();
}

events! {
    0x020d02 MultiKeyEvent { kind: i32, member: Uuid, count: i32 }
        { key: Option<Data>, value: Option<Data>, old_value: Option<Data>, merging: Option<Data> };
    0x020e02 MultiEvent { kind: i32, member: Uuid, count: i32 }
        { key: Option<Data>, value: Option<Data>, old_value: Option<Data>, merging: Option<Data> };
}

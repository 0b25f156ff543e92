//! Messages of lists and sets.
//!
//! The published definitions have the reads of sets as what may not be repeated; they change nothing, so here they may be.

use uuid::Uuid;

use super::table::{events, requests};
use crate::data::Data;

requests! {
    0x050100 ListSize<'a> Safe {} { name: &'a str } -> i32;
    0x050200 ListContains<'a> Safe {} { name: &'a str, value: &'a Data } -> bool;
    0x050300 ListContainsAll<'a> Safe {} { name: &'a str, values: &'a [Data] } -> bool;
    0x050400 ListAdd<'a> Never {} { name: &'a str, value: &'a Data } -> bool;
    0x050500 ListRemove<'a> Never {} { name: &'a str, value: &'a Data } -> bool;
    0x050600 ListAddAll<'a> Never {} { name: &'a str, values: &'a [Data] } -> bool;
    0x050700 ListRemoveAll<'a> Never {} { name: &'a str, values: &'a [Data] } -> bool;
    0x050800 ListRetainAll<'a> Never {} { name: &'a str, values: &'a [Data] } -> bool;
    0x050900 ListClear<'a> Never {} { name: &'a str } -> ();
    0x050a00 ListItems<'a> Safe {} { name: &'a str } -> Vec<Data>;
    0x050b00 ListListen<'a> Never { with_values: bool, is_local: bool } { name: &'a str } -> Uuid;
    0x050c00 ListUnlisten<'a> Safe { registration: Uuid } { name: &'a str } -> bool;
    0x050d00 ListIsEmpty<'a> Safe {} { name: &'a str } -> bool;
    0x050e00 ListInsertAll<'a> Never { index: i32 } { name: &'a str, values: &'a [Data] } -> bool;
    0x050f00 ListGet<'a> Safe { index: i32 } { name: &'a str } -> Option<Data>;
    0x051000 ListSet<'a> Never { index: i32 } { name: &'a str, value: &'a Data } -> Option<Data>;
    0x051200 ListRemoveAt<'a> Never { index: i32 } { name: &'a str } -> Option<Data>;
    0x051300 ListLastIndexOf<'a> Safe {} { name: &'a str, value: &'a Data } -> i32;
    0x051400 ListIndexOf<'a> Safe {} { name: &'a str, value: &'a Data } -> i32;
    0x051500 ListSub<'a> Safe { from: i32, to: i32 } { name: &'a str } -> Vec<Data>;

    0x060100 SetSize<'a> Safe {} { name: &'a str } -> i32;
    0x060200 SetContains<'a> Safe {} { name: &'a str, value: &'a Data } -> bool;
    0x060300 SetContainsAll<'a> Safe {} { name: &'a str, values: &'a [Data] } -> bool;
    0x060400 SetAdd<'a> Never {} { name: &'a str, value: &'a Data } -> bool;
    0x060500 SetRemove<'a> Never {} { name: &'a str, value: &'a Data } -> bool;
    0x060600 SetAddAll<'a> Never {} { name: &'a str, values: &'a [Data] } -> bool;
    0x060700 SetRemoveAll<'a> Never {} { name: &'a str, values: &'a [Data] } -> bool;
    0x060800 SetRetainAll<'a> Never {} { name: &'a str, values: &'a [Data] } -> bool;
    0x060900 SetClear<'a> Never {} { name: &'a str } -> ();
    0x060a00 SetItems<'a> Safe {} { name: &'a str } -> Vec<Data>;
    0x060b00 SetListen<'a> Never { with_values: bool, is_local: bool } { name: &'a str } -> Uuid;
    0x060c00 SetUnlisten<'a> Safe { registration: Uuid } { name: &'a str } -> bool;
    0x060d00 SetIsEmpty<'a> Safe {} { name: &'a str } -> bool;
}

events! {
    0x050b02 ListEvent { member: Uuid, kind: i32 } { item: Option<Data> };
    0x060b02 SetEvent { member: Uuid, kind: i32 } { item: Option<Data> };
}

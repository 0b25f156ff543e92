//! Messages of transactions.

use uuid::Uuid;

use super::table::requests;
use crate::data::Data;

requests! {
    0x150100 TransactionCommit Never { id: Uuid, thread: i64 } {} -> ();
    0x150200 TransactionCreate Never { timeout: i64, durability: i32, phases: i32, thread: i64 } {} -> Uuid;
    0x150300 TransactionRollback Never { id: Uuid, thread: i64 } {} -> ();

    0x0e0100 TxMapContainsKey<'a> Never { id: Uuid, thread: i64 } { name: &'a str, key: &'a Data } -> bool;
    0x0e0200 TxMapGet<'a> Never { id: Uuid, thread: i64 } { name: &'a str, key: &'a Data } -> Option<Data>;
    0x0e0300 TxMapGetForUpdate<'a> Never { id: Uuid, thread: i64 } { name: &'a str, key: &'a Data } -> Option<Data>;
    0x0e0400 TxMapSize<'a> Never { id: Uuid, thread: i64 } { name: &'a str } -> i32;
    0x0e0500 TxMapIsEmpty<'a> Never { id: Uuid, thread: i64 } { name: &'a str } -> bool;
    0x0e0600 TxMapPut<'a> Never { id: Uuid, thread: i64, ttl: i64 }
        { name: &'a str, key: &'a Data, value: &'a Data } -> Option<Data>;
    0x0e0700 TxMapSet<'a> Never { id: Uuid, thread: i64 } { name: &'a str, key: &'a Data, value: &'a Data } -> ();
    0x0e0800 TxMapPutIfAbsent<'a> Never { id: Uuid, thread: i64 }
        { name: &'a str, key: &'a Data, value: &'a Data } -> Option<Data>;
    0x0e0900 TxMapReplace<'a> Never { id: Uuid, thread: i64 }
        { name: &'a str, key: &'a Data, value: &'a Data } -> Option<Data>;
    0x0e0a00 TxMapReplaceIfSame<'a> Never { id: Uuid, thread: i64 }
        { name: &'a str, key: &'a Data, expected: &'a Data, value: &'a Data } -> bool;
    0x0e0b00 TxMapRemove<'a> Never { id: Uuid, thread: i64 } { name: &'a str, key: &'a Data } -> Option<Data>;
    0x0e0c00 TxMapDelete<'a> Never { id: Uuid, thread: i64 } { name: &'a str, key: &'a Data } -> ();
    0x0e0d00 TxMapRemoveIfSame<'a> Never { id: Uuid, thread: i64 }
        { name: &'a str, key: &'a Data, value: &'a Data } -> bool;
    0x0e0e00 TxMapKeys<'a> Never { id: Uuid, thread: i64 } { name: &'a str } -> Vec<Data>;
    0x0e0f00 TxMapKeysWith<'a> Never { id: Uuid, thread: i64 } { name: &'a str, predicate: &'a Data } -> Vec<Data>;
    0x0e1000 TxMapValues<'a> Never { id: Uuid, thread: i64 } { name: &'a str } -> Vec<Data>;
    0x0e1100 TxMapValuesWith<'a> Never { id: Uuid, thread: i64 } { name: &'a str, predicate: &'a Data } -> Vec<Data>;

    0x0f0100 TxMultiPut<'a> Never { id: Uuid, thread: i64 }
        { name: &'a str, key: &'a Data, value: &'a Data } -> bool;
    0x0f0200 TxMultiGet<'a> Never { id: Uuid, thread: i64 } { name: &'a str, key: &'a Data } -> Vec<Data>;
    0x0f0300 TxMultiRemove<'a> Never { id: Uuid, thread: i64 } { name: &'a str, key: &'a Data } -> Vec<Data>;
    0x0f0400 TxMultiRemoveEntry<'a> Never { id: Uuid, thread: i64 }
        { name: &'a str, key: &'a Data, value: &'a Data } -> bool;
    0x0f0500 TxMultiValueCount<'a> Never { id: Uuid, thread: i64 } { name: &'a str, key: &'a Data } -> i32;
    0x0f0600 TxMultiSize<'a> Never { id: Uuid, thread: i64 } { name: &'a str } -> i32;

    0x100100 TxSetAdd<'a> Never { id: Uuid, thread: i64 } { name: &'a str, item: &'a Data } -> bool;
    0x100200 TxSetRemove<'a> Never { id: Uuid, thread: i64 } { name: &'a str, item: &'a Data } -> bool;
    0x100300 TxSetSize<'a> Never { id: Uuid, thread: i64 } { name: &'a str } -> i32;

    0x110100 TxListAdd<'a> Never { id: Uuid, thread: i64 } { name: &'a str, item: &'a Data } -> bool;
    0x110200 TxListRemove<'a> Never { id: Uuid, thread: i64 } { name: &'a str, item: &'a Data } -> bool;
    0x110300 TxListSize<'a> Never { id: Uuid, thread: i64 } { name: &'a str } -> i32;

    0x120100 TxQueueOffer<'a> Never { id: Uuid, thread: i64, timeout: i64 } { name: &'a str, item: &'a Data } -> bool;
    0x120200 TxQueueTake<'a> Never { id: Uuid, thread: i64 } { name: &'a str } -> Option<Data>;
    0x120300 TxQueuePoll<'a> Never { id: Uuid, thread: i64, timeout: i64 } { name: &'a str } -> Option<Data>;
    0x120400 TxQueuePeek<'a> Never { id: Uuid, thread: i64, timeout: i64 } { name: &'a str } -> Option<Data>;
    0x120500 TxQueueSize<'a> Never { id: Uuid, thread: i64 } { name: &'a str } -> i32;
}

//! Messages of maps.

use uuid::Uuid;

use super::read::Items;
use super::structures::Sequences;
use super::table::{events, replies, requests};
use crate::data::Data;

requests! {
    0x010100 MapPut<'a> Never { thread: i64, ttl: i64 } { name: &'a str, key: &'a Data, value: &'a Data } -> Option<Data>;
    0x010200 MapGet<'a> Safe { thread: i64 } { name: &'a str, key: &'a Data } -> Option<Data>;
    0x010300 MapRemove<'a> Never { thread: i64 } { name: &'a str, key: &'a Data } -> Option<Data>;
    0x010400 MapReplace<'a> Never { thread: i64 } { name: &'a str, key: &'a Data, value: &'a Data } -> Option<Data>;
    0x010500 MapReplaceIfSame<'a> Never { thread: i64 }
        { name: &'a str, key: &'a Data, expected: &'a Data, value: &'a Data } -> bool;
    0x010600 MapContainsKey<'a> Safe { thread: i64 } { name: &'a str, key: &'a Data } -> bool;
    0x010700 MapContainsValue<'a> Safe {} { name: &'a str, value: &'a Data } -> bool;
    0x010800 MapRemoveIfSame<'a> Never { thread: i64 } { name: &'a str, key: &'a Data, value: &'a Data } -> bool;
    0x010900 MapDelete<'a> Never { thread: i64 } { name: &'a str, key: &'a Data } -> ();
    0x010c00 MapTryPut<'a> Never { thread: i64, timeout: i64 } { name: &'a str, key: &'a Data, value: &'a Data } -> bool;
    0x010e00 MapPutIfAbsent<'a> Never { thread: i64, ttl: i64 }
        { name: &'a str, key: &'a Data, value: &'a Data } -> Option<Data>;
    0x010f00 MapSet<'a> Never { thread: i64, ttl: i64 } { name: &'a str, key: &'a Data, value: &'a Data } -> ();
    0x011000 MapLock<'a> Safe { thread: i64, lease: i64, reference: i64 } { name: &'a str, key: &'a Data } -> ();
    0x011100 MapTryLock<'a> Safe { thread: i64, lease: i64, timeout: i64, reference: i64 }
        { name: &'a str, key: &'a Data } -> bool;
    0x011200 MapIsLocked<'a> Safe {} { name: &'a str, key: &'a Data } -> bool;
    0x011300 MapUnlock<'a> Safe { thread: i64, reference: i64 } { name: &'a str, key: &'a Data } -> ();
    0x011600 MapListenToKeyWith<'a> Never { with_values: bool, flags: i32, is_local: bool }
        { name: &'a str, key: &'a Data, predicate: &'a Data } -> Uuid;
    0x011700 MapListenWith<'a> Never { with_values: bool, flags: i32, is_local: bool }
        { name: &'a str, predicate: &'a Data } -> Uuid;
    0x011800 MapListenToKey<'a> Never { with_values: bool, flags: i32, is_local: bool }
        { name: &'a str, key: &'a Data } -> Uuid;
    0x011900 MapListen<'a> Never { with_values: bool, flags: i32, is_local: bool } { name: &'a str } -> Uuid;
    0x011a00 MapUnlisten<'a> Safe { registration: Uuid } { name: &'a str } -> bool;
    0x011e00 MapEvict<'a> Never { thread: i64 } { name: &'a str, key: &'a Data } -> bool;
    0x012200 MapKeys<'a> Safe {} { name: &'a str } -> Vec<Data>;
    0x012300 MapGetAll<'a> Safe {} { name: &'a str, keys: &'a [&'a Data] } -> Vec<(Data, Data)>;
    0x012400 MapValues<'a> Safe {} { name: &'a str } -> Vec<Data>;
    0x012500 MapEntries<'a> Safe {} { name: &'a str } -> Vec<(Data, Data)>;
    0x012600 MapKeysWith<'a> Safe {} { name: &'a str, predicate: &'a Data } -> Vec<Data>;
    0x012700 MapValuesWith<'a> Safe {} { name: &'a str, predicate: &'a Data } -> Vec<Data>;
    0x012800 MapEntriesWith<'a> Safe {} { name: &'a str, predicate: &'a Data } -> Vec<(Data, Data)>;
    0x012a00 MapSize<'a> Safe {} { name: &'a str } -> i32;
    0x012b00 MapIsEmpty<'a> Safe {} { name: &'a str } -> bool;
    0x012c00 MapPutAll<'a> Never { load: bool } { name: &'a str, entries: &'a [(&'a Data, &'a Data)] } -> ();
    0x012d00 MapClear<'a> Never {} { name: &'a str } -> ();
    0x012e00 MapExecuteOnKey<'a> Never { thread: i64 } { name: &'a str, processor: &'a Data, key: &'a Data } -> Option<Data>;
    0x013000 MapExecuteOnAll<'a> Never {} { name: &'a str, processor: &'a Data } -> Vec<(Data, Data)>;
    0x013100 MapExecuteWith<'a> Never {} { name: &'a str, processor: &'a Data, predicate: &'a Data } -> Vec<(Data, Data)>;
    0x013200 MapExecuteOnKeys<'a> Never {} { name: &'a str, processor: &'a Data, keys: &'a [&'a Data] } -> Vec<(Data, Data)>;
    0x013300 MapForceUnlock<'a> Safe { reference: i64 } { name: &'a str, key: &'a Data } -> ();
    0x013d00 MapCacheSequences<'a> Safe { member: Uuid } { names: &'a [&'a str] } -> CacheSequences;
    0x013e00 MapRemoveAll<'a> Never {} { name: &'a str, predicate: &'a Data } -> ();
    0x013f00 MapListenForCache<'a> Never { flags: i32, is_local: bool } { name: &'a str } -> Uuid;
    0x014300 MapSetTtl<'a> Never { ttl: i64 } { name: &'a str, key: &'a Data } -> bool;
    0x014400 MapPutWithMaxIdle<'a> Never { thread: i64, ttl: i64, max_idle: i64 }
        { name: &'a str, key: &'a Data, value: &'a Data } -> Option<Data>;
    0x014600 MapPutIfAbsentWithMaxIdle<'a> Never { thread: i64, ttl: i64, max_idle: i64 }
        { name: &'a str, key: &'a Data, value: &'a Data } -> Option<Data>;
    0x014700 MapSetWithMaxIdle<'a> Never { thread: i64, ttl: i64, max_idle: i64 }
        { name: &'a str, key: &'a Data, value: &'a Data } -> Option<Data>;
}

replies! {
    CacheSequences {} { sequences: Sequences, owners: Items<(i32, Uuid)> };
}

events! {
    0x011602 MapKeyEventWith { kind: i32, member: Uuid, count: i32 }
        { key: Option<Data>, value: Option<Data>, old_value: Option<Data>, merging: Option<Data> };
    0x011702 MapEventWith { kind: i32, member: Uuid, count: i32 }
        { key: Option<Data>, value: Option<Data>, old_value: Option<Data>, merging: Option<Data> };
    0x011802 MapKeyEvent { kind: i32, member: Uuid, count: i32 }
        { key: Option<Data>, value: Option<Data>, old_value: Option<Data>, merging: Option<Data> };
    0x011902 MapEvent { kind: i32, member: Uuid, count: i32 }
        { key: Option<Data>, value: Option<Data>, old_value: Option<Data>, merging: Option<Data> };
    0x013f02 CacheInvalidation { _source: Uuid, partition: Uuid, sequence: i64 } { key: Option<Data> };
    0x013f03 CacheInvalidations {}
        { keys: Vec<Data>, _sources: Items<Uuid>, partitions: Items<Uuid>, sequences: Items<i64> };
}

//! Messages of what lies where its name says: queues, topics, ringbuffers. Those of lists and sets are in `collections`.

use uuid::Uuid;

use super::read::Items;
use super::table::{events, replies, requests};
use crate::data::Data;

requests! {
    0x030100 QueueOffer<'a> Never { timeout: i64 } { name: &'a str, value: &'a Data } -> bool;
    0x030200 QueuePut<'a> Never {} { name: &'a str, value: &'a Data } -> ();
    0x030300 QueueSize<'a> Safe {} { name: &'a str } -> i32;
    0x030400 QueueRemove<'a> Never {} { name: &'a str, value: &'a Data } -> bool;
    0x030500 QueuePoll<'a> Never { timeout: i64 } { name: &'a str } -> Option<Data>;
    0x030600 QueueTake<'a> Never {} { name: &'a str } -> Option<Data>;
    0x030700 QueuePeek<'a> Safe {} { name: &'a str } -> Option<Data>;
    0x030800 QueueItems<'a> Safe {} { name: &'a str } -> Vec<Data>;
    0x030900 QueueDrain<'a> Never {} { name: &'a str } -> Vec<Data>;
    0x030a00 QueueDrainSome<'a> Never { most: i32 } { name: &'a str } -> Vec<Data>;
    0x030b00 QueueContains<'a> Safe {} { name: &'a str, value: &'a Data } -> bool;
    0x030c00 QueueContainsAll<'a> Safe {} { name: &'a str, values: &'a [Data] } -> bool;
    0x030d00 QueueRemoveAll<'a> Never {} { name: &'a str, values: &'a [Data] } -> bool;
    0x030e00 QueueRetainAll<'a> Never {} { name: &'a str, values: &'a [Data] } -> bool;
    0x030f00 QueueClear<'a> Never {} { name: &'a str } -> ();
    0x031000 QueueAddAll<'a> Never {} { name: &'a str, values: &'a [Data] } -> bool;
    0x031100 QueueListen<'a> Never { with_values: bool, is_local: bool } { name: &'a str } -> Uuid;
    0x031200 QueueUnlisten<'a> Safe { registration: Uuid } { name: &'a str } -> bool;
    0x031300 QueueRemainingCapacity<'a> Safe {} { name: &'a str } -> i32;
    0x031400 QueueIsEmpty<'a> Safe {} { name: &'a str } -> bool;

    0x040100 TopicPublish<'a> Never {} { name: &'a str, message: &'a Data } -> ();
    0x040200 TopicListen<'a> Never { is_local: bool } { name: &'a str } -> Uuid;
    0x040300 TopicUnlisten<'a> Safe { registration: Uuid } { name: &'a str } -> bool;
    0x040400 TopicPublishAll<'a> Never {} { name: &'a str, messages: &'a [Data] } -> ();

    0x170100 RingSize<'a> Safe {} { name: &'a str } -> i64;
    0x170200 RingTail<'a> Safe {} { name: &'a str } -> i64;
    0x170300 RingHead<'a> Safe {} { name: &'a str } -> i64;
    0x170400 RingCapacity<'a> Safe {} { name: &'a str } -> i64;
    0x170500 RingRemainingCapacity<'a> Safe {} { name: &'a str } -> i64;
    0x170600 RingAdd<'a> Never { overflow: i32 } { name: &'a str, value: &'a Data } -> i64;
    0x170700 RingReadOne<'a> Safe { sequence: i64 } { name: &'a str } -> Option<Data>;
    0x170800 RingAddAll<'a> Never { overflow: i32 } { name: &'a str, values: &'a [Data] } -> i64;
    0x170900 RingReadMany<'a> Safe { start: i64, least: i32, most: i32 }
        { name: &'a str, filter: Option<&'a Data> } -> RingBatch;
}

replies! {
    RingBatch { _read: i32, next: i64 } { items: Vec<Data>, sequences: Option<Items<i64>> };
}

events! {
    0x031102 QueueEvent { member: Uuid, kind: i32 } { item: Option<Data> };
    0x040202 TopicEvent { published: i64, member: Uuid } { message: Data };
}

//! Messages of event journals.

use super::RingBatch;
use super::table::{replies, requests};
use crate::data::Data;

requests! {
    0x014100 JournalSubscribe<'a> Safe {} { name: &'a str } -> JournalEnds;
    // The answer is that of a ringbuffer.
    0x014200 JournalRead<'a> Safe { start: i64, least: i32, most: i32 }
        { name: &'a str, predicate: Option<&'a Data>, projection: Option<&'a Data> } -> RingBatch;
}

replies! {
    JournalEnds { oldest: i64, newest: i64 } {};
}

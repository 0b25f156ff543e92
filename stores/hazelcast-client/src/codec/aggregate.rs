//! Messages of maps whose members make something of many entries.

use super::table::requests;
use crate::data::Data;

requests! {
    0x013900 MapAggregate<'a> Safe {} { name: &'a str, aggregator: &'a Data } -> Option<Data>;
    0x013a00 MapAggregateWith<'a> Safe {} { name: &'a str, aggregator: &'a Data, predicate: &'a Data } -> Option<Data>;
    0x013c00 MapProjectWith<'a> Safe {} { name: &'a str, projection: &'a Data, predicate: &'a Data } -> Vec<Option<Data>>;
}

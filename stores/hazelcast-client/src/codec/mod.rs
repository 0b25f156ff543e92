//! Requests, their answers and events as types: bytes only, nothing is sent here. A request is a struct that the table of its
//! file describes; reading an answer is an error where the bytes are not what they should be, and never more.

mod aggregate;
mod client;
mod collections;
mod counters;
mod fixed;
mod journal;
mod map;
mod multi_map;
mod named;
mod objects;
mod paging;
pub(crate) mod read;
mod replicated;
mod structures;
pub(crate) mod table;
mod transaction;
mod write;

pub(crate) use aggregate::*;
pub(crate) use client::*;
pub(crate) use collections::*;
pub(crate) use counters::*;
pub(crate) use fixed::Fixed;
pub(crate) use journal::*;
pub(crate) use map::*;
pub(crate) use multi_map::*;
pub(crate) use named::*;
pub(crate) use objects::*;
pub(crate) use paging::*;
pub(crate) use read::{Items, Reply, Take};
pub(crate) use replicated::*;
pub(crate) use structures::*;
pub(crate) use transaction::*;
pub(crate) use write::{Opaque, Put};

use bytes::BytesMut;

use crate::frame::Header;

/// Fields of a response begin here.
pub(crate) const RESPONSE: usize = 13;

/// Fields of a request or an event begin here.
pub(crate) const EVENT: usize = 16;

/// The type of an error.
pub(crate) const ERROR: i32 = 0;

/// Whether a request may be sent again where nobody knows whether it was carried out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Repeat {
    /// Carried out twice, it is as if it were once.
    Safe,
    Never,
}

/// Something that is asked of a member.
pub(crate) trait Request {
    /// The message's type.
    const KIND: i32;
    /// As people know it.
    const NAME: &'static str;
    const REPEAT: Repeat;
    /// What the answer has.
    type Reply: Reply;

    /// Writes the request behind what is in a buffer.
    fn write(&self, out: &mut BytesMut, header: Header);
}

/// Something that a member tells a listener.
pub(crate) trait Event: Sized {
    const KIND: i32;

    fn read(message: &crate::frame::Message) -> Result<Self, CodecError>;
}

/// An answer or an event that is not what it should be.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum CodecError {
    #[error("a message of type {0:#08x} where another was due")]
    Kind(i32),
    #[error("a frame is missing")]
    NoFrame,
    #[error("a frame is shorter than its fields")]
    Short,
    #[error("a value is missing that has to be there")]
    Null,
    #[error("a structure does not begin where it should")]
    NoBegin,
    #[error("a structure does not end")]
    NoEnd,
    #[error("a text is not UTF-8")]
    Text,
    #[error("two lists that belong together differ in length")]
    Lengths,
}

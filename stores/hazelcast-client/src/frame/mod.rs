//! Messages as frames: bytes only. Whatever a peer sends is a message or an error, in bounded memory; nothing here knows
//! what messages mean.

mod decoder;
mod flags;
mod message;
mod writer;

pub(crate) use decoder::{Decoder, FrameError};
pub(crate) use flags::Flags;
pub(crate) use message::{Frame, Frames, Message};
pub(crate) use writer::{Header, Writer};

/// Bytes of a frame before its payload: its length and its flags.
pub(crate) const HEADER: usize = 6;

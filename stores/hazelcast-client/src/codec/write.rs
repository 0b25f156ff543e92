//! Parameters of variable size: what they are as frames.

use super::Fixed;
use super::read::Items;
use crate::data::Data;
use crate::frame::{Flags, Writer};

/// Something that is written as frames.
pub(crate) trait Put {
    fn put(&self, writer: &mut Writer<'_>);
}

impl<T: Put + ?Sized> Put for &T {
    fn put(&self, writer: &mut Writer<'_>) {
        (**self).put(writer);
    }
}

impl Put for str {
    fn put(&self, writer: &mut Writer<'_>) {
        writer.bytes(self.as_bytes());
    }
}

/// Bytes of which the protocol says nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opaque<'a>(pub(crate) &'a [u8]);

impl Put for Opaque<'_> {
    fn put(&self, writer: &mut Writer<'_>) {
        writer.bytes(self.0);
    }
}

impl Put for Data {
    fn put(&self, writer: &mut Writer<'_>) {
        writer.bytes(self.as_bytes());
    }
}

impl<T: Put> Put for Option<T> {
    fn put(&self, writer: &mut Writer<'_>) {
        match self {
            Some(value) => value.put(writer),
            None => writer.mark(Flags::NULL),
        }
    }
}

impl<T: Put> Put for [T] {
    fn put(&self, writer: &mut Writer<'_>) {
        writer.mark(Flags::BEGIN);
        self.iter().for_each(|item| item.put(writer));
        writer.mark(Flags::END);
    }
}

impl<K: Put, V: Put> Put for (K, V) {
    fn put(&self, writer: &mut Writer<'_>) {
        self.0.put(writer);
        self.1.put(writer);
    }
}

/// One frame of items of fixed size.
impl<T: Fixed> Put for Items<T> {
    fn put(&self, writer: &mut Writer<'_>) {
        writer.frame(Flags::NONE, |out| self.0.iter().for_each(|item| item.put(out)));
    }
}

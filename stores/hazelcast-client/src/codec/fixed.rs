//! Fields of fixed size, little-endian, one after another without gaps.

use bytes::{BufMut, BytesMut};
use uuid::Uuid;

/// A value of fixed size.
pub(crate) trait Fixed: Sized {
    fn put(&self, out: &mut BytesMut);

    /// Takes a value off the front; none where there are too few bytes.
    fn take(bytes: &mut &[u8]) -> Option<Self>;
}

macro_rules! numbers {
    ($($number:ty, $put:ident;)*) => {$(
        impl Fixed for $number {
            fn put(&self, out: &mut BytesMut) {
                out.$put(*self);
            }

            fn take(bytes: &mut &[u8]) -> Option<Self> {
                let (own, rest) = bytes.split_first_chunk()?;
                *bytes = rest;
                Some(Self::from_le_bytes(*own))
            }
        }
    )*};
}

numbers! {
    u8, put_u8;
    i32, put_i32_le;
    i64, put_i64_le;
}

impl Fixed for bool {
    fn put(&self, out: &mut BytesMut) {
        out.put_u8(u8::from(*self));
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        u8::take(bytes).map(|byte| byte != 0)
    }
}

/// A byte that tells whether it is there, and both halves.
impl Fixed for Option<Uuid> {
    fn put(&self, out: &mut BytesMut) {
        let (high, low) = self.unwrap_or_default().as_u64_pair();
        out.put_u8(u8::from(self.is_none()));
        out.put_u64_le(high);
        out.put_u64_le(low);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let is_null = bool::take(bytes)?;
        let (high, low) = (i64::take(bytes)?, i64::take(bytes)?);
        Some((!is_null).then(|| Uuid::from_u64_pair(high.cast_unsigned(), low.cast_unsigned())))
    }
}

/// Nil stands for null, which no member has.
impl Fixed for Uuid {
    fn put(&self, out: &mut BytesMut) {
        Some(*self).filter(|id| !id.is_nil()).put(out);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        <Option<Self> as Fixed>::take(bytes).map(Option::unwrap_or_default)
    }
}

impl<A: Fixed, B: Fixed> Fixed for (A, B) {
    fn put(&self, out: &mut BytesMut) {
        self.0.put(out);
        self.1.put(out);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        Some((A::take(bytes)?, B::take(bytes)?))
    }
}

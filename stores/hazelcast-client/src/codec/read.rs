//! From frames to values. Lengths of lists are not announced, so that nothing is set aside for more than what has come.

use uuid::Uuid;

use super::{CodecError, Fixed, RESPONSE};
use crate::data::Data;
use crate::frame::{Flags, Frame, Frames, Message};

/// Something that is read from frames.
pub(crate) trait Take: Sized {
    fn take(frames: &mut Frames<'_>) -> Result<Self, CodecError>;
}

/// What an answer has.
pub(crate) trait Reply: Sized {
    fn read(message: &Message) -> Result<Self, CodecError>;
}

/// The next frame, whatever it is.
pub(crate) fn next<'m>(frames: &mut Frames<'m>) -> Result<Frame<'m>, CodecError> {
    frames.next().ok_or(CodecError::NoFrame)
}

/// The payload of the next frame, which holds a value.
pub(crate) fn payload<'m>(frames: &mut Frames<'m>) -> Result<&'m [u8], CodecError> {
    let frame = next(frames)?;
    if frame.flags.has(Flags::NULL) {
        return Err(CodecError::Null);
    }
    if frame.flags.has(Flags::BEGIN) || frame.flags.has(Flags::END) {
        return Err(CodecError::NoFrame);
    }
    Ok(frame.payload)
}

/// A field of fixed size.
pub(crate) fn fixed<T: Fixed>(bytes: &mut &[u8]) -> Result<T, CodecError> {
    T::take(bytes).ok_or(CodecError::Short)
}

/// What stands between the beginning and the end of a structure; what a newer member has added there is passed over.
pub(crate) fn structure<T>(
    frames: &mut Frames<'_>,
    read: impl FnOnce(&mut Frames<'_>) -> Result<T, CodecError>,
) -> Result<T, CodecError> {
    if !next(frames)?.flags.has(Flags::BEGIN) {
        return Err(CodecError::NoBegin);
    }
    let value = read(frames)?;
    let mut depth = 1_usize;
    while depth > 0 {
        let flags = frames.next().ok_or(CodecError::NoEnd)?.flags;
        depth = depth + usize::from(flags.has(Flags::BEGIN)) - usize::from(flags.has(Flags::END));
    }
    Ok(value)
}

/// Whether the structure goes on.
pub(crate) fn goes_on(frames: &Frames<'_>) -> Result<bool, CodecError> {
    frames.peek().map(|frame| !frame.flags.has(Flags::END)).ok_or(CodecError::NoEnd)
}

impl Take for String {
    fn take(frames: &mut Frames<'_>) -> Result<Self, CodecError> {
        let bytes = payload(frames)?;
        simdutf8::basic::from_utf8(bytes).map(str::to_owned).map_err(|_| CodecError::Text)
    }
}

impl Take for Data {
    fn take(frames: &mut Frames<'_>) -> Result<Self, CodecError> {
        let bytes = payload(frames)?;
        Self::from_bytes(frames.own(bytes)).ok_or(CodecError::Short)
    }
}

impl<T: Take> Take for Option<T> {
    fn take(frames: &mut Frames<'_>) -> Result<Self, CodecError> {
        let is_null = frames.peek().is_none_or(|frame| frame.flags.has(Flags::NULL));
        if is_null {
            frames.next();
            return Ok(None);
        }
        T::take(frames).map(Some)
    }
}

impl<T: Take> Take for Vec<T> {
    fn take(frames: &mut Frames<'_>) -> Result<Self, CodecError> {
        structure(frames, |frames| {
            let mut items = Self::new();
            while goes_on(frames)? {
                items.push(T::take(frames)?);
            }
            Ok(items)
        })
    }
}

impl<K: Take, V: Take> Take for (K, V) {
    fn take(frames: &mut Frames<'_>) -> Result<Self, CodecError> {
        Ok((K::take(frames)?, V::take(frames)?))
    }
}

/// Items of fixed size from one frame.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Items<T>(pub(crate) Vec<T>);

impl<T: Fixed> Take for Items<T> {
    fn take(frames: &mut Frames<'_>) -> Result<Self, CodecError> {
        let mut bytes = payload(frames)?;
        let mut items = Vec::new();
        while !bytes.is_empty() {
            items.push(fixed(&mut bytes)?);
        }
        Ok(Self(items))
    }
}

macro_rules! fixed_replies {
    ($($reply:ty),*) => {$(
        impl Reply for $reply {
            fn read(message: &Message) -> Result<Self, CodecError> {
                fixed(&mut message.fixed(RESPONSE))
            }
        }
    )*};
}

fixed_replies!(bool, i32, i64, Uuid);

impl Reply for () {
    fn read(_: &Message) -> Result<Self, CodecError> {
        Ok(())
    }
}

macro_rules! framed_replies {
    ($($reply:ty),* $(,)?) => {$(
        impl Reply for $reply {
            fn read(message: &Message) -> Result<Self, CodecError> {
                Take::take(&mut message.rest())
            }
        }
    )*};
}

framed_replies!(
    Option<Data>,
    Vec<Data>,
    Vec<Option<Data>>,
    Vec<(Data, Data)>,
    Items<Uuid>,
    Option<super::WireSchema>,
);

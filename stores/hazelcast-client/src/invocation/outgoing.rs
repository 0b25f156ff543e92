//! A request whose type does not matter to whoever sends it.

use bytes::BytesMut;

use crate::codec::{Repeat, Request};
use crate::frame::Header;

/// What is to be known of a request to send it.
pub(crate) trait Outgoing: Send + Sync {
    fn name(&self) -> &'static str;

    fn repeat(&self) -> Repeat;

    fn write(&self, out: &mut BytesMut, header: Header);
}

impl<R: Request + Send + Sync> Outgoing for R {
    fn name(&self) -> &'static str {
        R::NAME
    }

    fn repeat(&self) -> Repeat {
        R::REPEAT
    }

    fn write(&self, out: &mut BytesMut, header: Header) {
        Request::write(self, out, header);
    }
}

//! Messages of distributed objects: which there are, making them, listening to their coming and going.

use uuid::Uuid;

use super::read::structure;
use super::table::{events, requests};
use super::{CodecError, Reply, Take};
use crate::frame::{Frames, Message};

requests! {
    0x000400 CreateObject<'a> Safe {} { name: &'a str, service: &'a str } -> ();
    0x000800 ListObjects Safe {} {} -> Vec<WireObject>;
    0x000900 ListenToObjects Never { is_local: bool } {} -> Uuid;
    0x000a00 UnlistenToObjects Safe { registration: Uuid } {} -> bool;
    // The member answers before they are there.
    0x000e00 CreateObjects<'a> Safe {} { objects: &'a [(&'a str, &'a str)] } -> ();
}

events! {
    0x000902 ObjectEvent { source: Uuid } { name: String, service: String, kind: String };
}

/// A distributed object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct WireObject {
    pub(crate) service: String,
    pub(crate) name: String,
}

impl Take for WireObject {
    fn take(frames: &mut Frames<'_>) -> Result<Self, CodecError> {
        structure(frames, |frames| Ok(Self { service: Take::take(frames)?, name: Take::take(frames)? }))
    }
}

impl Reply for Vec<WireObject> {
    fn read(message: &Message) -> Result<Self, CodecError> {
        Take::take(&mut message.rest())
    }
}

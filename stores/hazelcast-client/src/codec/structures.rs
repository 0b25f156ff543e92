//! Structures that several messages have: addresses, members, partitions, schemas, errors.

use std::collections::HashMap;

use uuid::Uuid;

use super::read::{fixed, goes_on, payload, structure};
use super::{CodecError, Fixed, Put, Reply, Take, read};
use crate::frame::{Flags, Frames, Message, Writer};

/// Where a member listens.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct WireAddress {
    pub(crate) host: String,
    pub(crate) port: i32,
}

impl Take for WireAddress {
    fn take(frames: &mut Frames<'_>) -> Result<Self, CodecError> {
        structure(frames, |frames| {
            let port = fixed(&mut payload(frames)?)?;
            Ok(Self { host: String::take(frames)?, port })
        })
    }
}

/// A member as the cluster tells of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct WireMember {
    pub(crate) uuid: Uuid,
    pub(crate) is_lite: bool,
    pub(crate) address: WireAddress,
    pub(crate) attributes: Vec<(String, String)>,
    /// Where it is found for some purpose.
    pub(crate) endpoints: Vec<(WireEndpoint, WireAddress)>,
}

impl Take for WireMember {
    fn take(frames: &mut Frames<'_>) -> Result<Self, CodecError> {
        structure(frames, |frames| {
            let bytes = &mut payload(frames)?;
            let (uuid, is_lite) = (fixed(bytes)?, fixed(bytes)?);
            let (address, attributes) = (Take::take(frames)?, Take::take(frames)?);
            // Its version.
            structure(frames, |_| Ok(()))?;
            // Older members tell no more.
            let endpoints = if goes_on(frames)? { Take::take(frames)? } else { Vec::new() };
            Ok(Self { uuid, is_lite, address, attributes, endpoints })
        })
    }
}

/// What an address is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct WireEndpoint {
    /// 1 for clients.
    pub(crate) kind: i32,
    pub(crate) name: Option<String>,
}

impl Take for WireEndpoint {
    fn take(frames: &mut Frames<'_>) -> Result<Self, CodecError> {
        structure(frames, |frames| {
            let kind = fixed(&mut payload(frames)?)?;
            Ok(Self { kind, name: Take::take(frames)? })
        })
    }
}

/// Who has which partitions.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Partitions(pub(crate) Vec<(Uuid, Vec<i32>)>);

impl Take for Partitions {
    fn take(frames: &mut Frames<'_>) -> Result<Self, CodecError> {
        let lists: Vec<read::Items<i32>> = Take::take(frames)?;
        let owners: read::Items<Uuid> = Take::take(frames)?;
        if lists.len() != owners.0.len() {
            return Err(CodecError::Lengths);
        }
        Ok(Self(owners.0.into_iter().zip(lists.into_iter().map(|list| list.0)).collect()))
    }
}

/// The schema of a Compact type: fields with the numbers of their kinds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct WireSchema {
    pub(crate) type_name: String,
    pub(crate) fields: Vec<(String, i32)>,
}

impl Put for WireSchema {
    fn put(&self, writer: &mut Writer<'_>) {
        writer.mark(Flags::BEGIN);
        self.type_name.as_str().put(writer);
        writer.mark(Flags::BEGIN);
        for (name, kind) in &self.fields {
            writer.mark(Flags::BEGIN);
            writer.frame(Flags::NONE, |out| Fixed::put(kind, out));
            name.as_str().put(writer);
            writer.mark(Flags::END);
        }
        writer.mark(Flags::END);
        writer.mark(Flags::END);
    }
}

struct WireField(String, i32);

impl Take for WireField {
    fn take(frames: &mut Frames<'_>) -> Result<Self, CodecError> {
        structure(frames, |frames| {
            let kind = fixed(&mut payload(frames)?)?;
            Ok(Self(Take::take(frames)?, kind))
        })
    }
}

impl Take for WireSchema {
    fn take(frames: &mut Frames<'_>) -> Result<Self, CodecError> {
        structure(frames, |frames| {
            let type_name = Take::take(frames)?;
            let fields: Vec<WireField> = Take::take(frames)?;
            Ok(Self {
                type_name,
                fields: fields.into_iter().map(|WireField(name, kind)| (name, kind)).collect(),
            })
        })
    }
}

/// One of the errors that a member answers with: the first is the error, the others are what caused it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct WireError {
    pub(crate) code: i32,
    pub(crate) class: String,
    pub(crate) message: Option<String>,
}

impl Take for WireError {
    fn take(frames: &mut Frames<'_>) -> Result<Self, CodecError> {
        structure(frames, |frames| {
            let code = fixed(&mut payload(frames)?)?;
            Ok(Self { code, class: Take::take(frames)?, message: Take::take(frames)? })
        })
    }
}

impl Reply for Vec<WireError> {
    fn read(message: &Message) -> Result<Self, CodecError> {
        Take::take(&mut message.rest())
    }
}

/// By map and partition, the number of the last invalidation that caches were told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Sequences(pub(crate) HashMap<String, Vec<(i32, i64)>>);

impl Take for Sequences {
    fn take(frames: &mut Frames<'_>) -> Result<Self, CodecError> {
        let lists: Vec<(String, read::Items<(i32, i64)>)> = Take::take(frames)?;
        Ok(Self(lists.into_iter().map(|(name, list)| (name, list.0)).collect()))
    }
}

//! Messages of Jet.

use bytes::Bytes;
use uuid::Uuid;

use crate::codec::read::{fixed, payload, structure};
use crate::codec::table::requests;
use crate::codec::{CodecError, Put, Reply, Take};
use crate::frame::{Frames, Message, Writer};

requests! {
    0xfe0200 JobTerminate Never { job: i64, mode: i32, coordinator: Uuid } {} -> ();
    0xfe0300 JobStatusOf Safe { job: i64 } {} -> i32;
    0xfe0500 JobJoin Safe { job: i64, coordinator: Uuid } {} -> ();
    0xfe0900 JobResume Never { job: i64 } {} -> ();
    0xfe0f00 JobList Safe {} {} -> Vec<WireJob>;
    0xfe1000 JobWasCancelled Safe { job: i64 } {} -> bool;
    0xfe1100 JobUpload<'a> Never { session: Uuid, is_there: bool }
        { file: &'a str, digest: &'a str, snapshot: Option<&'a str>, job: Option<&'a str>, main: Option<&'a str>,
          arguments: &'a [&'a str] } -> ();
    0xfe1200 JobUploadPart<'a> Never { session: Uuid, part: i32, parts: i32, length: i32 }
        { bytes: &'a Part, digest: &'a str } -> ();
}

/// A part of a jar.
#[derive(Clone, Debug)]
pub(crate) struct Part(pub(super) Bytes);

impl Put for Part {
    fn put(&self, writer: &mut Writer<'_>) {
        writer.bytes(&self.0);
    }
}

/// A job, or a query that runs as one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct WireJob {
    pub(super) is_light: bool,
    pub(super) id: i64,
    pub(super) status: i32,
    pub(super) submitted: i64,
    pub(super) completed: i64,
    pub(super) was_cancelled: bool,
    pub(super) name: String,
    pub(super) failure: Option<String>,
    pub(super) query: Option<String>,
    pub(super) suspension: Option<String>,
}

/// The text of a query.
struct Query(String);

impl Take for Query {
    fn take(frames: &mut Frames<'_>) -> Result<Self, CodecError> {
        structure(frames, |frames| {
            let _is_endless: bool = fixed(&mut payload(frames)?)?;
            Ok(Self(Take::take(frames)?))
        })
    }
}

impl Take for WireJob {
    fn take(frames: &mut Frames<'_>) -> Result<Self, CodecError> {
        structure(frames, |frames| {
            let bytes = &mut payload(frames)?;
            let (is_light, id) = (fixed(bytes)?, fixed(bytes)?);
            let _execution: i64 = fixed(bytes)?;
            let (status, submitted, completed) = (fixed(bytes)?, fixed(bytes)?, fixed(bytes)?);
            let was_cancelled = fixed(bytes)?;
            let (name, failure) = (Take::take(frames)?, Take::take(frames)?);
            let query: Option<Query> = Take::take(frames)?;
            let (query, suspension) = (query.map(|Query(text)| text), Take::take(frames)?);
            Ok(Self {
                is_light,
                id,
                status,
                submitted,
                completed,
                was_cancelled,
                name,
                failure,
                query,
                suspension,
            })
        })
    }
}

impl Reply for Vec<WireJob> {
    fn read(message: &Message) -> Result<Self, CodecError> {
        Take::take(&mut message.rest())
    }
}

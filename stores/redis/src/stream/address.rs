//! The address of a stream: that of its server, with the stream's key behind it.

use std::fmt;

use cep_engine::store::{StoreError, StoreErrorKind};

use crate::slot::Slot;

/// The address of a stream: `redis://USER:PASSWORD@HOST:PORT/DB/STREAM`, where port and database may be left out; or, as with a
/// socket, `redis+unix:///PATH?db=DB&stream=STREAM`. Neither `Debug` nor `Display` tells user and password.
#[derive(Clone, PartialEq, Eq)]
pub struct StreamAddress {
    server: String,
    key: String,
    told: String,
}

const SCHEMES: [&str; 5] = ["redis://", "rediss://", "redis+unix://", "unix://", "valkey://"];

impl StreamAddress {
    /// Whether a text begins as such an address does.
    #[must_use]
    pub fn is_meant(text: &str) -> bool {
        SCHEMES.iter().any(|scheme| text.starts_with(scheme))
    }

    /// Reads an address.
    ///
    /// # Errors
    /// [`StoreErrorKind::Setup`] where it names no stream; nothing of it is told, as a password may be anywhere in it.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let (scheme, rest) = text.split_once("://").ok_or_else(|| wrong("this is no address of a stream"))?;
        let (path, query) = rest.split_once('?').map_or((rest, ""), |(path, query)| (path, query));
        let (named, others): (Vec<_>, Vec<_>) =
            query.split('&').filter(|part| !part.is_empty()).partition(|part| part.starts_with("stream="));
        let is_named = !named.is_empty();
        let (server, key) = match named.first().and_then(|part| part.strip_prefix("stream=")) {
            Some(key) => (path, key),
            None if scheme.contains("unix") => return Err(wrong("the address names no stream")),
            None => path.rsplit_once('/').filter(|(server, _)| !server.is_empty()).unwrap_or((path, "")),
        };
        let key = decoded(key).ok_or_else(|| wrong("the name of the stream cannot be read"))?;
        // A number at the end of a path is that of a database.
        if key.is_empty() || (!is_named && key.bytes().all(|byte| byte.is_ascii_digit())) {
            return Err(wrong("the address names no stream"));
        }
        let query = if others.is_empty() { String::new() } else { format!("?{}", others.join("&")) };
        let host = server.rsplit_once('@').map_or(server, |(_, host)| host);
        let told = format!("stream `{key}` at {host}");
        Ok(Self { server: format!("{scheme}://{server}{query}"), key, told })
    }

    /// The url of the server.
    pub(crate) fn server(&self) -> &str {
        &self.server
    }

    /// The key of the stream.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Its slot in a cluster.
    pub(crate) fn slot(&self) -> Slot {
        Slot::of(tag(&self.key).unwrap_or(&self.key))
    }

    /// A key of ours that lies in the same slot.
    ///
    /// # Errors
    /// Where there is none, as the stream's name has braces in other places than around a tag.
    pub(crate) fn beside(&self, what: &str) -> Result<String, StoreError> {
        match tag(&self.key) {
            Some(tag) => Ok(format!("cep:{what}:{{{tag}}}:{}", self.key)),
            None if self.key.contains(['{', '}']) => Err(wrong("the name of the stream has braces in it")),
            None => Ok(format!("cep:{what}:{{{}}}", self.key)),
        }
    }
}

/// What is between the first braces of a key, if anything is: that alone decides its slot.
fn tag(key: &str) -> Option<&str> {
    let (_, behind) = key.split_once('{')?;
    behind.split_once('}').map(|(tag, _)| tag).filter(|tag| !tag.is_empty())
}

/// With `%XX` as the byte it stands for.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        rest = more;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &rest[2..];
    }
    String::from_utf8(bytes).ok()
}

fn wrong(what: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Setup, what).with_help(
        "write redis://USER:PASSWORD@HOST:PORT/DB/STREAM, where USER:PASSWORD@, :PORT and /DB may be left out, with special \
         characters as %XX",
    )
}

impl fmt::Display for StreamAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told)
    }
}

impl fmt::Debug for StreamAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StreamAddress").field(&self.told).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_that_of_a_server_and_a_key() {
        for (text, server, key) in [
            ("redis://h/orders", "redis://h", "orders"),
            ("redis://h:7/2/orders", "redis://h:7/2", "orders"),
            ("rediss://u:p%2f@h/a%3Ab?protocol=3", "rediss://u:p%2f@h?protocol=3", "a:b"),
            ("redis://h/2?stream=7", "redis://h/2", "7"),
            ("redis+unix:///run/s?db=1&stream=orders&pass=x", "redis+unix:///run/s?db=1&pass=x", "orders"),
        ] {
            let found = StreamAddress::parse(text).ok();
            let found = found.as_ref().map(|address| (address.server(), address.key()));
            assert_eq!(found.unwrap_or_default(), (server, key), "{text}");
        }
        for wrong in ["redis://h", "redis://h/", "redis://h/5", "unix:///run/s", "redis://h/a%f", "orders"] {
            let error = StreamAddress::parse(wrong).expect_err(wrong);
            assert!(error.help().is_some(), "{wrong}");
        }
    }

    #[test]
    fn it_is_told_without_the_password() {
        for text in ["redis://user:hunter2@h:1/0/s", "redis+unix:///run/s?pass=hunter2&stream=s"] {
            let address = StreamAddress::parse(text).unwrap();
            let told = format!("{address} {address:?}");
            assert!(
                told.contains("stream `s`") && !told.contains("hunter2") && !told.contains("user"),
                "{told}"
            );
        }
    }

    #[test]
    fn keys_beside_it_lie_in_its_slot() {
        for key in ["orders", "{a}b", "x{a}"] {
            let address = StreamAddress::parse(&format!("redis://h/{key}")).unwrap();
            let beside = address.beside("sink").unwrap();
            assert_eq!(Slot::of(tag(&beside).unwrap()), address.slot(), "{beside}");
        }
        assert!(StreamAddress::parse("redis://h/a}b").unwrap().beside("sink").is_err());
    }
}

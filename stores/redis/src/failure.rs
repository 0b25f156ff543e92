//! What goes wrong between us and a server, told by what the caller can do about it. Decided by codes, never by words.

use cep_engine::store::{StoreError, StoreErrorKind};
use redis::{ErrorKind, RedisError, ServerError};

/// A call that had no answer, or an error for one.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// There is no connection: nothing was sent.
    Connect(RedisError),
    /// The connection broke, or no answer came in time: what was sent may have been done.
    Lost(RedisError),
    /// The server refused: nothing was done.
    Refused(ServerError),
}

/// What was tried.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Act {
    /// It changes nothing.
    Read,
    /// Doing it twice does what doing it once does.
    Repeatable,
    /// Whether it was done matters.
    Once,
}

impl Failure {
    /// What the server answered, in one word.
    pub(crate) fn code(&self) -> Option<&str> {
        match self {
            Self::Refused(error) => Some(error.code()),
            Self::Connect(error) => error.code(),
            Self::Lost(_) => None,
        }
    }

    /// What the error says.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Refused(error) => error.to_string(),
            Self::Connect(error) | Self::Lost(error) => error.to_string(),
        }
    }

    /// Whether the keys are, or will be, at another server of the cluster.
    pub(crate) fn is_elsewhere(&self) -> bool {
        matches!(self.code(), Some("MOVED" | "ASK" | "READONLY" | "CLUSTERDOWN"))
    }

    /// The error to tell, with the server's address.
    pub(crate) fn told(self, at: &str, act: Act) -> StoreError {
        match self {
            Self::Refused(error) => refused(error.code(), &error.to_string(), at).with_source(error),
            Self::Connect(error) => connect(error, at),
            Self::Lost(error) => lost(error, at, act),
        }
    }
}

fn lost(error: RedisError, at: &str, act: Act) -> StoreError {
    let kind = match act {
        Act::Read | Act::Repeatable => StoreErrorKind::Unavailable,
        Act::Once => StoreErrorKind::Unknown,
    };
    let what = if error.is_timeout() {
        "did not answer in time"
    } else {
        "closed the connection before it answered"
    };
    StoreError::new(kind, format!("Redis at {at} {what}")).with_source(error)
}

fn connect(error: RedisError, at: &str) -> StoreError {
    use StoreErrorKind::{Setup, Unavailable};
    if let Some(code) = error.code() {
        return refused(code, error.detail().unwrap_or_default(), at).with_source(error);
    }
    let (kind, what, help) = match error.kind() {
        ErrorKind::RESP3NotSupported => (Setup, "is older than version 7", "use Redis 7 or newer"),
        _ if error.is_timeout() => (
            Unavailable,
            "cannot be reached: no connection in time",
            "see whether the address is right, whether a firewall lies between, and whether the server speaks TLS: if it \
             does, and only then, the url begins with `rediss://`",
        ),
        _ if error.is_connection_refusal() => (
            Unavailable,
            "cannot be reached: nothing listens there",
            "start the server, or correct the address",
        ),
        _ if tls(&error) == Some(Tls::NotTrusted) => (
            Setup,
            "is not trusted: its certificate was refused",
            "give the certificate that vouches for the server, and use the name that stands in it as the host",
        ),
        _ if tls(&error) == Some(Tls::Refused) => (
            Setup,
            "does not take the client's certificate",
            "give the certificate and key that the server asks for",
        ),
        _ if tls(&error).is_some() => (Setup, "does not speak TLS as we do", SCHEMES),
        _ if error.is_connection_dropped() => (Unavailable, "closed the connection at once", SCHEMES),
        _ => (Unavailable, "cannot be reached", "see whether the host's name is right"),
    };
    StoreError::new(kind, format!("Redis at {at} {what}")).with_help(help).with_source(error)
}

const SCHEMES: &str =
    "where the server speaks TLS the url begins with `rediss://`, and with `redis://` where it does not";

/// How TLS failed, if it was not the network.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(not(feature = "tls"), expect(dead_code, reason = "without TLS none of it happens"))]
enum Tls {
    NotTrusted,
    Refused,
    Other,
}

#[cfg(feature = "tls")]
fn tls(error: &RedisError) -> Option<Tls> {
    use std::error::Error;
    use std::io;
    use std::sync::Arc;
    // The client wraps what it is told by the network, which wraps what it is told by TLS.
    let shared = error.source()?.downcast_ref::<Arc<dyn Error + Send + Sync>>()?;
    let inner = shared.downcast_ref::<io::Error>()?.get_ref()?;
    Some(match inner.downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(_) => Tls::NotTrusted,
        rustls::Error::AlertReceived(_) => Tls::Refused,
        _ => Tls::Other,
    })
}

#[cfg(not(feature = "tls"))]
fn tls(_: &RedisError) -> Option<Tls> {
    None
}

/// What a user of the server has to be allowed.
pub(crate) const NEEDED: &str = "~cep:* +@hash +@list +@sortedset +eval +hello +info +scan +type +exists +expire +unlink \
     +cluster|slots +config|get";

fn refused(code: &str, words: &str, at: &str) -> StoreError {
    use StoreErrorKind::{Corrupt, Full, Setup, Unavailable};
    let (kind, what, help) = match code {
        "NOAUTH" => (
            Setup,
            "asks for a password",
            "put it into the url: redis://:PASSWORD@HOST, or redis://USER:PASSWORD@HOST".to_owned(),
        ),
        "WRONGPASS" => (Setup, "refuses the user or the password", "correct those in the url".to_owned()),
        "NOPERM" => (
            Setup,
            "does not allow the user what a store needs",
            format!("ACL SETUSER the-user {NEEDED} (for streams: docs/streams.md)"),
        ),
        "READONLY" => (
            Setup,
            "is a replica, which cannot be written to",
            "give the address of its master (`INFO replication` names it)".to_owned(),
        ),
        "DENIED" => (
            Setup,
            "is in protected mode and lets in nobody from outside",
            "set a password or `bind` on the server".to_owned(),
        ),
        "OOM" => (
            Full,
            "has no room: its memory is at `maxmemory`",
            "raise `maxmemory` (CONFIG SET maxmemory), or remove what is not needed".to_owned(),
        ),
        "WRONGTYPE" => (
            Corrupt,
            "has something else under one of our keys",
            "find out who writes to keys that begin with `cep:`".to_owned(),
        ),
        "MISCONF" => (
            Unavailable,
            "cannot write to its disk and refuses to change anything",
            "make room on the server's disk, or see its log".to_owned(),
        ),
        "LOADING" => (Unavailable, "is still loading its data", "wait".to_owned()),
        "BUSY" => (Unavailable, "is busy with a script", "wait, or see what runs (SCRIPT KILL)".to_owned()),
        "MASTERDOWN" => (Unavailable, "has lost its master", "wait for the fail-over".to_owned()),
        "NOREPLICAS" => (Unavailable, "has too few replicas to write", "start replicas, or wait".to_owned()),
        "TRYAGAIN" | "MOVED" | "ASK" => (Unavailable, "is moving these keys", "try again".to_owned()),
        "CLUSTERDOWN" => (
            Unavailable,
            "is of a cluster that is not whole",
            "see `CLUSTER INFO`; wait for the fail-over, or assign the slots".to_owned(),
        ),
        _ => (Unavailable, "refuses", "see the server's log".to_owned()),
    };
    StoreError::new(kind, format!("Redis at {at} {what}: {words}")).with_help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_unavailable_and_what_a_person_has_to_change_is_not() {
        for code in ["LOADING", "BUSY", "MASTERDOWN", "TRYAGAIN", "CLUSTERDOWN", "MISCONF", "MOVED"] {
            let error = refused(code, "words", "host:1");
            assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{code}");
            assert!(error.help().is_some() && error.to_string().contains("host:1"));
        }
        assert_eq!(refused("NOAUTH", "", "h").kind(), StoreErrorKind::Setup);
        assert_eq!(refused("OOM", "", "h").kind(), StoreErrorKind::Full);
        assert_eq!(refused("WRONGTYPE", "", "h").kind(), StoreErrorKind::Corrupt);
    }

    #[test]
    fn an_answer_that_never_came_is_unknown_where_it_matters() {
        let broken = || RedisError::from(std::io::Error::from(std::io::ErrorKind::BrokenPipe));
        let kind = |act| Failure::Lost(broken()).told("h", act).kind();
        assert_eq!(kind(Act::Once), StoreErrorKind::Unknown);
        assert_eq!(kind(Act::Read), StoreErrorKind::Unavailable);
        assert_eq!(Failure::Connect(broken()).told("h", Act::Once).kind(), StoreErrorKind::Unavailable);
    }
}

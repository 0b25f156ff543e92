//! What is told of members, and of the client's life.

use uuid::Uuid;

use crate::codec::WireMember;

/// A member of the cluster.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    pub(crate) uuid: Uuid,
    pub(crate) address: String,
    pub(crate) is_lite: bool,
    pub(crate) attributes: Vec<(String, String)>,
}

impl Member {
    /// Its id, which it has as long as its process lives.
    pub const fn uuid(&self) -> Uuid {
        self.uuid
    }

    /// Where it listens, as it says itself.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Whether it holds no data.
    pub const fn is_lite(&self) -> bool {
        self.is_lite
    }

    /// What it was configured to tell of itself.
    pub fn attributes(&self) -> &[(String, String)] {
        &self.attributes
    }
}

impl From<WireMember> for Member {
    fn from(member: WireMember) -> Self {
        let host = &member.address.host;
        // An address of IPv6 has colons of its own.
        let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        let address = format!("{host}:{}", member.address.port);
        Self { uuid: member.uuid, address, is_lite: member.is_lite, attributes: member.attributes }
    }
}

/// Where a client is in its life.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum State {
    /// There is a connection at least.
    Connected,
    /// There is none; the client tries to connect again.
    Disconnected,
    /// It was shut down, or gave up: nothing is done any more.
    Closed,
}

//! What can be chosen for a connection beyond its url.

use std::fmt;
use std::time::Duration;

/// What can be chosen for a connection beyond its url.
#[derive(Clone, PartialEq, Eq)]
pub struct RedisOptions {
    /// How long a connection may take to be made; 5 seconds if nothing else is said.
    pub connect_timeout: Duration,
    /// How long an answer may take; 30 seconds if nothing else is said. A commit that takes longer is
    /// [unknown](cep_engine::store::StoreErrorKind::Unknown).
    pub answer_timeout: Duration,
    /// The certificates that vouch for the server, as PEM; those of the system if none are given. For `rediss://`.
    pub root_certificates: Option<Vec<u8>>,
    /// What the client shows the server that asks for a certificate. For `rediss://`.
    pub client_certificate: Option<ClientCertificate>,
}

/// A certificate of the client's and its private key, both as PEM.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The certificate, and those between it and the root.
    pub chain: Vec<u8>,
    /// The private key.
    pub key: Vec<u8>,
}

impl Default for RedisOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            answer_timeout: Duration::from_secs(30),
            root_certificates: None,
            client_certificate: None,
        }
    }
}

impl fmt::Debug for RedisOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisOptions")
            .field("connect_timeout", &self.connect_timeout)
            .field("answer_timeout", &self.answer_timeout)
            .field("root_certificates", &self.root_certificates.is_some())
            .field("client_certificate", &self.client_certificate)
            .finish()
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientCertificate(…)")
    }
}

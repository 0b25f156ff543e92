//! A server that speaks TLS, with a certificate of its own making.

use rcgen::{CertificateParams, KeyPair};

use crate::folder::Folder;
use crate::server::{Server, free_port};

/// A server that speaks TLS. Its certificate is for `localhost` and 127.0.0.1.
#[derive(Debug)]
pub struct TlsServer {
    /// The server, which speaks without TLS on its other port.
    pub server: Server,
    /// Where it speaks TLS.
    pub port: u16,
    /// The certificate that it shows, as PEM; clients may show it as well.
    pub certificate: Vec<u8>,
    /// The key of that.
    pub key: Vec<u8>,
}

impl TlsServer {
    /// Starts it; `asks_for_certificate` is `yes` or `no`.
    #[must_use]
    pub fn start(asks_for_certificate: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let certificate = CertificateParams::new(names).unwrap().self_signed(&key).unwrap();
        let (certificate, key) = (certificate.pem().into_bytes(), key.serialize_pem().into_bytes());
        let files = Folder::new();
        let file = |name: &str, content: &[u8]| {
            let path = files.path().join(name);
            std::fs::write(&path, content).unwrap();
            path.display().to_string()
        };
        let (port, chain, secret) = (free_port(), file("chain", &certificate), file("key", &key));
        let server = Server::with(&[
            "tls-port",
            &port.to_string(),
            "tls-cert-file",
            &chain,
            "tls-key-file",
            &secret,
            "tls-ca-cert-file",
            &chain,
            "tls-auth-clients",
            asks_for_certificate,
        ]);
        Self { server, port, certificate, key }
    }
}

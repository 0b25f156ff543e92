//! From urls to clients, and never a password in what is told.

use cep_engine::store::{StoreError, StoreErrorKind};
use redis::{Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, ProtocolVersion};

use crate::options::RedisOptions;

/// A client for a url; nothing is connected yet.
pub(crate) fn client(url: &str, options: &RedisOptions) -> Result<Client, StoreError> {
    let info = url.into_connection_info().map_err(|_| no_url(url))?;
    // RESP3 tells when a connection has broken, also while nothing is under way.
    let login = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3).set_skip_set_lib_name();
    secured(info.set_redis_settings(login), options)
}

/// A client for another server of the same cluster: the same user, password and certificates.
pub(crate) fn beside(client: &Client, host: &str, port: u16) -> Client {
    let info = client.get_connection_info().clone();
    let addr = match info.addr() {
        ConnectionAddr::TcpTls { insecure, tls_params, .. } => ConnectionAddr::TcpTls {
            host: host.to_owned(),
            port,
            insecure: *insecure,
            tls_params: tls_params.clone(),
        },
        _ => ConnectionAddr::Tcp(host.to_owned(), port),
    };
    // Opening a client from what was taken from one cannot fail: no url is read.
    Client::open(info.set_addr(addr)).unwrap_or_else(|_| client.clone())
}

/// The same server at another port.
pub(crate) fn at_port(client: &Client, port: u16) -> Client {
    match client.get_connection_info().addr() {
        ConnectionAddr::Tcp(host, _) | ConnectionAddr::TcpTls { host, .. } => beside(client, host, port),
        _ => beside(client, "127.0.0.1", port),
    }
}

/// The address as it is told: host and port, or the path of a socket.
pub(crate) fn told(client: &Client) -> String {
    client.get_connection_info().addr().to_string()
}

#[cfg(feature = "tls")]
fn secured(info: ConnectionInfo, options: &RedisOptions) -> Result<Client, StoreError> {
    use redis::{ClientTlsConfig, TlsCertificates};
    let is_tls = matches!(info.addr(), ConnectionAddr::TcpTls { .. });
    if is_tls {
        // Whoever has chosen before has chosen.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    if !is_tls || (options.root_certificates.is_none() && options.client_certificate.is_none()) {
        return Client::open(info).map_err(|_| no_url("redis://"));
    }
    let is_pem = |pem: &Vec<u8>| pem.windows(BEGIN.len()).any(|window| window == BEGIN);
    if !options.root_certificates.as_ref().is_none_or(is_pem) {
        return Err(no_certificate("there is none in what was given"));
    }
    let client_tls = options
        .client_certificate
        .as_ref()
        .map(|own| ClientTlsConfig { client_cert: own.chain.clone(), client_key: own.key.clone() });
    let certificates = TlsCertificates { client_tls, root_cert: options.root_certificates.clone() };
    Client::build_with_tls(info, certificates).map_err(|error| no_certificate(&error.to_string()))
}

/// How a certificate begins in PEM format.
#[cfg(feature = "tls")]
const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";

#[cfg(feature = "tls")]
fn no_certificate(why: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Setup, format!("the certificates cannot be read: {why}"))
        .with_help("certificates and keys are in PEM format")
}

#[cfg(not(feature = "tls"))]
fn secured(info: ConnectionInfo, _: &RedisOptions) -> Result<Client, StoreError> {
    Client::open(info).map_err(|_| no_url("redis://"))
}

/// Nothing of the url is told but how it begins: it could not be read, so nobody knows where in it the password is.
fn no_url(url: &str) -> StoreError {
    const KNOWN: [&str; 5] = ["redis", "rediss", "redis+unix", "valkey", "unix"];
    let scheme = url.split_once("://").map(|(scheme, _)| scheme);
    let (what, help) = match scheme {
        Some("rediss") if !cfg!(feature = "tls") => {
            ("`rediss://` needs the feature `tls`".to_owned(), "build with it")
        }
        Some(scheme) if KNOWN.contains(&scheme) => (
            format!("the url that begins with `{scheme}://` cannot be read"),
            "redis://USER:PASSWORD@HOST:PORT/DB, with special characters of the password as %XX",
        ),
        _ => (
            "this is no url of a Redis server".to_owned(),
            "it begins with `redis://`, `rediss://` (TLS) or `redis+unix://`",
        ),
    };
    StoreError::new(StoreErrorKind::Setup, what).with_help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_url_is_told_without_its_password() {
        for url in [
            "redsi://user:hunter2@host",
            "redis://user:hunter2@host:port",
            "user:hunter2@host",
            "redis://:hunter2",
            "rediss//:hunter2@host",
            "redis://user:hunter2@host/x",
            "redis://user:hunter2@host?protocol=hunter2",
        ] {
            let error = client(url, &RedisOptions::default()).expect_err(url);
            assert_eq!(error.kind(), StoreErrorKind::Setup);
            assert!(error.help().is_some());
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        }
    }

    #[test]
    fn a_url_is_told_as_its_address() {
        let address = |url| told(&client(url, &RedisOptions::default()).unwrap());
        assert_eq!(address("redis://user:hunter2@host:7/1"), "host:7");
        assert_eq!(address("redis://host"), "host:6379");
        assert_eq!(address("redis+unix:///run/redis.sock?pass=hunter2"), "/run/redis.sock");
    }

    #[test]
    fn another_server_of_a_cluster_has_the_same_user() {
        let first = client("redis://user:hunter2@host:7", &RedisOptions::default()).unwrap();
        let second = beside(&first, "other", 8);
        assert_eq!(told(&second), "other:8");
        let login = second.get_connection_info().redis_settings().clone();
        assert_eq!((login.username(), login.password()), (Some("user"), Some("hunter2")));
    }
}

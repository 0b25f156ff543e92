//! `rediss://`: a server with a certificate of its own making.

use std::time::Duration;

use cep_engine::store::{StateStore, StoreErrorKind};
use cep_store_redis::{ClientCertificate, RedisOptions, RedisStore};
use rcgen::{CertificateParams, KeyPair};

use crate::support::folder::Folder;
use crate::support::server::{Server, free_port};
use crate::support::{fresh, namespace, run};

/// A server that speaks TLS, its port for that, and the certificate and key that it shows.
fn server(asks_for_certificate: &str) -> (Server, u16, Vec<u8>, Vec<u8>) {
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
    (server, port, certificate, key)
}

async fn open(url: &str, options: &RedisOptions) -> Result<bool, cep_engine::store::StoreError> {
    Ok(RedisStore::connect(url, namespace("fraud"), options).await?.open(fresh(2)).await?.is_new)
}

#[test]
fn a_server_is_trusted_whose_certificate_is_vouched_for() {
    let (server, port, certificate, _) = server("no");
    let url = format!("rediss://127.0.0.1:{port}");
    let connect_timeout = Duration::from_secs(1);
    let trusting =
        RedisOptions { root_certificates: Some(certificate), connect_timeout, ..RedisOptions::default() };
    assert!(run(open(&url, &trusting)).unwrap());
    let refused = run(open(&url, &RedisOptions::default())).unwrap_err();
    assert_eq!(refused.kind(), StoreErrorKind::Setup, "{refused:?}");
    assert!(refused.help().is_some_and(|help| help.contains("certificate")), "{refused:?}");
    let other_name = run(open(&format!("rediss://127.0.0.2:{port}"), &trusting)).unwrap_err();
    assert!(
        [StoreErrorKind::Setup, StoreErrorKind::Unavailable].contains(&other_name.kind()),
        "{other_name:?}"
    );
    // The one speaks TLS where the other does not.
    for wrong in [format!("redis://127.0.0.1:{port}"), format!("rediss://127.0.0.1:{}", server.port)] {
        let error = run(open(&wrong, &trusting)).unwrap_err();
        assert!(error.help().is_some_and(|help| help.contains("rediss://")), "{wrong}: {error:?}");
    }
}

#[test]
fn a_server_may_ask_for_a_certificate() {
    let (_server, port, certificate, key) = server("yes");
    let url = format!("rediss://localhost:{port}");
    let trusting = RedisOptions { root_certificates: Some(certificate.clone()), ..RedisOptions::default() };
    let refused = run(open(&url, &trusting)).unwrap_err();
    assert!(refused.help().is_some(), "{refused:?}");
    let known = ClientCertificate { chain: certificate, key };
    let known = RedisOptions { client_certificate: Some(known), ..trusting };
    assert!(run(open(&url, &known)).unwrap());
}

#[test]
fn what_is_no_certificate_is_a_matter_of_setup() {
    let root = |pem: &[u8]| RedisOptions { root_certificates: Some(pem.to_vec()), ..RedisOptions::default() };
    let key = ClientCertificate { chain: b"x".to_vec(), key: b"x".to_vec() };
    let no_key = RedisOptions { client_certificate: Some(key), ..RedisOptions::default() };
    let garbage = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for options in [no_key, root(b"a path perhaps"), root(garbage)] {
        let error = run(open("rediss://127.0.0.1:1", &options)).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Setup, "{error:?}");
    }
}

//! `rediss://`: a server with a certificate of its own making.

use std::time::Duration;

use cep_engine::store::{StateStore, StoreErrorKind};
use cep_redis_testkit::TlsServer;
use cep_store_redis::{ClientCertificate, RedisOptions, RedisStore};

use crate::support::{fresh, namespace, run};

async fn open(url: &str, options: &RedisOptions) -> Result<bool, cep_engine::store::StoreError> {
    Ok(RedisStore::connect(url, namespace("fraud"), options).await?.open(fresh(2)).await?.is_new)
}

#[test]
fn a_server_is_trusted_whose_certificate_is_vouched_for() {
    let TlsServer { server, port, certificate, .. } = TlsServer::start("no");
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
    let TlsServer { server: _server, port, certificate, key } = TlsServer::start("yes");
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

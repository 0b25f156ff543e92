//! TLS before a real member: a peer of our own takes it off, as members of the open source edition do not speak it.

use std::sync::Arc;
use std::time::Duration;

use hazelcast_client::{Client, Config, Error, ErrorKind, Tls};
use rcgen::{CertificateParams, KeyPair};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use crate::shared::cluster;

/// A certificate that nobody else has signed, and its key.
struct Identity {
    chain: String,
    key: String,
}

impl Identity {
    fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec![name.to_owned()]).unwrap().self_signed(&key).unwrap();
        Self { chain: certificate.pem(), key: key.serialize_pem() }
    }

    fn der(&self) -> CertificateDer<'static> {
        CertificateDer::from_pem_slice(self.chain.as_bytes()).unwrap()
    }
}

/// A peer before the shared member; it believes this one client, where it asks for a certificate. Gives its address.
async fn peer(own: &Identity, believed: Option<&Identity>) -> String {
    let provider = Arc::new(default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    let builder = match believed {
        None => builder.with_no_client_auth(),
        Some(client) => {
            let mut roots = RootCertStore::empty();
            roots.add(client.der()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.unwrap())
        }
    };
    let key = PrivateKeyDer::from_pem_slice(own.key.as_bytes()).unwrap();
    let config = builder.with_single_cert(vec![own.der()], key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let member = cluster().addresses()[0].clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, member) = (acceptor.clone(), member.clone());
            tokio::spawn(async move {
                // Whoever is not believed, or hangs up, is none of its business.
                let Ok(mut outside) = acceptor.accept(stream).await else { return };
                let Ok(mut inside) = TcpStream::connect(member).await else { return };
                drop(copy_bidirectional(&mut outside, &mut inside).await);
            });
        }
    });
    address
}

async fn connect(address: &str, tls: Tls) -> Result<Client, Error> {
    let config = Config::new([address])
        .cluster_name(cluster().name())
        .tls(tls)
        .cluster_connect_timeout(Duration::from_millis(5));
    Client::connect(config).await
}

/// Values of all sizes come through.
async fn works(client: &Client) {
    // Of this client alone: other tests do the same meanwhile.
    let map = client.map::<i32, Vec<u8>>(&format!("tls-{}", client.id()));
    for size in [0, 1, 100, 20_000, 3_000_000] {
        let value = vec![7; size];
        map.set(&1, &value).await.unwrap();
        assert!(map.get(&1).await.unwrap() == Some(value), "{size} bytes");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_is_believed_whose_root_is() {
    let own = Identity::new("127.0.0.1");
    let address = peer(&own, None).await;
    works(&connect(&address, Tls::new().roots(own.chain.clone())).await.unwrap()).await;

    let stranger = Identity::new("127.0.0.1");
    let error = connect(&address, Tls::new().roots(stranger.chain)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Setup);
    assert!(error.to_string().contains("certificate"), "{error}");
    // Nor do this machine's roots have signed it.
    assert_eq!(connect(&address, Tls::new()).await.unwrap_err().kind(), ErrorKind::Setup);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_for_a_name() {
    let own = Identity::new("hz.example.com");
    let address = peer(&own, None).await;
    let tls = Tls::new().roots(own.chain);
    let error = connect(&address, tls.clone()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Setup);
    assert!(error.to_string().contains("name"), "{error}");
    works(&connect(&address, tls.server_name("hz.example.com")).await.unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_shows_a_certificate_where_it_is_asked_for_one() {
    let (own, client, stranger) =
        (Identity::new("127.0.0.1"), Identity::new("client"), Identity::new("client"));
    let address = peer(&own, Some(&client)).await;
    let tls = Tls::new().roots(own.chain);
    works(&connect(&address, tls.clone().client_certificate(client.chain, client.key)).await.unwrap()).await;
    let shows_none = connect(&address, tls.clone()).await.unwrap_err();
    assert!(shows_none.to_string().contains(&address), "{shows_none}");
    let unknown = tls.clone().client_certificate(stranger.chain.clone(), stranger.key);
    assert!(connect(&address, unknown).await.is_err());
    let mixed = connect(&address, tls.client_certificate(stranger.chain, "no key")).await.unwrap_err();
    assert_eq!(mixed.kind(), ErrorKind::Setup);
    assert!(mixed.to_string().contains("the client's key is no PEM"), "{mixed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_speak_tls_is_told_from_who_does() {
    let own = Identity::new("127.0.0.1");
    let address = peer(&own, None).await;
    let plain = Config::new([&address]).cluster_connect_timeout(Duration::from_millis(5));
    assert_eq!(Client::connect(plain).await.unwrap_err().kind(), ErrorKind::Unavailable);
    let tls = Tls::new().roots(own.chain);
    let error = connect(&cluster().addresses()[0], tls).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Setup | ErrorKind::Unavailable), "{error:?}");
}

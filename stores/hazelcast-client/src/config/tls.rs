//! TLS: whom a client believes, and what it shows. PEM in, the parts of a handshake out; connections are made elsewhere.

use std::fmt;
use std::sync::Arc;

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// How a client speaks TLS with members: by rustls, in the versions 1.2 and 1.3.
///
/// ```no_run
/// use hazelcast_client::{Config, Tls};
///
/// # fn example() -> std::io::Result<()> {
/// let tls = Tls::new()
///     .roots(std::fs::read("ca.pem")?)
///     .client_certificate(std::fs::read("client.pem")?, std::fs::read("client.key")?);
/// let config = Config::new(["hz.example.com:5701"]).tls(tls);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Tls {
    roots: Option<Vec<u8>>,
    identity: Option<(Vec<u8>, Vec<u8>)>,
    server_name: Option<String>,
}

impl Tls {
    /// Believes the roots that this machine believes, and shows nothing.
    ///
    /// ```
    /// let tls = hazelcast_client::Tls::new();
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Believes these certificates as roots, and no others: PEM, one or many.
    ///
    /// ```no_run
    /// # fn example() -> std::io::Result<()> {
    /// let tls = hazelcast_client::Tls::new().roots(std::fs::read("ca.pem")?);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn roots(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.roots = Some(pem.into());
        self
    }

    /// Shows a certificate to members that ask for one (mutual TLS): its chain and its key, both PEM.
    ///
    /// ```no_run
    /// # fn example() -> std::io::Result<()> {
    /// let (chain, key) = (std::fs::read("client.pem")?, std::fs::read("client.key")?);
    /// let tls = hazelcast_client::Tls::new().client_certificate(chain, key);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn client_certificate(mut self, chain: impl Into<Vec<u8>>, key: impl Into<Vec<u8>>) -> Self {
        self.identity = Some((chain.into(), key.into()));
        self
    }

    /// The name that members' certificates have to be for; else it is the host of the address that is connected to.
    ///
    /// ```
    /// let tls = hazelcast_client::Tls::new().server_name("hz.example.com");
    /// ```
    #[must_use]
    pub fn server_name(mut self, name: impl Into<String>) -> Self {
        self.server_name = Some(name.into());
        self
    }

    /// What rustls has to know; else what is wrong with the certificates.
    pub(crate) fn client(&self) -> Result<Arc<ClientConfig>, String> {
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(self.believed()?);
        let config = match &self.identity {
            None => builder.with_no_client_auth(),
            Some((chain, key)) => {
                let chain = certificates(chain, "the client's certificate")?;
                let key = PrivateKeyDer::from_pem_slice(key)
                    .map_err(|error| format!("the client's key is no PEM of a key: {error}"))?;
                builder
                    .with_client_auth_cert(chain, key)
                    .map_err(|error| format!("the client's certificate and key: {error}"))?
            }
        };
        Ok(Arc::new(config))
    }

    fn believed(&self) -> Result<RootCertStore, String> {
        let mut store = RootCertStore::empty();
        match &self.roots {
            Some(pem) => {
                for root in certificates(pem, "a root")? {
                    store.add(root).map_err(|error| format!("a root: {error}"))?;
                }
            }
            None => {
                // One of them that cannot be read does not matter as long as others can.
                store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            }
        }
        if store.is_empty() {
            return Err("there are no root certificates to believe: name some with `Tls::roots`".to_owned());
        }
        Ok(store)
    }

    /// The name that the certificate of whoever is at an address has to be for.
    pub(crate) fn name_of(&self, address: &str) -> Result<ServerName<'static>, String> {
        let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let name = self.server_name.as_deref().unwrap_or(host);
        ServerName::try_from(name.to_owned()).map_err(|_| format!("`{name}` is no name of a server"))
    }
}

fn certificates(pem: &[u8], what: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match all {
        Ok(all) if !all.is_empty() => Ok(all),
        Ok(_) => Err(format!("{what} is no PEM of a certificate")),
        Err(error) => Err(format!("{what} is no PEM of a certificate: {error}")),
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told = formatter.debug_struct("Tls");
        told.field("own_roots", &self.roots.is_some()).field("client_certificate", &self.identity.is_some());
        told.field("server_name", &self.server_name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_certificates_is_told() {
        let told = |tls: Tls| tls.client().unwrap_err();
        assert_eq!(told(Tls::new().roots("nothing")), "a root is no PEM of a certificate");
        let tls = Tls::new().server_name("not a name");
        assert_eq!(tls.name_of("a:1").unwrap_err(), "`not a name` is no name of a server");
        assert_eq!(Tls::new().name_of("[::1]:5701").unwrap(), ServerName::try_from("::1").unwrap());
    }

    #[test]
    fn a_key_is_in_no_text() {
        let tls = Tls::new().client_certificate("chain", "hush");
        assert!(
            !format!("{tls:?}").contains("hush") && format!("{tls:?}").contains("client_certificate: true")
        );
    }
}

//! The handshake of TLS before the first byte of a connection; without the feature there is none.

#[cfg(feature = "tls")]
pub(crate) use with::Secure;

/// There is no TLS in this build.
#[cfg(not(feature = "tls"))]
#[derive(Debug)]
pub(crate) enum Secure {}

#[cfg(feature = "tls")]
mod with {
    use std::io;

    use tokio::net::TcpStream;
    use tokio_rustls::TlsConnector;
    use tokio_rustls::client::TlsStream;
    use tokio_rustls::rustls::pki_types::ServerName;

    use crate::config::Tls;

    /// How one peer is spoken to.
    pub(crate) struct Secure {
        connector: TlsConnector,
        name: ServerName<'static>,
    }

    impl Secure {
        pub(crate) fn new(tls: &Tls, address: &str) -> Result<Self, String> {
            Ok(Self { connector: tls.client()?.into(), name: tls.name_of(address)? })
        }

        pub(in crate::connection) async fn handshake(
            self,
            stream: TcpStream,
        ) -> io::Result<TlsStream<TcpStream>> {
            self.connector.connect(self.name, stream).await
        }

        /// Whether a connection failed for what the two believe or show, which will be so again.
        pub(crate) fn is_distrust(error: &io::Error) -> bool {
            error.get_ref().is_some_and(|inner| inner.is::<tokio_rustls::rustls::Error>())
        }
    }
}

//! The two tasks of a connection.

use std::io;
use std::sync::Arc;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Connection, ConnectionId, Inbox, Secure, Traffic};
use crate::frame::{Decoder, FrameError};

/// What a client says first.
const GREETING: &[u8] = b"CP2";

/// Room that is made for what comes next.
const CHUNK: usize = 64 << 10;

/// A connection that is to be made.
pub(crate) struct Opening<'a> {
    pub(crate) id: ConnectionId,
    pub(crate) address: &'a str,
    pub(crate) secure: Option<Secure>,
    pub(crate) most_message_bytes: usize,
    pub(crate) traffic: Arc<Traffic>,
    pub(crate) inbox: Arc<dyn Inbox>,
}

/// Connects, and starts both tasks.
pub(crate) async fn open(opening: Opening<'_>) -> io::Result<Arc<Connection>> {
    let Opening { id, address, secure, most_message_bytes, traffic, inbox } = opening;
    let stream = TcpStream::connect(address).await?;
    // Batches are made here; waiting for more would only delay them.
    stream.set_nodelay(true)?;
    let connection = Connection::new(id, address.to_owned(), stream.local_addr()?.to_string());
    connection.send(|out| out.extend_from_slice(GREETING));
    let tasks =
        Tasks { connection: Arc::new(connection), traffic, decoder: Decoder::new(most_message_bytes), inbox };
    match secure {
        None => {
            let (read, write) = stream.into_split();
            Ok(tasks.start(read, write))
        }
        #[cfg(feature = "tls")]
        Some(secure) => {
            let (read, write) = tokio::io::split(secure.handshake(stream).await?);
            Ok(tasks.start(read, write))
        }
        #[cfg(not(feature = "tls"))]
        Some(none) => match none {},
    }
}

struct Tasks {
    connection: Arc<Connection>,
    traffic: Arc<Traffic>,
    decoder: Decoder,
    inbox: Arc<dyn Inbox>,
}

impl Tasks {
    fn start<R, W>(self, read: R, write: W) -> Arc<Connection>
    where
        R: AsyncRead + Unpin + Send + 'static,
        W: AsyncWrite + Unpin + Send + 'static,
    {
        let connection = Arc::clone(&self.connection);
        tokio::spawn(writing(Arc::clone(&connection), Arc::clone(&self.traffic), write));
        tokio::spawn(self.reading(read));
        connection
    }

    async fn reading(self, mut stream: impl AsyncRead + Unpin) {
        let Self { connection, traffic, mut decoder, inbox } = self;
        let mut closing = connection.closing.subscribe();
        loop {
            decoder.buffer().reserve(CHUNK);
            let read = tokio::select! {
                read = stream.read_buf(decoder.buffer()) => read,
                _ = closing.wait_for(|is_closing| *is_closing) => break,
            };
            match read {
                Ok(0) => connection.close("the member has closed it"),
                Ok(bytes) => {
                    traffic.add_received(bytes);
                    connection.mark(&connection.last_read);
                }
                Err(error) => connection.close(&error.to_string()),
            }
            if let Err(error) = deliver(&connection, &mut decoder, &*inbox) {
                connection.close(&format!("the member sent {error}"));
            }
        }
        inbox.closed(&connection);
    }
}

fn deliver(connection: &Connection, decoder: &mut Decoder, inbox: &dyn Inbox) -> Result<(), FrameError> {
    while let Some(message) = decoder.next()? {
        inbox.message(connection, message);
    }
    Ok(())
}

async fn writing(connection: Arc<Connection>, traffic: Arc<Traffic>, mut stream: impl AsyncWrite + Unpin) {
    let mut closing = connection.closing.subscribe();
    let mut batch = BytesMut::new();
    let write = async {
        loop {
            connection.outbox.take(&mut batch).await;
            stream.write_all(&batch).await?;
            // What TLS has encrypted it may keep until it is told that nothing follows.
            stream.flush().await?;
            traffic.add_sent(batch.len());
            connection.mark(&connection.last_written);
        }
    };
    let result: io::Result<()> = tokio::select! {
        result = write => result,
        _ = closing.wait_for(|is_closing| *is_closing) => Ok(()),
    };
    if let Err(error) = result {
        connection.close(&error.to_string());
    }
}

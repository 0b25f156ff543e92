//! The two tasks of a connection.

use std::io;
use std::sync::Arc;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use super::{Connection, ConnectionId, Inbox};
use crate::frame::{Decoder, FrameError};

/// What a client says first.
const GREETING: &[u8] = b"CP2";

/// Room that is made for what comes next.
const CHUNK: usize = 64 << 10;

/// Connects, and starts both tasks.
pub(crate) async fn open(
    id: ConnectionId,
    address: &str,
    most_message_bytes: usize,
    inbox: Arc<dyn Inbox>,
) -> io::Result<Arc<Connection>> {
    let stream = TcpStream::connect(address).await?;
    // Batches are made here; waiting for more would only delay them.
    stream.set_nodelay(true)?;
    let (read, write) = stream.into_split();
    let connection = Arc::new(Connection::new(id, address.to_owned()));
    connection.send(|out| out.extend_from_slice(GREETING));
    tokio::spawn(writing(Arc::clone(&connection), write));
    tokio::spawn(reading(Arc::clone(&connection), read, Decoder::new(most_message_bytes), inbox));
    Ok(connection)
}

async fn reading(
    connection: Arc<Connection>,
    mut stream: OwnedReadHalf,
    mut decoder: Decoder,
    inbox: Arc<dyn Inbox>,
) {
    let mut closing = connection.closing.subscribe();
    loop {
        decoder.buffer().reserve(CHUNK);
        let read = tokio::select! {
            read = stream.read_buf(decoder.buffer()) => read,
            _ = closing.wait_for(|is_closing| *is_closing) => break,
        };
        match read {
            Ok(0) => connection.close("the member has closed it"),
            Ok(_) => connection.mark(&connection.last_read),
            Err(error) => connection.close(&error.to_string()),
        }
        if let Err(error) = deliver(&connection, &mut decoder, &*inbox) {
            connection.close(&format!("the member sent {error}"));
        }
    }
    inbox.closed(&connection);
}

fn deliver(connection: &Connection, decoder: &mut Decoder, inbox: &dyn Inbox) -> Result<(), FrameError> {
    while let Some(message) = decoder.next()? {
        inbox.message(connection, message);
    }
    Ok(())
}

async fn writing(connection: Arc<Connection>, mut stream: OwnedWriteHalf) {
    let mut closing = connection.closing.subscribe();
    let mut batch = BytesMut::new();
    let write = async {
        loop {
            connection.outbox.take(&mut batch).await;
            stream.write_all(&batch).await?;
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

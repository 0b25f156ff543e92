//! A live input, read on a thread of its own, so that silence is noticed: `idle after` is by the host's clock. A read
//! that finds nothing in time fails with [`io::ErrorKind::WouldBlock`]; later ones look again.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

const CHUNK: usize = 64 << 10;

/// Chunks that may wait: the source is not read ahead of what can be used.
const MOST_WAITING: usize = 16;

/// How long a read waits once the input is known to be silent.
const LOOK: Duration = Duration::from_millis(1);

pub(super) struct LiveInput {
    chunks: Receiver<io::Result<Vec<u8>>>,
    current: Vec<u8>,
    used: usize,
    idle_after: Duration,
    silent: bool,
}

impl LiveInput {
    pub(super) fn new(input: Box<dyn Read + Send>, idle_after: Duration) -> Self {
        let (sender, chunks) = sync_channel(MOST_WAITING);
        // The thread ends with its input, or with the process.
        std::thread::spawn(move || forward(input, &sender));
        Self { chunks, current: Vec::new(), used: 0, idle_after, silent: false }
    }

    fn next_chunk(&mut self) -> io::Result<bool> {
        let wait = if self.silent { LOOK } else { self.idle_after };
        match self.chunks.recv_timeout(wait) {
            Ok(chunk) => {
                self.current = chunk?;
                self.used = 0;
                self.silent = false;
                Ok(true)
            }
            Err(RecvTimeoutError::Disconnected) => Ok(false),
            Err(RecvTimeoutError::Timeout) => {
                self.silent = true;
                Err(io::ErrorKind::WouldBlock.into())
            }
        }
    }
}

fn forward(mut input: Box<dyn Read + Send>, chunks: &SyncSender<io::Result<Vec<u8>>>) {
    let mut buffer = vec![0; CHUNK];
    loop {
        let read = match input.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read,
        };
        let over = !matches!(read, Ok(read) if read > 0);
        if matches!(read, Ok(0)) || chunks.send(read.map(|read| buffer[..read].to_vec())).is_err() || over {
            return;
        }
    }
}

impl Read for LiveInput {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.used == self.current.len() && !self.next_chunk()? {
            return Ok(0);
        }
        let read = (&self.current[self.used..]).read(into)?;
        self.used += read;
        Ok(read)
    }
}

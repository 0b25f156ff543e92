//! Standard input that can be read again from behind what was used of it, within one process: so that a run can open its
//! inputs anew, for another program. A thread reads ahead; what nobody has used yet is kept.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use super::bookmark::{BYTE_ORDER_MARK, Bookmark};

/// So much is read ahead of whoever reads.
const MOST_AHEAD: u64 = 1 << 20;

const CHUNK: usize = 64 << 10;

/// An input that is kept until it is used.
#[derive(Clone)]
pub struct Replay {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// What the input begins with: a byte order mark and a header, once it is known how long they are.
    begin: Option<Vec<u8>>,
    /// What is kept of the input, and how many bytes stand before it.
    kept: VecDeque<u8>,
    from: u64,
    end: Option<End>,
    /// The number of the reader that may read, and how far it is.
    reader: u64,
    read: u64,
    /// Behind what was used.
    used: Option<Bookmark>,
}

/// How the input ended.
#[derive(Clone, Copy)]
enum End {
    Over,
    Failed(io::ErrorKind),
}

impl Replay {
    /// Begins to read an input. The thread ends with it, or with the process.
    #[must_use]
    pub fn start(input: impl Read + Send + 'static) -> Self {
        let shared = Arc::new(Shared { state: Mutex::default(), changed: Condvar::new() });
        let reading = Arc::clone(&shared);
        std::thread::spawn(move || reading.forward(input));
        Self { shared }
    }

    /// The input from behind what was used of it, its header before that, and how far that is. Earlier readers read nothing
    /// any more.
    pub(super) fn open(&self) -> (ReplayReader, Option<Bookmark>) {
        let mut state = self.shared.lock();
        state.reader += 1;
        let used = state.used.clone();
        let begin = used.as_ref().and_then(|_| state.begin.clone()).unwrap_or_default();
        state.read = state.from;
        let reader = ReplayReader {
            shared: Arc::clone(&self.shared),
            number: state.reader,
            begin: io::Cursor::new(begin),
            at: state.from,
        };
        drop(state);
        self.shared.changed.notify_all();
        (reader, used)
    }

    /// Nobody will ask again for what stands before a bookmark.
    pub fn used(&self, bookmark: &Bookmark) {
        let mut state = self.shared.lock();
        if state.begin.is_none() {
            let mark = if starts_with_mark(&state.kept) { BYTE_ORDER_MARK.len() } else { 0 };
            let length = mark + usize::try_from(bookmark.header).unwrap_or(usize::MAX);
            state.begin = Some(state.kept.iter().take(length).copied().collect());
        }
        let mark = state.begin.as_ref().is_some_and(|begin| begin.starts_with(BYTE_ORDER_MARK));
        let behind = bookmark.bytes + if mark { BYTE_ORDER_MARK.len() as u64 } else { 0 };
        let gone =
            usize::try_from(behind.saturating_sub(state.from)).unwrap_or(usize::MAX).min(state.kept.len());
        state.kept.drain(..gone);
        state.from += gone as u64;
        state.used = Some(bookmark.clone());
    }
}

fn starts_with_mark(kept: &VecDeque<u8>) -> bool {
    kept.iter().take(BYTE_ORDER_MARK.len()).eq(BYTE_ORDER_MARK)
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics while holding it")
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.changed.wait(state).expect("nobody panics while holding it")
    }

    fn forward(&self, mut input: impl Read) {
        let mut chunk = vec![0; CHUNK];
        loop {
            let end = match input.read(&mut chunk) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Some(End::Failed(error.kind())),
                Ok(0) => Some(End::Over),
                Ok(read) => {
                    let mut state = self.lock();
                    state.kept.extend(&chunk[..read]);
                    self.changed.notify_all();
                    while state.from + state.kept.len() as u64 > state.read + MOST_AHEAD {
                        state = self.wait(state);
                    }
                    None
                }
            };
            if end.is_some() {
                self.lock().end = end;
                return self.changed.notify_all();
            }
        }
    }
}

/// One reading of it.
pub(super) struct ReplayReader {
    shared: Arc<Shared>,
    number: u64,
    begin: io::Cursor<Vec<u8>>,
    /// How many bytes of the input stand before what comes next.
    at: u64,
}

impl Read for ReplayReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.begin.read(into)?;
        if read > 0 || into.is_empty() {
            return Ok(read);
        }
        let mut state = self.shared.lock();
        loop {
            if state.reader != self.number {
                return Err(io::Error::other("the input is read anew"));
            }
            let skip = usize::try_from(self.at - state.from).unwrap_or(usize::MAX);
            if skip < state.kept.len() {
                let read = copy(&state.kept, skip, into);
                self.at += read as u64;
                state.read = self.at;
                self.shared.changed.notify_all();
                return Ok(read);
            }
            match state.end {
                Some(End::Over) => return Ok(0),
                Some(End::Failed(kind)) => return Err(kind.into()),
                None => state = self.shared.wait(state),
            }
        }
    }
}

fn copy(kept: &VecDeque<u8>, skip: usize, mut into: &mut [u8]) -> usize {
    let (first, second) = kept.as_slices();
    let part = if skip < first.len() { &first[skip..] } else { &second[skip - first.len()..] };
    let read = part.len().min(into.len());
    into = &mut into[..read];
    into.copy_from_slice(&part[..read]);
    read
}

/// The same where it is the same input.
impl PartialEq for Replay {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }
}

impl Eq for Replay {}

impl std::fmt::Debug for Replay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Replay").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(of: impl Read) -> String {
        io::read_to_string(of).unwrap()
    }

    #[test]
    fn it_is_read_again_from_behind_what_was_used() {
        let long: String = (0..300_000).map(|row| format!("{row:07}\n")).collect();
        for mark in ["", "\u{feff}"] {
            let whole = format!("{mark}header\n{long}");
            let replay = Replay::start(io::Cursor::new(whole.clone().into_bytes()));
            let (first, used) = replay.open();
            assert_eq!((text(first), used), (whole.clone(), None));
            let (again, _) = replay.open();
            assert_eq!(text(again), whole);
            for rows in [3, 3, 200_000] {
                let bookmark = Bookmark { rows, header: 7, bytes: 7 + rows * 8, ..Bookmark::default() };
                replay.used(&bookmark);
                let (rest, used) = replay.open();
                let from = usize::try_from(rows * 8).unwrap();
                assert_eq!((text(rest), used), (format!("{mark}header\n{}", &long[from..]), Some(bookmark)));
            }
        }
    }

    #[test]
    fn an_earlier_reader_reads_nothing_any_more() {
        let replay = Replay::start(io::Cursor::new(b"abc".to_vec()));
        let (mut first, _) = replay.open();
        let mut byte = [0];
        assert_eq!(first.read(&mut byte).unwrap(), 1);
        let (second, _) = replay.open();
        first.read(&mut byte).unwrap_err();
        assert_eq!(text(second), "abc");
    }
}

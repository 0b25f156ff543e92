//! All that a store says of a group, read page by page and held against itself.

use bytes::Bytes;
use cep_core::time::Timestamp;
use cep_engine::store::{Due, Entry, GroupId, Header, Page};

use crate::Harness;
use crate::world::{Answer, Handle, ok};

/// A group as its readers see it.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Dump {
    pub(crate) header: Header,
    pub(crate) entries: Vec<Entry>,
    pub(crate) due: Vec<Due>,
    pub(crate) outbox: Vec<(u64, Bytes)>,
}

/// More than any test has pages.
const MOST_PAGES: usize = 200_000;

/// All pages, one after the other, each with the cursor that the one before it gave; `most` is what a page may have.
#[track_caller]
pub(crate) fn pages<T, C>(most: usize, mut page: impl FnMut(Option<C>) -> Answer<Page<T, C>>) -> Vec<T> {
    let mut items = Vec::new();
    let mut after = None;
    for _ in 0..MOST_PAGES {
        let page = ok(page(after));
        assert!(page.items.len() <= most, "{} items on a page of at most {most}", page.items.len());
        items.extend(page.items);
        match page.next {
            Some(next) => after = Some(next),
            None => return items,
        }
    }
    panic!("the pages never end");
}

impl<H: Harness> Handle<'_, H> {
    /// All entries whose keys begin with `prefix`, in pages of about `limit`, each once and in order.
    #[track_caller]
    pub(crate) fn scan_all(&self, group: GroupId, prefix: &[u8], limit: usize) -> Vec<Entry> {
        ordered(pages(usize::MAX, |after| self.scan(group, prefix, after, limit)))
    }

    /// All that is due, in pages of `limit`.
    #[track_caller]
    pub(crate) fn due_all(&self, group: GroupId, until: i64, limit: usize) -> Vec<Due> {
        pages(limit, |after| self.due(group, until, after, limit))
    }

    /// The whole group; panics where entries, deadlines, values and outbox do not fit together.
    #[track_caller]
    pub(crate) fn dump(&self, group: GroupId) -> Dump {
        let header = self.look().expect("the namespace is there").groups.swap_remove(usize::from(group.0));
        let entries = self.scan_all(group, b"", 1_000);
        let due = self.due_all(group, i64::MAX, 1_000);
        let outbox = ok(self.outbox(group, 0, 1_000_000));
        let dump = Dump { header, entries, due, outbox };
        self.check(group, &dump);
        dump
    }

    #[track_caller]
    fn check(&self, group: GroupId, dump: &Dump) {
        assert!(dump.entries.is_sorted_by(|a, b| a.key < b.key), "entries out of order: {:?}", dump.entries);
        assert_eq!(dump.due, deadlines(&dump.entries), "deadlines are not those of the entries");
        let keys: Vec<_> = dump.entries.iter().map(|entry| entry.key.clone()).collect();
        let values: Vec<_> = dump.entries.iter().map(|entry| Some(entry.value.clone())).collect();
        assert_eq!(ok(self.load(group, &keys)), values, "`load` and `scan` do not agree");
        let numbers: Vec<_> = dump.outbox.iter().map(|(number, _)| *number).collect();
        let expected: Vec<_> = (dump.header.first_outbox..dump.header.next_outbox).collect();
        assert_eq!(numbers, expected, "the outbox has holes, or is not what its header says");
    }
}

/// What a scan gave, each once and in order.
pub(crate) fn ordered(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.sort_by(|a, b| a.key.cmp(&b.key));
    entries.dedup();
    entries
}

/// The deadlines of entries as `due` has to tell them.
pub(crate) fn deadlines(entries: &[Entry]) -> Vec<Due> {
    let due = |entry: &Entry| -> Option<Due> {
        let deadline: Timestamp = entry.deadline?;
        Some(Due { deadline, key: entry.key.clone() })
    };
    let mut due: Vec<_> = entries.iter().filter_map(due).collect();
    due.sort();
    due
}

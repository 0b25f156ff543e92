//! The keys that lines have had so far, as they stood there: with the gaps around them, and with what usually comes after
//! each. Lines mostly look like the line before, so a key is known by one comparison.

/// The keys of lines so far.
#[derive(Debug)]
pub(super) struct Shape {
    keys: Vec<Key>,
    /// The key expected first in a line.
    first: usize,
}

/// A key as it stands in a line: `"key":` and the gaps before, in and behind it.
#[derive(Debug)]
struct Key {
    text: Box<[u8]>,
    /// The first sixteen bytes, and which of them count.
    head: u128,
    counts: u128,
    field: Option<usize>,
    /// The key expected next.
    next: usize,
}

/// A key found in a line: its place among the keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place(usize);

impl Shape {
    /// So many different keys are remembered.
    const MOST: usize = 64;

    pub(super) fn new() -> Self {
        Self { keys: Vec::new(), first: 0 }
    }

    /// The key at an offset, where the line has had `before` before it; and where its value starts. `name` tells the field
    /// of a key.
    #[inline]
    pub(super) fn find(
        &mut self,
        block: &[u8],
        at: usize,
        before: Option<Place>,
        name: impl Fn(&[u8]) -> Option<usize>,
    ) -> Option<(Place, usize)> {
        let expected = before.map_or(self.first, |Place(key)| self.keys[key].next);
        match self.keys.get(expected) {
            Some(key) if key.stands_at(block, at) => Some((Place(expected), at + key.text.len())),
            _ => self.find_other(block, at, before, name),
        }
    }

    #[cold]
    fn find_other(
        &mut self,
        block: &[u8],
        at: usize,
        before: Option<Place>,
        name: impl Fn(&[u8]) -> Option<usize>,
    ) -> Option<(Place, usize)> {
        let known = self.keys.iter().position(|key| key.stands_at(block, at));
        let found = known.map_or_else(|| self.learn(&block[at..], name), Some)?;
        match before {
            Some(Place(key)) => self.keys[key].next = found,
            None => self.first = found,
        }
        Some((Place(found), at + self.keys[found].text.len()))
    }

    /// Takes note of the key that the text begins with; none where it begins with no key, or with an unusual one.
    fn learn(&mut self, text: &[u8], name: impl Fn(&[u8]) -> Option<usize>) -> Option<usize> {
        let open = gap(text);
        let (start, rest) = (open + 1, text.get(open..)?.strip_prefix(b"\"")?);
        let end = start + rest.iter().position(|byte| *byte == b'"' || *byte == b'\\' || *byte < b' ')?;
        let colon = end + 1 + gap(text.get(end..)?.strip_prefix(b"\"")?);
        let behind = text.get(colon..)?.strip_prefix(b":")?;
        let length = colon + 1 + gap(behind);
        // The gap is known to end only where something follows.
        text.get(length)?;
        std::str::from_utf8(&text[start..end]).ok()?;
        if self.keys.len() == Self::MOST {
            return None;
        }
        self.keys.push(Key::new(&text[..length], name(&text[start..end])));
        Some(self.keys.len() - 1)
    }

    /// Forgets all keys where no more can be remembered.
    pub(super) fn make_room(&mut self) {
        if self.keys.len() == Self::MOST {
            *self = Self::new();
        }
    }

    /// The field that a key names, if it is read.
    #[inline]
    pub(super) fn field(&self, Place(key): Place) -> Option<usize> {
        self.keys[key].field
    }
}

impl Key {
    const HEAD: usize = size_of::<u128>();

    fn new(text: &[u8], field: Option<usize>) -> Self {
        let mut head = [0; Self::HEAD];
        let length = text.len().min(Self::HEAD);
        head[..length].copy_from_slice(&text[..length]);
        let counts = if length == Self::HEAD { u128::MAX } else { !(u128::MAX << (8 * length)) };
        Self { text: text.into(), head: u128::from_le_bytes(head), counts, field, next: usize::MAX }
    }

    #[inline]
    fn stands_at(&self, block: &[u8], at: usize) -> bool {
        let rest = &block[at..];
        match rest.first_chunk() {
            Some(head) => {
                (u128::from_le_bytes(*head) ^ self.head) & self.counts == 0
                    && (self.text.len() <= Self::HEAD || rest.starts_with(&self.text))
            }
            None => rest.starts_with(&self.text),
        }
    }
}

/// The length of the gap that text begins with.
fn gap(text: &[u8]) -> usize {
    text.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

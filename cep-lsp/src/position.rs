//! Places in files: bytes here, lines and characters in editors; paths here, addresses there.

use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use cep_dsl::source::{SourceFile, Span};
use lsp_types::{Position, PositionEncodingKind, Range, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What stands for itself in the path of an address.
const PLAIN: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b':');

/// What an editor counts on a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Encoding {
    Utf8,
    #[default]
    Utf16,
}

impl Encoding {
    /// The better one of those that an editor offers.
    pub(crate) fn of(offered: Option<&[PositionEncodingKind]>) -> Self {
        let has_utf8 = offered.is_some_and(|offered| offered.contains(&PositionEncodingKind::UTF8));
        if has_utf8 { Self::Utf8 } else { Self::Utf16 }
    }

    pub(crate) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
        }
    }

    fn count(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            Self::Utf16 => text.encode_utf16().count(),
        }
    }

    /// Where a byte of a text lies; inside a character, where that begins.
    pub(crate) fn position(self, text: &str, offset: usize) -> Position {
        let mut end = offset.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let start = text[..end].rfind('\n').map_or(0, |at| at + 1);
        let line = text[..start].matches('\n').count();
        let number = |count| u32::try_from(count).unwrap_or(u32::MAX);
        Position { line: number(line), character: number(self.count(&text[start..end])) }
    }

    /// The byte at a position; behind the end of a line, its end.
    pub(crate) fn offset(self, text: &str, position: Position) -> usize {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
        let Some(start) = starts.into_iter().nth(position.line as usize) else { return text.len() };
        let line = text[start..].split('\n').next().unwrap_or_default();
        let line = line.strip_suffix('\r').unwrap_or(line);
        let mut left = position.character as usize;
        for (at, character) in line.char_indices() {
            let width = self.count(character.encode_utf8(&mut [0; 4]));
            if left < width {
                return start + at;
            }
            left -= width;
        }
        start + line.len()
    }

    pub(crate) fn range(self, file: &SourceFile, span: Span) -> Range {
        let std::ops::Range { start, end } = span.range();
        Range { start: self.position(file.text(), start), end: self.position(file.text(), end) }
    }
}

/// The address of a file.
pub(crate) fn uri(path: &Path) -> Option<Uri> {
    let text = path.to_str()?.replace('\\', "/");
    let root = if text.starts_with('/') { "" } else { "/" };
    Uri::from_str(&format!("file://{root}{}", utf8_percent_encode(&text, PLAIN))).ok()
}

/// The file at an address. Addresses of what is in no file name a path all the same, at which nothing can be read.
pub(crate) fn path(uri: &Uri) -> PathBuf {
    let text = uri.as_str();
    let Some(rest) = text.strip_prefix("file://") else { return PathBuf::from(text) };
    let path = &rest[rest.find('/').unwrap_or(rest.len())..];
    let path = percent_decode_str(path).decode_utf8_lossy().into_owned();
    // `/C:/patterns` is a path of Windows.
    let is_drive = path.as_bytes().get(2) == Some(&b':');
    PathBuf::from(if is_drive { &path[1..] } else { &path[..] })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    #[test]
    fn positions_are_counted_as_agreed() {
        let text = "a\näöx\r\n𝄞y";
        let last = text.len() - 1;
        assert_eq!(Encoding::Utf16.position(text, last), at(2, 2));
        assert_eq!(Encoding::Utf8.position(text, last), at(2, 4));
        assert_eq!(Encoding::Utf8.position(text, last - 2), at(2, 0));
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            for offset in (0..=text.len()).filter(|at| text.is_char_boundary(*at) && text[*at..] != *"\n𝄞y")
            {
                assert_eq!(encoding.offset(text, encoding.position(text, offset)), offset);
            }
            assert_eq!(encoding.offset(text, at(1, 99)), text.find('\r').unwrap());
            assert_eq!(encoding.offset(text, at(9, 0)), text.len());
        }
    }

    #[test]
    fn addresses_are_paths() {
        for name in ["/a/b c/ä%.cep", "/p.cep"] {
            assert_eq!(path(&uri(Path::new(name)).unwrap()), Path::new(name));
        }
        assert_eq!(uri(Path::new("/a b.cep")).unwrap().as_str(), "file:///a%20b.cep");
        let windows = Uri::from_str("file:///c%3A/p.cep").unwrap();
        assert_eq!(path(&windows), Path::new("c:/p.cep"));
        assert_eq!(path(&Uri::from_str("untitled:One").unwrap()), Path::new("untitled:One"));
    }
}

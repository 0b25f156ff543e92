//! The formats an input may have, and how to tell which one it has.

use std::path::Path;

/// The format of an input.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Format {
    /// Comma-separated values with a header line, as RFC 4180 has them.
    Csv,
    /// One JSON object a line.
    Jsonl,
}

impl Format {
    /// What the file's extension says: `.csv`, or `.jsonl`, `.ndjson`, `.json`.
    #[must_use]
    pub fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "csv" => Some(Self::Csv),
            "jsonl" | "ndjson" | "json" => Some(Self::Jsonl),
            _ => None,
        }
    }

    /// What the first byte says: JSON lines begin with a brace (or, mistakenly, a bracket), a CSV header does not.
    pub(crate) fn of_first_byte(first: Option<u8>) -> Self {
        match first {
            Some(b'{' | b'[') => Self::Jsonl,
            _ => Self::Csv,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_decides_and_else_the_first_byte() {
        assert_eq!(Format::of_path(Path::new("a/b.CSV")), Some(Format::Csv));
        assert_eq!(Format::of_path(Path::new("b.ndjson")), Some(Format::Jsonl));
        assert_eq!(Format::of_path(Path::new("csv")), None);
        assert_eq!(Format::of_first_byte(Some(b'{')), Format::Jsonl);
        assert_eq!(Format::of_first_byte(Some(b't')), Format::Csv);
        assert_eq!(Format::of_first_byte(None), Format::Csv);
    }
}

//! The values of one field in the lines of a scan, as JSON text.

use cep_core::event::{Column, DataType, Type};

use super::super::block::fill::Values;
use super::super::json;
use super::super::problem::Problem;
use super::scan::{Kind, Span, is_bare};

/// The values of one field.
#[derive(Clone, Copy, Debug)]
pub(super) struct JsonValues<'a> {
    block: &'a [u8],
    /// From the field's first span on.
    spans: &'a [Span],
    fields: usize,
    /// Whether a value may stand in quotes, and whether without.
    text: bool,
    bare: bool,
}

impl<'a> JsonValues<'a> {
    pub(super) fn new(block: &'a [u8], spans: &'a [Span], fields: usize, data: &DataType) -> Self {
        let text = matches!(data, DataType::String | DataType::Timestamp | DataType::Duration);
        Self { block, spans, fields, text, bare: *data != DataType::String }
    }

    #[inline]
    fn span(&self, row: usize) -> Span {
        self.spans[row * self.fields]
    }
}

impl Values for JsonValues<'_> {
    #[inline]
    fn block(&self) -> &[u8] {
        self.block
    }

    #[inline]
    fn plain(&self, row: usize) -> Option<(usize, usize)> {
        let Span { start, end, kind } = self.span(row);
        let (start, end) = (start as usize, end as usize);
        match kind {
            Kind::Text if self.text => Some((start + 1, end - 1)),
            Kind::Bare if self.bare && !has_leading_zero(&self.block[start..end]) => Some((start, end)),
            _ => None,
        }
    }

    fn push(&self, row: usize, column: &mut Column, ty: &Type) -> Result<(), Problem> {
        let Span { start, end, kind } = self.span(row);
        let raw = &self.block[start as usize..end as usize];
        match kind {
            Kind::Absent => return json::push_json(column, ty, "null"),
            // The reader of single lines will say so better.
            Kind::Bare if !is_bare(raw) => return Err(Problem::NotJson(String::new())),
            Kind::Bare | Kind::Text | Kind::Other => {}
        }
        let raw = std::str::from_utf8(raw).map_err(|_| Problem::NotUtf8)?;
        json::push_json(column, ty, raw)
    }
}

/// JSON writes no zero before another digit.
#[inline]
fn has_leading_zero(text: &[u8]) -> bool {
    let text = if let [b'-', rest @ ..] = text { rest } else { text };
    matches!(text, [b'0', b'0'..=b'9', ..])
}

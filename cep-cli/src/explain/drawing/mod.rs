//! Patterns as pictures: an SVG with the stages of each pattern from left to right, what leads from one to the next, its
//! window around them, and what comes out. Where things stand is decided in `layout`, how they look in `svg`.

mod blocks;
mod layout;
mod scene;
mod svg;
mod words;

use cep_core::pattern::Pattern;

use super::prose;
use layout::Layout;

/// One picture of patterns, one below the other.
#[must_use]
pub fn picture<'p>(patterns: impl IntoIterator<Item = &'p Pattern>) -> String {
    let mut drawings = Vec::new();
    let mut top = 0;
    for pattern in patterns {
        let scene = Layout::new(top).pattern(pattern);
        top = scene.bottom;
        drawings.push(svg::Drawing { name: &pattern.name, told: prose(pattern), scene });
    }
    svg::document(&drawings)
}

//! Where rows stand, as numbers that go along with them: the input and the line.

/// Bits of the line.
const LINE_BITS: u32 = 40;

/// The number of a row that ends in a line of an input; that of no row is 0.
pub(super) fn tag(input: usize, line: u64) -> u64 {
    (input as u64 + 1) << LINE_BITS | (line & ((1 << LINE_BITS) - 1))
}

/// The input of a row, by its place, and its line; none where nobody told.
#[must_use]
pub fn place_of_tag(tag: u64) -> Option<(usize, u64)> {
    let input = usize::try_from(tag >> LINE_BITS).ok()?.checked_sub(1)?;
    Some((input, tag & ((1 << LINE_BITS) - 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_from_its_number() {
        assert_eq!(place_of_tag(tag(0, 1)), Some((0, 1)));
        assert_eq!(place_of_tag(tag(7, 1 << 39)), Some((7, 1 << 39)));
        assert_eq!(place_of_tag(0), None);
    }
}

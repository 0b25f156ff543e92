//! Where in 64 bytes the bytes stand that CSV and JSON give a meaning, as one bit a byte. The vectors are those that every
//! processor of the target has (SSE2, NEON), so nothing is asked at run time.

use wide::u8x16;

/// The bytes looked at together.
pub(in crate::input) const LANE: usize = 64;

/// One bit a byte, the first byte the lowest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::input) struct CsvMarks {
    /// The bytes that are commas or line ends.
    pub(in crate::input) separators: u64,
    /// The line ends.
    pub(in crate::input) line_ends: u64,
    /// The quotes.
    pub(in crate::input) quotes: u64,
    /// The carriage returns.
    pub(in crate::input) carriage_returns: u64,
}

impl CsvMarks {
    /// The marks of 64 bytes.
    #[inline]
    pub(in crate::input) fn of(bytes: &[u8; LANE]) -> Self {
        let (lanes, _) = bytes.as_chunks::<16>();
        let mut marks = Self { separators: 0, line_ends: 0, quotes: 0, carriage_returns: 0 };
        for (index, lane) in lanes.iter().enumerate() {
            let lane = u8x16::new(*lane);
            let is = |byte: u8| lane.simd_eq(u8x16::splat(byte));
            let bits = |mask: u8x16| u64::from(mask.to_bitmask()) << (16 * index);
            let line_ends = is(b'\n');
            marks.line_ends |= bits(line_ends);
            marks.separators |= bits(line_ends | is(b','));
            marks.quotes |= bits(is(b'"'));
            marks.carriage_returns |= bits(is(b'\r'));
        }
        marks
    }
}

/// The 64 bytes at an offset; spaces stand for those beyond the end.
#[inline]
pub(in crate::input) fn lane_at(bytes: &[u8], at: usize) -> [u8; LANE] {
    let rest = &bytes[at.min(bytes.len())..];
    match rest.first_chunk() {
        Some(lane) => *lane,
        None => {
            let mut lane = [b' '; LANE];
            lane[..rest.len()].copy_from_slice(rest);
            lane
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn marks_are_where_the_bytes_are(bytes in proptest::collection::vec(any::<u8>(), 0..64), places in any::<[u8; 4]>()) {
            let mut lane = lane_at(&bytes, 0);
            for (place, byte) in places.iter().zip(*b",\n\"\r") {
                lane[usize::from(*place) % LANE] = byte;
            }
            let bits = |of: &dyn Fn(u8) -> bool| (0..LANE).fold(0, |bits, at| bits | u64::from(of(lane[at])) << at);
            let expected = CsvMarks {
                separators: bits(&|byte| byte == b',' || byte == b'\n'),
                line_ends: bits(&|byte| byte == b'\n'),
                quotes: bits(&|byte| byte == b'"'),
                carriage_returns: bits(&|byte| byte == b'\r'),
            };
            prop_assert_eq!(CsvMarks::of(&lane), expected);
        }
    }
}

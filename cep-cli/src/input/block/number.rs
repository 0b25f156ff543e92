//! Numbers as they nearly always stand: a sign, up to 16 digits, perhaps a point among them. Eight digits are read at once
//! as one word. Whatever looks otherwise is none here, and is read by `scalar`, with the same result.

const ZEROS: u64 = 0x3030_3030_3030_3030;
const EACH: u64 = 0x0101_0101_0101_0101;
const TOPS: u64 = 0x8080_8080_8080_8080;

/// Up to this, every whole number is a float exactly.
const EXACT: u64 = 1 << 53;

const POWERS: [f64; 17] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16];

/// The whole number in `block[start..end]`: `-?` and 1 to 16 digits.
#[inline]
pub(in crate::input) fn int(block: &[u8], start: usize, end: usize) -> Option<i64> {
    let (negative, start) = sign(block, start, end);
    let length = end.checked_sub(start)?;
    let magnitude = match length {
        1..=8 => digits(ending_at(block, end)? ^ ZEROS, length)?,
        9..=16 => {
            let high = digits(ending_at(block, end - 8)? ^ ZEROS, length - 8)?;
            high * 100_000_000 + digits(ending_at(block, end)? ^ ZEROS, 8)?
        }
        _ => return None,
    };
    let magnitude = magnitude.cast_signed();
    Some(if negative { -magnitude } else { magnitude })
}

/// The number in `block[start..end]`: `-?`, digits, and perhaps a point and digits; 1 to 16 characters after the sign, and
/// rounded once, so that it is the float nearest to the text (Clinger 1990).
#[inline]
pub(in crate::input) fn float(block: &[u8], start: usize, end: usize) -> Option<f64> {
    let (negative, start) = sign(block, start, end);
    let length = end.checked_sub(start)?;
    let (magnitude, fraction) = match length {
        1..=8 => short(ending_at(block, end)?, length)?,
        9..=16 => long(block, end, length)?,
        _ => return None,
    };
    // As signed, because processors have an instruction for that.
    let value = magnitude.cast_signed() as f64 / POWERS[fraction];
    Some(if negative { -value } else { value })
}

#[inline]
fn sign(block: &[u8], start: usize, end: usize) -> (bool, usize) {
    let negative = start < end && block[start] == b'-';
    (negative, start + usize::from(negative))
}

/// The eight bytes before an offset, the last the highest; none at the beginning of the block.
#[inline]
fn ending_at(block: &[u8], end: usize) -> Option<u64> {
    let bytes = block.get(end.checked_sub(8)?..end)?;
    Some(u64::from_le_bytes(bytes.try_into().ok()?))
}

/// The number that the last 1 to 8 bytes of a word stand for, from which [`ZEROS`] are taken; none where one is no digit.
#[inline]
fn digits(word: u64, length: usize) -> Option<u64> {
    let kept = word & u64::MAX << (64 - 8 * length);
    ((kept | kept.wrapping_add(0x76 * EACH)) & TOPS == 0).then(|| joined(kept))
}

/// Eight digits, the first of them lowest, as one number: in pairs, in fours, in all.
#[inline]
fn joined(word: u64) -> u64 {
    let pairs = word.wrapping_mul(10 << 8 | 1) >> 8 & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100 << 16 | 1) >> 16 & 0x0000_ffff_0000_ffff;
    fours.wrapping_mul(10_000 << 32 | 1) >> 32
}

/// The digits of the last bytes of a word without their point, and how many stand behind it.
#[inline]
fn short(word: u64, length: usize) -> Option<(u64, usize)> {
    let kept = u64::MAX << (64 - 8 * length);
    let Some(point) = point_in(word, kept) else { return Some((digits(word ^ ZEROS, length)?, 0)) };
    let fraction = 7 - point;
    if fraction == 0 || point == 8 - length {
        return None;
    }
    let word = (word ^ ZEROS) & kept;
    let whole = word & !(u64::MAX << (8 * point));
    let word = word & u64::MAX << (8 * point + 8) | whole << 8;
    Some((digits(word, 8)?, fraction))
}

/// The place of the first point among the kept bytes.
#[inline]
fn point_in(word: u64, kept: u64) -> Option<usize> {
    let other = (word ^ (0x2e * EACH)) | !kept;
    let points = other.wrapping_sub(EACH) & !other & TOPS;
    (points != 0).then(|| points.trailing_zeros() as usize / 8)
}

/// As [`short`], of 9 to 16 bytes.
fn long(block: &[u8], end: usize, length: usize) -> Option<(u64, usize)> {
    let text = block.get(end - length..end)?;
    let mut magnitude = 0;
    let mut point = None;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' => magnitude = 10 * magnitude + u64::from(byte - b'0'),
            b'.' if point.is_none() && at > 0 => point = Some(at),
            _ => return None,
        }
    }
    let fraction = point.map_or(0, |at| length - 1 - at);
    let whole = point.is_none() || fraction > 0;
    (whole && magnitude <= EXACT).then_some((magnitude, fraction))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::scalar;
    use super::*;

    /// The text somewhere in a block, so that there are bytes before and behind it.
    fn within<T>(text: &str, read: fn(&[u8], usize, usize) -> Option<T>) -> Option<T> {
        let block = format!("0123456789.-9,12{text},7.5");
        read(block.as_bytes(), 16, 16 + text.len())
    }

    fn check_float(text: &str) -> bool {
        let found = within(text, float).map(f64::to_bits);
        let expected = scalar::float(text.as_bytes()).ok().map(f64::to_bits);
        assert!(found.is_none() || found == expected, "{text}: {found:?}, not {expected:?}");
        found.is_some()
    }

    fn check_int(text: &str) -> bool {
        let (found, expected) = (within(text, int), scalar::int(text.as_bytes()).ok());
        assert!(found.is_none() || found == expected, "{text}: {found:?}, not {expected:?}");
        found.is_some()
    }

    #[test]
    fn usual_numbers_are_read() {
        for text in
            ["0", "-0", "7", "0.1", "12.5", "-812.99", "99999999", "1234567.8", "123456789.123", "-0.0"]
        {
            assert!(check_float(text), "{text}");
        }
        for text in ["0", "-0", "-1", "12345678", "123456789", "1517363399650", "9999999999999999"] {
            assert!(check_int(text), "{text}");
        }
    }

    #[test]
    fn what_is_unusual_is_left_to_others() {
        let texts = [
            "", "-", ".", "5.", ".5", "-.5", "1.2.3", "1e3", "+7", " 7", "7 ", "12:4", "1/2", "--1", "1-1",
            "NaN",
        ];
        for text in texts {
            assert_eq!((within(text, float), within(text, int)), (None, None), "{text}");
        }
        for text in ["9007199254740993", "12345678901234567", "1.2345678901234567"] {
            assert_eq!(within(text, float), None, "{text}");
        }
        assert_eq!(within("12.5", int), None);
        assert_eq!(int(b"1,2", 0, 1), None, "nothing before it to be read with it");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn decimals_are_those_of_the_standard_library(whole in any::<u64>(), fraction in any::<u64>(), cut in (0_usize..20, 0_usize..20), sign in any::<bool>()) {
            let (whole, fraction) = (whole.to_string(), fraction.to_string());
            let text = format!("{}{}.{}", if sign { "-" } else { "" }, &whole[..cut.0.min(whole.len())], &fraction[..cut.1.min(fraction.len())]);
            check_float(&text);
            check_int(text.trim_end_matches('.'));
        }

        #[test]
        fn any_float_printed_any_way_is_read_back(bits in any::<u64>(), small in any::<i32>(), scale in 0_usize..12) {
            let value = f64::from_bits(bits);
            let near = f64::from(small) / 1_000.0;
            for text in [format!("{value}"), format!("{value:e}"), format!("{near}"), format!("{near:.scale$}")] {
                check_float(&text);
            }
        }

        #[test]
        fn any_text_of_their_characters_is_theirs_or_left_alone(text in "[-+.0-9eE /:,]{0,20}|[\\x00-\\xff]{0,9}") {
            check_float(&text);
            check_int(&text);
        }
    }
}

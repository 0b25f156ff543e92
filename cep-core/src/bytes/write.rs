//! Numbers and texts as bytes.

/// An unsigned number, seven bits a byte.
#[inline]
pub(crate) fn uint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// A signed number: small ones of either sign are short.
#[inline]
pub(crate) fn int(out: &mut Vec<u8>, number: i64) {
    uint(out, (number << 1 ^ number >> 63).cast_unsigned());
}

/// The bits of a float.
#[inline]
pub(crate) fn float(out: &mut Vec<u8>, number: f64) {
    out.extend_from_slice(&number.to_bits().to_le_bytes());
}

/// A text, its length first.
#[inline]
pub(crate) fn text(out: &mut Vec<u8>, text: &str) {
    uint(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

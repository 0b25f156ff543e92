//! Reading bytes that may be anything.

use super::{RecordError, RecordErrorKind};

/// Bytes, as far as they have been read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// A signed number from what it is written as.
#[inline]
fn zigzag_back(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How many have been read.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// How many are left.
    pub(crate) fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// What the bytes before here say cannot be.
    #[cold]
    pub(crate) fn corrupt(&self, what: &'static str) -> RecordError {
        RecordError { kind: RecordErrorKind::Corrupt { what }, offset: self.at }
    }

    #[cold]
    fn truncated(&self) -> RecordError {
        RecordError { kind: RecordErrorKind::Truncated, offset: self.bytes.len() }
    }

    /// Goes on only where something holds.
    #[inline]
    pub(crate) fn expect(&self, holds: bool, what: &'static str) -> Result<(), RecordError> {
        if holds { Ok(()) } else { Err(self.corrupt(what)) }
    }

    #[inline]
    pub(crate) fn u8(&mut self) -> Result<u8, RecordError> {
        let byte = *self.bytes.get(self.at).ok_or_else(|| self.truncated())?;
        self.at += 1;
        Ok(byte)
    }

    #[inline]
    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], RecordError> {
        let taken = self.bytes[self.at..].get(..length).ok_or_else(|| self.truncated())?;
        self.at += length;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], RecordError> {
        Ok(self.take(N)?.try_into().expect("so many bytes were asked for"))
    }

    #[inline]
    pub(crate) fn uint(&mut self) -> Result<u64, RecordError> {
        let first = self.u8()?;
        if first < 0x80 {
            return Ok(first.into());
        }
        self.uint_from(first)
    }

    fn uint_from(&mut self, first: u8) -> Result<u64, RecordError> {
        let mut number = u64::from(first & 0x7f);
        for shift in (7..u64::BITS).step_by(7) {
            let byte = self.u8()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                return Err(self.corrupt("a number beyond 64 bits"));
            }
            number |= bits << shift;
            if byte < 0x80 {
                return if byte == 0 {
                    Err(self.corrupt("a number longer than it need be"))
                } else {
                    Ok(number)
                };
            }
        }
        Err(self.corrupt("a number beyond 64 bits"))
    }

    #[inline]
    pub(crate) fn int(&mut self) -> Result<i64, RecordError> {
        self.uint().map(zigzag_back)
    }

    /// A number below a bound.
    #[inline]
    pub(crate) fn below(&mut self, bound: usize, what: &'static str) -> Result<usize, RecordError> {
        let number = self.uint()?;
        match usize::try_from(number) {
            Ok(number) if number < bound => Ok(number),
            _ => Err(self.corrupt(what)),
        }
    }

    /// How many things follow that take a byte each at least: so there is never room made for more than there can be.
    pub(crate) fn count(&mut self) -> Result<usize, RecordError> {
        let number = self.uint()?;
        match usize::try_from(number) {
            Ok(number) if number <= self.left() => Ok(number),
            _ => Err(self.truncated()),
        }
    }

    pub(crate) fn float(&mut self) -> Result<f64, RecordError> {
        let number = f64::from_bits(u64::from_le_bytes(self.array()?));
        self.expect(number.is_finite(), "a float that is not finite")?;
        Ok(number)
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, RecordError> {
        let length = self.count()?;
        let bytes = self.take(length)?;
        std::str::from_utf8(bytes).map_err(|_| self.corrupt("a text that is not UTF-8"))
    }

    pub(crate) fn string(&mut self) -> Result<String, RecordError> {
        self.text().map(str::to_owned)
    }

    /// A list of things that take a byte each at least.
    pub(crate) fn list<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<T, RecordError>,
    ) -> Result<Vec<T>, RecordError> {
        let count = self.count()?;
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(item(self)?);
        }
        Ok(items)
    }

    /// All has been read.
    pub(crate) fn end(&self) -> Result<(), RecordError> {
        self.expect(self.left() == 0, "bytes beyond the end")
    }
}

#[cfg(test)]
mod tests {
    use super::super::write::{int, text, uint};
    use super::*;

    #[test]
    fn numbers_and_texts_are_read_back() {
        let numbers = [0, 1, 127, 128, 300, 1 << 56, u64::MAX];
        let signed = [0, -1, 1, -64, 64, i64::MIN, i64::MAX];
        let mut bytes = Vec::new();
        numbers.iter().for_each(|number| uint(&mut bytes, *number));
        signed.iter().for_each(|number| int(&mut bytes, *number));
        text(&mut bytes, "größer");
        let mut reader = Reader::new(&bytes);
        numbers.iter().for_each(|number| assert_eq!(reader.uint(), Ok(*number)));
        signed.iter().for_each(|number| assert_eq!(reader.int(), Ok(*number)));
        assert_eq!(reader.text(), Ok("größer"));
        assert_eq!(reader.end(), Ok(()));
    }

    #[test]
    fn a_number_has_one_form() {
        for (bytes, what) in [
            (&[0x80, 0][..], "a number longer than it need be"),
            (&[0xff; 10][..], "a number beyond 64 bits"),
            (&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2][..], "a number beyond 64 bits"),
        ] {
            let error = Reader::new(bytes).uint().unwrap_err();
            assert_eq!(error.kind, RecordErrorKind::Corrupt { what });
        }
        let error = Reader::new(&[0x80]).uint().unwrap_err();
        assert_eq!((error.kind, error.offset), (RecordErrorKind::Truncated, 1));
    }
}

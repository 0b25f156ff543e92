//! Which slot of a Redis Cluster a hash tag belongs to.

/// The slots of a cluster.
const SLOTS: u16 = 16_384;

/// A slot.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Slot(pub(crate) u16);

impl Slot {
    /// The slot of all keys with this tag between braces.
    pub(crate) fn of(tag: &str) -> Self {
        Self(crc16(tag.as_bytes()) % SLOTS)
    }
}

/// CRC16 as Redis Cluster has it (XMODEM: polynomial 0x1021, from 0, not reflected).
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_those_of_redis() {
        // The check value of the cluster specification, and `CLUSTER KEYSLOT` of a server.
        assert_eq!(crc16(b"123456789"), 0x31c3);
        assert_eq!(Slot::of("foo"), Slot(12_182));
        assert_eq!(Slot::of("hello"), Slot(866));
    }
}

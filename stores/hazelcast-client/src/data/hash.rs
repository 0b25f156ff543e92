//! Where a value lies: murmur3 (x86, 32 bits), as members compute it. A wrong hash is not refused, it loses data.

const SEED: u32 = 0x0100_0193;
const C1: u32 = 0xcc9e_2d51;
const C2: u32 = 0x1b87_3593;

/// The hash of a payload.
pub(super) fn murmur3(bytes: &[u8]) -> i32 {
    let mut hash = SEED;
    let mut blocks = bytes.chunks_exact(4);
    for block in &mut blocks {
        let block = u32::from_le_bytes([block[0], block[1], block[2], block[3]]);
        hash = (hash ^ mixed(block)).rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64);
    }
    let tail = blocks.remainder();
    if !tail.is_empty() {
        hash ^= mixed(tail.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte)));
    }
    // Lengths are those of arrays in Java: they fit.
    hash ^= bytes.len() as u32;
    hash = (hash ^ hash >> 16).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ hash >> 13).wrapping_mul(0xc2b2_ae35);
    (hash ^ hash >> 16).cast_signed()
}

fn mixed(block: u32) -> u32 {
    block.wrapping_mul(C1).rotate_left(15).wrapping_mul(C2)
}

/// The partition of a hash, of so many.
pub(crate) fn partition(hash: i32, count: i32) -> i32 {
    match hash.checked_abs() {
        Some(hash) if count > 0 => hash % count,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_hash_lies_in_the_first_partition() {
        assert_eq!(partition(i32::MIN, 271), 0);
        assert_eq!(partition(-272, 271), 1);
        assert_eq!(partition(5, 0), 0);
    }
}

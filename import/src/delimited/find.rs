//! Finds bytes that are near: most cells are so short that a search made for long texts ends before it has begun.

use memchr::memchr;

/// The first of these bytes in a text.
#[inline]
pub(super) fn first(byte: u8, text: &[u8]) -> Option<usize> {
    /// How many words are looked at one by one. Behind them, the text is worth a search made for long ones.
    const NEAR: usize = 4;
    let (words, rest) = text.as_chunks();
    for (index, word) in words.iter().take(NEAR).enumerate() {
        let found = same(*word, byte);
        if found != 0 {
            return Some(index * WORD + place(found));
        }
    }
    let behind = WORD * words.len().min(NEAR);
    match words.len() > NEAR {
        true => memchr(byte, text.get(behind..)?).map(|at| behind + at),
        false => rest.iter().position(|other| *other == byte).map(|at| behind + at),
    }
}

/// Calls `found` with the place of each of these bytes in a text.
#[inline]
pub(super) fn each(byte: u8, text: &[u8], mut found: impl FnMut(usize)) {
    let (words, rest) = text.as_chunks();
    let mut behind = 0;
    for word in words {
        let mut same = same(*word, byte);
        while same != 0 {
            found(behind + place(same));
            same &= same - 1;
        }
        behind += WORD;
    }
    rest.iter().enumerate().filter(|(_, other)| **other == byte).for_each(|(at, _)| found(behind + at));
}

const WORD: usize = 8;

/// The highest bit of each byte of a word that is this one.
fn same(word: [u8; WORD], byte: u8) -> u64 {
    const LOWER: u64 = u64::from_le_bytes([0x7f; WORD]);
    let differing = u64::from_le_bytes(word) ^ u64::from_le_bytes([byte; WORD]);
    // The sum has the highest bit of every byte that has a lower one, and no byte of it carries into the next.
    !(((differing & LOWER) + LOWER) | differing | LOWER)
}

/// Which byte of a word the lowest of some highest bits is of.
fn place(bits: u64) -> usize {
    (bits.trailing_zeros() / 8) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

        #[test]
        fn every_place_is_found_wherever_it_is(
            text in prop::collection::vec(prop::sample::select(b",\"x\0-\xac\x80\xff".to_vec()), 0..80),
            byte in prop::sample::select(b",\"\0".to_vec()),
        ) {
            let places: Vec<usize> = (0..text.len()).filter(|at| text[*at] == byte).collect();
            let mut found = Vec::new();
            each(byte, &text, |at| found.push(at));
            prop_assert_eq!(&found, &places);
            prop_assert_eq!(first(byte, &text), places.first().copied());
        }

        #[test]
        fn the_first_is_found_however_far_it_is(before in 0..200_usize, behind in 0..20_usize) {
            let mut text = vec![b'-'; before];
            prop_assert_eq!(first(b',', &text), None);
            text.push(b',');
            text.extend(vec![b','; behind]);
            prop_assert_eq!(first(b',', &text), Some(before));
        }
    }
}

//! Numbers that look random and are the same in every run.

/// The hash FNV-1a of 64 bits: simple, and the same on every machine and in every version.
pub(crate) struct Fnv(u64);

impl Fnv {
    pub(crate) fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    pub(crate) fn finish(&self) -> u64 {
        self.0
    }
}

/// The number that belongs to these: SplitMix64, over each in turn.
pub(super) fn number(seed: u64, parts: &[u64]) -> u64 {
    parts.iter().fold(mixed(seed), |state, part| mixed(state ^ *part))
}

/// The same, as a number of at least 0 and less than 1.
pub(super) fn fraction(seed: u64, parts: &[u64]) -> f64 {
    // 53 bits are what a `f64` holds exactly.
    (number(seed, parts) >> 11) as f64 / (1_u64 << 53) as f64
}

fn mixed(state: u64) -> u64 {
    let z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

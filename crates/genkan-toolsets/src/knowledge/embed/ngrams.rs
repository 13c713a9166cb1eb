//! The built-in embedder: the parts of words, hashed. It knows no meanings, but finds words that are
//! written alike: compounds, endings, slips of the pen.

use super::{CHARACTERS, Embedder};
use crate::knowledge::search::words_of;

/// How many dimensions its vectors have.
const DIMENSIONS: usize = 512;
/// How long the parts of a word are, in characters; its ends count as one.
const PARTS: std::ops::RangeInclusive<usize> = 3..=5;
/// What the whole word counts beside one of its parts.
const WHOLE: f32 = 2.0;
/// Texts that have nothing to do with each other are more alike than this only by chance, three
/// times in ten thousand.
const NEAR: f64 = 0.15;
/// Words of so many letters say little.
const SHORT: usize = 3;

/// The embedder.
#[derive(Clone, Copy, Debug, Default)]
pub struct NGrams;

impl Embedder for NGrams {
    fn name(&self) -> &str {
        "ngrams-512"
    }

    fn near(&self) -> f64 {
        NEAR
    }

    fn embed(&self, text: &str) -> Vec<f32> {
        let mut sums = vec![0.0; DIMENSIONS];
        let beginning: String = text.chars().take(CHARACTERS).collect();
        words_of(&beginning, &mut |word| add(&mut sums, word));
        sums
    }
}

/// Adds a word: each word counts alike, whatever the number of its parts.
fn add(sums: &mut [f32], word: &str) {
    let framed: Vec<char> = ['<'].into_iter().chain(word.chars()).chain(['>']).collect();
    if framed.len() <= SHORT + 2 {
        return;
    }
    let parts = PARTS.flat_map(|length| framed.windows(length));
    let parts: Vec<u64> = parts.map(|part| hash(part.iter().copied())).collect();
    #[allow(clippy::cast_precision_loss, reason = "a word has few parts")]
    let each = 1.0 / (parts.len() as f32 + WHOLE).sqrt();
    for part in parts {
        place(sums, part, each);
    }
    place(sums, hash(word.chars()), WHOLE * each);
}

/// Half of all parts count negative, so that parts which share a dimension do not add up.
fn place(sums: &mut [f32], hash: u64, weight: f32) {
    let place = usize::try_from(hash % DIMENSIONS as u64).unwrap_or(0);
    sums[place] += if hash >> 63 == 0 { weight } else { -weight };
}

/// FNV-1a, and its bits mixed once more, since the upper ones of short texts are much alike.
fn hash(characters: impl Iterator<Item = char>) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for c in characters {
        hash = (hash ^ u64::from(u32::from(c))).wrapping_mul(0x0100_0000_01b3);
    }
    (hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

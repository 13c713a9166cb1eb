//! Embedders: what turns a text into a vector, so that texts that mean alike are near each other.
//!
//! They are a second source of candidates beside the words (`semantic.rs`), and off unless
//! settings say so. Nothing here performs I/O; `reading.rs` keeps the vectors of a store up to date.

mod model2vec;
mod ngrams;
mod reading;
mod vector;

pub use model2vec::{Fault, Model2Vec};
pub use ngrams::NGrams;
pub use reading::Reading;
pub(crate) use vector::Vector;

/// The most characters of a text that are read.
pub(crate) const CHARACTERS: usize = 8_000;

/// Turns texts into vectors.
pub trait Embedder: Send + Sync {
    /// What tells its vectors from those of any other: two of one name make the same of a text.
    fn name(&self) -> &str;

    /// How alike two of its vectors are, as a cosine, from where on they have something to do with
    /// each other.
    fn near(&self) -> f64;

    /// The vector of a text, of any length; of zeros alone if the text says nothing to it.
    fn embed(&self, text: &str) -> Vec<f32>;
}

#[cfg(test)]
mod tests;

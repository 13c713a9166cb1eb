//! An embedder that was trained: a folder of model2vec, which is a vector for each piece of a word, in
//! `model.safetensors`, and how texts are cut into these pieces, in `tokenizer.json`.
//!
//! The vector of a text is the mean of those of its pieces. What is in the folder is somebody
//! else's: everything is checked before it is used.

mod tensors;
mod wordpiece;

use genkan_core::digest::Hasher;
use thiserror::Error;

use self::{tensors::Tensors, wordpiece::WordPiece};
use super::{CHARACTERS, Embedder};

/// What is less alike than this has little to do with each other for models of this kind.
const NEAR: f64 = 0.3;

/// What is wrong with a model.
#[derive(Debug, Error)]
pub enum Fault {
    /// `tokenizer.json` cannot be used.
    #[error("`tokenizer.json`: {0}")]
    Tokenizer(String),
    /// `model.safetensors` cannot be used.
    #[error("`model.safetensors`: {0}")]
    Tensors(String),
}

/// A model that was read.
#[derive(Debug)]
pub struct Model2Vec {
    name: String,
    pieces: WordPiece,
    /// The vectors of all pieces, one after the other.
    vectors: Vec<f32>,
    dimensions: usize,
}

impl Model2Vec {
    /// Reads a model from the contents of its two files.
    pub fn read(tokenizer: &[u8], tensors: &[u8]) -> Result<Self, Fault> {
        let mut hasher = Hasher::new();
        hasher.field(tokenizer);
        hasher.field(tensors);
        let digest = hasher.finish().to_hex();
        let pieces = WordPiece::read(tokenizer).map_err(Fault::Tokenizer)?;
        let Tensors {
            rows,
            dimensions,
            vectors,
        } = Tensors::read(tensors).map_err(Fault::Tensors)?;
        if pieces.highest() >= rows {
            return Err(Fault::Tensors(format!(
                "there are {rows} vectors, but a piece of `tokenizer.json` has number {}",
                pieces.highest()
            )));
        }
        Ok(Self {
            name: format!("model2vec-{}", &digest[..16]),
            pieces,
            vectors,
            dimensions,
        })
    }
}

impl Embedder for Model2Vec {
    fn name(&self) -> &str {
        &self.name
    }

    fn near(&self) -> f64 {
        NEAR
    }

    fn embed(&self, text: &str) -> Vec<f32> {
        let mut sums = vec![0.0; self.dimensions];
        let beginning: String = text.chars().take(CHARACTERS).collect();
        for piece in self.pieces.of(&beginning) {
            let begin = piece * self.dimensions;
            let vector = &self.vectors[begin..begin + self.dimensions];
            for (sum, number) in sums.iter_mut().zip(vector) {
                *sum += number;
            }
        }
        sums
    }
}

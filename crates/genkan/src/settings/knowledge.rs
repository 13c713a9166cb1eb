//! Section `knowledge`: how team knowledge is found, and what is kept of searches.

use std::{fmt, num::NonZeroU32};

use crate::settings::{section::section, value::checked_text};

section! {
    /// Searches in team knowledge, and what is kept of them.
    Knowledge "knowledge" {
        /// For how many days sums about searches are kept. They name nobody.
        search_days: NonZeroU32 = Some("90");
        /// Keep the words that are searched for. Without them, searches are only counted.
        search_words: bool = Some("true");
        /// Answer a search that was asked before as then, unless something in its scope, or in one that
        /// it inherits from, is another.
        search_cache: bool = Some("true");
        /// Find entries by nearness beside words: `off`, by parts of words that are written alike
        /// (`ngrams`), or by a trained model of the kind model2vec (`model`). Texts never leave the
        /// house. Instances on one store need the same value.
        semantic: Semantic = Some("off");
        /// The folder of the model for `semantic = "model"`, with `tokenizer.json` and
        /// `model.safetensors`.
        model_folder: Option<String> = None;
    }
}

/// What finds by nearness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Semantic {
    /// Nothing does.
    Off,
    /// The built-in embedder.
    NGrams,
    /// A model in a folder.
    Model,
}

impl Semantic {
    fn check(text: &str) -> Result<Self, &'static str> {
        match text {
            "off" => Ok(Self::Off),
            "ngrams" => Ok(Self::NGrams),
            "model" => Ok(Self::Model),
            _ => Err(""),
        }
    }
}

impl fmt::Display for Semantic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "off",
            Self::NGrams => "ngrams",
            Self::Model => "model",
        })
    }
}

checked_text!(Semantic, "off, ngrams or model");

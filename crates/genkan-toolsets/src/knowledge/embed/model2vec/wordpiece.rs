//! `tokenizer.json` of the kind `WordPiece`: words are cut into the longest pieces that the vocabulary
//! has, from the left.

use std::collections::HashMap;

use serde::Deserialize;

use crate::knowledge::search::folded;

/// The longest word that is cut, in characters; longer ones are left out.
const WORD_CHARACTERS: usize = 100;

/// The pieces of words, with their numbers.
#[derive(Debug)]
pub(super) struct WordPiece {
    vocabulary: HashMap<String, usize>,
    /// What pieces begin with that do not begin a word.
    continuing: String,
}

#[derive(Deserialize)]
struct File {
    model: Model,
}

#[derive(Deserialize)]
struct Model {
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    vocab: serde_json::Value,
    #[serde(default = "continuing")]
    continuing_subword_prefix: String,
}

fn continuing() -> String {
    "##".to_owned()
}

impl WordPiece {
    /// Reads the file. The error says what is wrong with it.
    pub(super) fn read(file: &[u8]) -> Result<Self, String> {
        let File { model } = serde_json::from_slice(file).map_err(|error| error.to_string())?;
        if model.kind != "WordPiece" {
            let kind = model.kind;
            return Err(format!(
                "its model is of kind {kind:?}; only `WordPiece` is supported"
            ));
        }
        let vocabulary: HashMap<String, usize> = serde_json::from_value(model.vocab)
            .map_err(|error| format!("its vocabulary: {error}"))?;
        if vocabulary.is_empty() {
            return Err("its vocabulary is empty".to_owned());
        }
        Ok(Self {
            vocabulary,
            continuing: model.continuing_subword_prefix,
        })
    }

    /// The highest number of a piece.
    pub(super) fn highest(&self) -> usize {
        self.vocabulary.values().copied().max().unwrap_or(0)
    }

    /// The numbers of the pieces of a text; words that cannot be cut are left out.
    pub(super) fn of(&self, text: &str) -> Vec<usize> {
        let mut pieces = Vec::new();
        let mut word = String::new();
        for c in folded(text) {
            if c.is_alphanumeric() {
                word.push(c);
                continue;
            }
            self.cut(&std::mem::take(&mut word), &mut pieces);
            if !c.is_whitespace() {
                self.cut(c.encode_utf8(&mut [0; 4]), &mut pieces);
            }
        }
        self.cut(&word, &mut pieces);
        pieces
    }

    /// Adds the pieces of one word, if it has any.
    fn cut(&self, word: &str, pieces: &mut Vec<usize>) {
        let begin = pieces.len();
        if word.chars().count() > WORD_CHARACTERS {
            return;
        }
        let mut rest = word;
        while !rest.is_empty() {
            let Some((number, length)) = self.longest(rest, rest.len() < word.len()) else {
                pieces.truncate(begin);
                return;
            };
            pieces.push(number);
            rest = &rest[length..];
        }
    }

    /// The longest piece that a text begins with, and how many bytes of the text it is.
    fn longest(&self, text: &str, continues: bool) -> Option<(usize, usize)> {
        let ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
        let ends: Vec<usize> = ends.collect();
        ends.into_iter().rev().find_map(|end| {
            let number = match continues {
                true => self
                    .vocabulary
                    .get(&format!("{}{}", self.continuing, &text[..end])),
                false => self.vocabulary.get(&text[..end]),
            };
            number.map(|number| (*number, end))
        })
    }
}

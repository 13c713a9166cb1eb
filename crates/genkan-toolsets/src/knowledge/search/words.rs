//! Cuts text into words, and words that are written together into their parts.
//!
//! `node.js`, `NodeJS` and `node_js` all are the word `nodejs` with the parts `node` and `js`. In
//! scripts without spaces every two neighbouring characters are a word. Whatever the text, words
//! are bounded, and nothing of the text is kept but the word in hand.

use std::iter::Peekable;

use super::fold::{begins_word, fold, is_unspaced, is_word, lower};

/// The longest word, in characters; longer ones are cut, in the index and in queries alike.
pub(super) const WORD_CHARACTERS: usize = 64;
/// The most parts that are still read as one word; a longer chain is only its parts.
const CHAIN_PARTS: usize = 4;

/// One word of a text, in lower case and without accents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word<'a> {
    /// The word as one.
    pub(super) whole: &'a str,
    /// The words it is written together from; empty, or at least two.
    pub(super) parts: &'a [String],
}

/// Passes every word of the text to `each`, in order.
pub(super) fn each_word(text: &str, each: &mut dyn FnMut(Word<'_>)) {
    match text.is_ascii() {
        true => each_plain(text, each),
        false => each_folded(text, each),
    }
}

/// The same for a text in ASCII, of which most words are passed on as they stand.
fn each_plain(text: &str, each: &mut dyn FnMut(Word<'_>)) {
    let bytes = text.as_bytes();
    let end_of = |begin: usize, belongs: fn(u8) -> bool| {
        let length = bytes[begin..].iter().position(|&byte| !belongs(byte));
        length.map_or(bytes.len(), |length| begin + length)
    };
    let mut begin = 0;
    while let Some(skipped) = bytes[begin..].iter().position(u8::is_ascii_alphanumeric) {
        begin += skipped;
        let plain = end_of(begin, |byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit()
        });
        let chain = end_of(begin, |byte| {
            byte.is_ascii_alphanumeric() || is_joiner(byte.into()) || is_apostrophe(byte.into())
        });
        // What ends a sentence or a quotation joins nothing.
        if plain > begin
            && plain - begin <= WORD_CHARACTERS
            && bytes[plain..chain]
                .iter()
                .all(|byte| !byte.is_ascii_alphanumeric())
        {
            each(Word {
                whole: &text[begin..plain],
                parts: &[],
            });
        } else {
            each_folded(&text[begin..chain], each);
        }
        begin = chain;
    }
}

/// The same for any text.
pub(super) fn each_folded(text: &str, each: &mut dyn FnMut(Word<'_>)) {
    let mut characters = fold(text).peekable();
    while let Some(&c) = characters.peek() {
        if is_unspaced(c) {
            pairs(&mut characters, each);
        } else if begins_word(c) {
            chain(&mut characters, each);
        } else {
            characters.next();
        }
    }
}

/// Reads a run of unspaced script and passes on each pair of neighbours, or the lone character.
fn pairs(characters: &mut Peekable<impl Iterator<Item = char>>, each: &mut dyn FnMut(Word<'_>)) {
    let mut previous: Option<char> = None;
    let mut lone = true;
    while let Some(c) = characters.next_if(|&c| is_unspaced(c)) {
        if let Some(first) = previous.replace(c) {
            lone = false;
            each(Word {
                whole: &[first, c].iter().collect::<String>(),
                parts: &[],
            });
        }
    }
    if let Some(c) = previous.filter(|_| lone) {
        each(Word {
            whole: c.encode_utf8(&mut [0; 4]),
            parts: &[],
        });
    }
}

/// Reads a chain of parts, joined by single joiners or by camel case.
fn chain(characters: &mut Peekable<impl Iterator<Item = char>>, each: &mut dyn FnMut(Word<'_>)) {
    let mut parts = Parts::default();
    while let Some(c) = characters.next_if(|&c| is_word(c) && !is_unspaced(c)) {
        parts.push(c, each);
        let apostrophe = characters.next_if(|&c| is_apostrophe(c)).is_some();
        let joiner = !apostrophe && characters.next_if(|&c| is_joiner(c)).is_some();
        if joiner {
            parts.end_part(each);
        }
        if (apostrophe || joiner) && !characters.peek().is_some_and(|&c| begins_word(c)) {
            break;
        }
    }
    parts.end(each);
}

const fn is_joiner(c: char) -> bool {
    matches!(c, '-' | '_' | '.' | '\u{2010}' | '\u{2011}')
}

/// Apostrophes vanish: `user's` is `users`, which stems to `user`.
const fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}')
}

/// Letters that are called upper case but have no lower one mark no word.
fn is_capital(c: char) -> bool {
    c.is_uppercase() && c.to_lowercase().next() != Some(c)
}

/// The chain in hand.
#[derive(Default)]
struct Parts {
    done: Vec<String>,
    /// The part that is being read, its case kept.
    current: Vec<char>,
    /// The chain grew too long to be one word.
    loose: bool,
}

impl Parts {
    fn push(&mut self, c: char, each: &mut dyn FnMut(Word<'_>)) {
        if is_capital(c) && self.current.last().is_some_and(|last| last.is_lowercase()) {
            self.end_part(each);
        } else if c.is_lowercase()
            && let [.., before, last] = self.current[..]
            && is_capital(last)
            && is_capital(before)
        {
            // `HTTPServer`: the last capital begins the next part.
            self.current.pop();
            self.end_part(each);
            self.current.push(last);
        }
        if self.current.len() < WORD_CHARACTERS {
            self.current.push(c);
        }
    }

    fn end_part(&mut self, each: &mut dyn FnMut(Word<'_>)) {
        if self.current.is_empty() {
            return;
        }
        let part: String = self
            .current
            .drain(..)
            .flat_map(lower)
            .take(WORD_CHARACTERS)
            .collect();
        if self.loose {
            each(Word {
                whole: &part,
                parts: &[],
            });
            return;
        }
        self.done.push(part);
        if self.done.len() > CHAIN_PARTS {
            self.loose = true;
            self.done.drain(..).for_each(|part| {
                each(Word {
                    whole: &part,
                    parts: &[],
                })
            });
        }
    }

    fn end(mut self, each: &mut dyn FnMut(Word<'_>)) {
        self.end_part(each);
        match &self.done[..] {
            [] => {}
            [only] => each(Word {
                whole: only,
                parts: &[],
            }),
            parts => {
                let whole: String = parts
                    .iter()
                    .flat_map(|part| part.chars())
                    .take(WORD_CHARACTERS)
                    .collect();
                each(Word {
                    whole: &whole,
                    parts,
                });
            }
        }
    }
}

//! Tells the code of a Rust file from its comments and literals, so that a
//! check does not take a word in a string for an instruction.
//!
//! A scanner, not a parser: it knows where comments, strings and characters
//! begin and end, and nothing else of the language.

/// A file in two layers of the same shape: what does not belong to a layer is
/// a space there, and lines end at the same places.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Source {
    /// Everything but comments and the insides of literals.
    pub(super) code: String,
    /// The text of the comments alone.
    pub(super) comments: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Layer {
    Code,
    Comment,
    Literal,
}

impl Source {
    /// Splits a text into its layers.
    pub(super) fn parse(text: &str) -> Source {
        let characters: Vec<char> = text.chars().collect();
        let mut source = Source {
            code: String::new(),
            comments: String::new(),
        };
        let mut position = 0;
        while position < characters.len() {
            let rest = &characters[position..];
            let before = position.checked_sub(1).map(|index| characters[index]);
            let (layer, length) = piece(before, rest);
            for &character in &rest[..length] {
                source.push(layer, character);
            }
            position += length;
        }
        source
    }

    fn push(&mut self, layer: Layer, character: char) {
        let blank = if character == '\n' { '\n' } else { ' ' };
        self.code.push(if layer == Layer::Code {
            character
        } else {
            blank
        });
        self.comments.push(if layer == Layer::Comment {
            character
        } else {
            blank
        });
    }
}

/// The next piece of the text: its layer and its length, at least 1.
fn piece(before: Option<char>, rest: &[char]) -> (Layer, usize) {
    match rest {
        ['/', '/', ..] => (Layer::Comment, line_length(rest)),
        ['/', '*', ..] => (Layer::Comment, block_length(rest)),
        ['"', ..] => (Layer::Literal, string_length(rest)),
        ['\'', ..] => match character_length(rest) {
            Some(length) => (Layer::Literal, length),
            None => (Layer::Code, 1),
        },
        ['r', '#' | '"', ..] if !before.is_some_and(is_name) || before_is_prefix(before) => {
            match raw_length(rest) {
                Some(length) => (Layer::Literal, length),
                None => (Layer::Code, 1),
            }
        }
        _ => (Layer::Code, 1),
    }
}

/// `br"…"` and `cr"…"`: the letter before is part of the literal. A name that
/// ends so and is followed by a quote does not exist in this edition.
fn before_is_prefix(before: Option<char>) -> bool {
    matches!(before, Some('b' | 'c'))
}

fn line_length(rest: &[char]) -> usize {
    rest.iter()
        .position(|&character| character == '\n')
        .unwrap_or(rest.len())
}

/// Block comments nest.
fn block_length(rest: &[char]) -> usize {
    let (mut depth, mut position) = (0_usize, 0);
    while position < rest.len() {
        match &rest[position..] {
            ['/', '*', ..] => {
                depth += 1;
                position += 2;
            }
            ['*', '/', ..] => {
                depth -= 1;
                position += 2;
                if depth == 0 {
                    return position;
                }
            }
            _ => position += 1,
        }
    }
    rest.len()
}

fn string_length(rest: &[char]) -> usize {
    let mut position = 1;
    while position < rest.len() {
        match rest[position] {
            '\\' => position += 2,
            '"' => return position + 1,
            _ => position += 1,
        }
    }
    rest.len()
}

/// A character literal, or `None` for a lifetime.
fn character_length(rest: &[char]) -> Option<usize> {
    match rest {
        ['\'', '\\', _, tail @ ..] => tail
            .iter()
            .position(|&character| character == '\'')
            .map(|index| index + 4),
        ['\'', _, '\'', ..] => Some(3),
        _ => None,
    }
}

/// A raw string, or `None` for a raw name such as `r#type`.
fn raw_length(rest: &[char]) -> Option<usize> {
    let hashes = rest[1..]
        .iter()
        .take_while(|&&character| character == '#')
        .count();
    if rest.get(1 + hashes) != Some(&'"') {
        return None;
    }
    let start = hashes + 2;
    let closes = |index: &usize| {
        rest[*index] == '"'
            && rest[index + 1..]
                .iter()
                .take_while(|&&character| character == '#')
                .count()
                >= hashes
    };
    let end = (start..rest.len()).find(closes)?;
    Some(end + 1 + hashes)
}

/// Whether a character may stand in a name.
pub(super) fn is_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The positions at which a word stands by itself, in bytes.
pub(super) fn find_word<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(word)
        .map(|(index, _)| index)
        .filter(move |&index| {
            let before = text[..index].chars().next_back();
            let after = text[index + word.len()..].chars().next();
            !before.is_some_and(is_name) && !after.is_some_and(is_name)
        })
}

/// The line of a position, counted from 1.
pub(super) fn line_of(text: &str, position: usize) -> usize {
    text[..position].matches('\n').count() + 1
}

#[cfg(test)]
mod tests;

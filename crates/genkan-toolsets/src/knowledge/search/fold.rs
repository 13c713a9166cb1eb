//! Folds away what readers do not search by: compatibility forms, accents, invisible characters.
//!
//! Case is kept, since it marks the words inside `camelCase`; [`lower`] takes it away afterwards.
//! Marks that carry meaning in their script (Indic vowels, for example) are kept.

use unicode_normalization::UnicodeNormalization;

/// The folded characters of a text (NFKD, UAX #15), without accents and invisible characters.
pub(super) fn fold(text: &str) -> impl Iterator<Item = char> {
    text.chars()
        .filter(|&c| !is_invisible(c))
        .nfkd()
        .filter(|&c| !is_accent(c))
}

/// A folded character in lower case, one form for each letter whatever its place in the word.
pub(super) fn lower(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase()
        .filter(|&c| !is_accent(c))
        .map(|c| if c == 'ς' { 'σ' } else { c })
}

/// Whether a word can begin with this folded character: marks belong to what they follow.
pub(super) fn begins_word(c: char) -> bool {
    c.is_alphanumeric() && !unicode_normalization::char::is_combining_mark(c)
}

/// Whether a folded character belongs to a word.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c)
}

/// Whether a folded character is of a script that is written without spaces.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0EFF}' // Thai, Lao
        | '\u{1000}'..='\u{109F}' // Myanmar
        | '\u{1780}'..='\u{17FF}' // Khmer
        | '\u{3040}'..='\u{30FF}' // Hiragana, Katakana
        | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}' // Han
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{20000}'..='\u{323AF}'
    ) && is_word(c)
}

/// The combining marks that are accents of Latin, Greek and Cyrillic, and the kana voicing marks.
fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}'
        | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}'
        | '\u{3099}'..='\u{309A}'
        | '\u{FE20}'..='\u{FE2F}'
    )
}

/// Characters that no reader sees: soft hyphen, zero-width ones, direction marks, variants.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{FEFF}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2069}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{E0000}'..='\u{E0FFF}'
    )
}

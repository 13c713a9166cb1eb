//! Other spellings of one English word: British and American, and plurals of abbreviations.
//!
//! A spelling is only looked for where it stands in some entry, so a rule may suggest what is no
//! word at all.

/// Endings that mean the same, British first.
const ENDINGS: [(&str, &str); 14] = [
    ("isation", "ization"),
    ("isations", "izations"),
    ("ise", "ize"),
    ("ised", "ized"),
    ("ises", "izes"),
    ("ising", "izing"),
    ("our", "or"),
    ("ours", "ors"),
    ("ogue", "og"),
    ("ogues", "ogs"),
    ("ence", "ense"),
    ("ences", "enses"),
    ("tre", "ter"),
    ("lled", "led"),
];
/// Shorter words are left alone.
const LEAST: usize = 5;

/// The other spellings of a word in lower case.
pub(super) fn spellings(word: &str) -> Vec<String> {
    if !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return Vec::new();
    }
    let mut found = Vec::new();
    if word.len() >= LEAST {
        for (one, other) in ENDINGS {
            for (from, to) in [(one, other), (other, one)] {
                found.extend(word.strip_suffix(from).map(|stem| format!("{stem}{to}")));
            }
        }
    }
    // The stemmer knows no plural without a vowel: `prs`, `vms`.
    let (singular, is_plural) = match word.strip_suffix('s') {
        Some(singular) => (singular, true),
        None => (word, false),
    };
    if (2..=4).contains(&singular.len()) && !singular.bytes().any(|b| b"aeiouy".contains(&b)) {
        found.push(if is_plural {
            singular.to_owned()
        } else {
            format!("{singular}s")
        });
    }
    found
}

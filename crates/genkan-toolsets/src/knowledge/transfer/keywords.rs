//! Keywords for a text whose author gave none: the words of its headings, then those that stand in
//! it most often.

use std::collections::HashMap;

/// How many are proposed.
const MOST: usize = 12;
/// How much of a text is looked at, in characters.
const LOOKED_AT: usize = 20_000;
/// How long a keyword may be.
const LENGTH: std::ops::RangeInclusive<usize> = 2..=32;

/// Words that say nothing about a text.
const COMMON: &str = "a about after all also an and any are as at be because been before being both but by can \
    cannot could did do does each else even every few first for from get give had has have how however if in \
    into is it its itself just last least less like made make many may more most much must need never new no \
    not nothing now of off on once one only or other others our out over own per same see set shall should \
    since so some such take than that the their them then there these they this those through to too two \
    under until up upon us use used uses using very want was way we well were what when where whether which \
    while who whole whose why will with within without would yet you your";

/// The keywords of a text with this heading, separated by spaces. Never empty, and each as long as a
/// keyword may be.
pub(super) fn proposed(heading: &str, text: &str) -> String {
    let mut chosen: Vec<String> = Vec::new();
    for word in words(heading) {
        add(&mut chosen, word);
    }
    let mut counts: HashMap<String, (usize, usize)> = HashMap::new();
    let looked_at: String = text.chars().take(LOOKED_AT).collect();
    for (place, word) in words(&looked_at).enumerate() {
        let (count, _) = counts.entry(word).or_insert((0, place));
        *count += 1;
    }
    let mut frequent: Vec<(String, (usize, usize))> = counts.into_iter().collect();
    // The most frequent first, and of equals the one that came first.
    frequent.sort_unstable_by(|a, b| b.1.0.cmp(&a.1.0).then(a.1.1.cmp(&b.1.1)));
    for (word, _) in frequent {
        add(&mut chosen, word);
    }
    match chosen.is_empty() {
        true => "imported".to_owned(),
        false => chosen.join(" "),
    }
}

fn add(chosen: &mut Vec<String>, word: String) {
    if chosen.len() < MOST && !chosen.contains(&word) {
        chosen.push(word);
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    text.split(move |c| !is_part(c))
        .map(|word| word.trim_matches(['-', '_', '.']).to_lowercase())
        .filter(|word| {
            let fits = LENGTH.contains(&word.chars().count());
            fits && word.chars().any(char::is_alphabetic)
                && !COMMON.split(' ').any(|one| one == word)
        })
}

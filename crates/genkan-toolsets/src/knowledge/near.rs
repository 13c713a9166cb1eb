//! Which of the existing names somebody may have meant.

/// The most names that a hint suggests.
const MOST: usize = 3;

/// Up to three existing names that are close to the given one, the closest first.
pub(crate) fn near<'a>(given: &str, existing: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let given: Vec<char> = given.chars().collect();
    let mut close: Vec<(usize, &str)> = existing
        .map(|name| (distance(&given, name), name))
        .filter(|(distance, name)| *distance <= 1 + name.chars().count() / 4)
        .collect();
    close.sort_unstable();
    close.into_iter().take(MOST).map(|(_, name)| name).collect()
}

/// The edit distance after Levenshtein.
fn distance(a: &[char], b: &str) -> usize {
    let mut row: Vec<usize> = (0..=a.len()).collect();
    for (i, right) in b.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, left) in a.iter().enumerate() {
            let replaced = diagonal + usize::from(*left != right);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[a.len()]
}

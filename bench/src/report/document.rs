//! The results within `docs/benchmarks.md`: between two markers, replaced by every run. Text
//! outside the markers is by hand.

use super::table;
use crate::figures::Findings;

const BEGIN: &str = "<!-- results: begin -->";
const END: &str = "<!-- results: end -->";

/// The tables, and every plot.
pub(super) fn results(findings: &Findings, plots: &[(String, String)]) -> String {
    let mut text = table::of(findings);
    for (plot, _) in plots {
        let title = plot.trim_end_matches(".svg").replace('-', " ");
        text.push_str(&format!("\n\n![{title}](benchmarks/{plot})"));
    }
    text
}

/// The document with the text between the markers, which are added at its end if need be.
pub(super) fn replace(document: &str, text: &str) -> String {
    let block = format!("{BEGIN}\n{text}\n{END}");
    if let Some((before, rest)) = document.split_once(BEGIN)
        && let Some((_, after)) = rest.split_once(END)
    {
        return format!("{before}{block}{after}");
    }
    format!("{}\n\n{block}\n", document.trim_end())
}

#[cfg(test)]
mod tests {
    use super::replace;

    #[test]
    fn results_are_added_then_replaced() {
        let first = replace("# Benchmarks\n\nBy hand.\n", "one");
        assert!(first.starts_with("# Benchmarks\n\nBy hand.\n\n<!-- results: begin -->\none\n"));
        assert_eq!(replace(&first, "two"), first.replace("one", "two"));
    }
}

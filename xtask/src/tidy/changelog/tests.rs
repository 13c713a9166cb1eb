//! What a changelog may look like, and what is said of others.

use super::super::Tree;

fn findings(document: &str) -> Vec<String> {
    let tree = Tree::of(&[(super::DOCUMENT, document)]);
    let findings = super::check(&tree).unwrap().into_iter();
    findings.map(|finding| finding.to_string()).collect()
}

#[test]
fn versions_with_their_changes_pass() {
    let text = "# Changelog\n\n## Unreleased\n\n### Added\n- One.\n  More of it.\n\n\
                ## 0.2.0 (2026-12-01)\n\n### Changed\n- Two.\n\n### Fixed\n- Three.\n\n\
                ## 0.1.0 (2026-11-21)\n\n### Added\n- Four.\n";
    assert!(findings(text).is_empty(), "{:?}", findings(text));
    assert!(
        findings("## Unreleased\n").is_empty(),
        "right after a release"
    );
}

#[test]
fn what_is_missing_or_out_of_order_is_found() {
    for (text, says) in [
        ("", "CHANGELOG.md:1: no `## Unreleased`"),
        (
            "## 0.1.0 (2026-11-21)\n",
            "CHANGELOG.md:1: `## Unreleased` comes first",
        ),
        (
            "## Unreleased\n## 0.1.0\n",
            "CHANGELOG.md:2: a version is written as",
        ),
        (
            "## Unreleased\n## 0.1.0 (2026-13-01)\n",
            "CHANGELOG.md:2: a version is written as",
        ),
        (
            "## Unreleased\n## 0.9.0 (2026-01-01)\n## 0.10.0 (2026-02-01)\n",
            "CHANGELOG.md:3: the newest version comes first",
        ),
        (
            "## Unreleased\n- One.\n",
            "CHANGELOG.md:2: a change stands under no kind",
        ),
        (
            "## Unreleased\n### Added\n",
            "CHANGELOG.md:2: there is no change under it",
        ),
        (
            "## Unreleased\n### New\n- One.\n",
            "CHANGELOG.md:2: the kinds are Added",
        ),
        (
            "## Unreleased\n### Fixed\n- One.\n### Added\n- Two.\n",
            "CHANGELOG.md:4: the order is Added",
        ),
    ] {
        let found = findings(text);
        assert!(
            matches!(&found[..], [one] if one.starts_with(says)),
            "{text:?}: {found:?}"
        );
    }
    let none = super::check(&Tree::of(&[])).unwrap();
    assert_eq!(none.len(), 1, "no changelog at all");
}

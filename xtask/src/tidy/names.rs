//! Files and folders are named after their job; names that fit anything say
//! nothing.

use anyhow::Result;

use super::{Finding, Tree};

const FORBIDDEN: &[&str] = &[
    "common",
    "helper",
    "helpers",
    "manager",
    "managers",
    "misc",
    "util",
    "utilities",
    "utils",
];

const SOURCES: &[&str] = &["js", "mjs", "py", "rs", "sh", "sql", "ts", "tsx"];

pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for file in tree.files() {
        let extension = file.path.rsplit('.').next().unwrap_or_default();
        if !SOURCES.contains(&extension) {
            continue;
        }
        for part in file.path.split('/') {
            let stem = part.split('.').next().unwrap_or_default();
            if FORBIDDEN.contains(&stem) {
                let text =
                    format!("`{stem}` says nothing: name the job (`retry`, `redact`, `page`)");
                findings.push(Finding::new(&file.path, text));
            }
        }
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::super::Tree;

    #[test]
    fn names_that_fit_anything_are_refused() {
        let tree = Tree::of(&[
            ("a/src/utils.rs", ""),
            ("a/src/helpers/page.rs", ""),
            ("a/src/common.test.ts", ""),
            ("a/src/utility_meter.rs", ""),
            ("docs/misc.md", ""),
        ]);
        let places: Vec<_> = super::check(&tree)
            .unwrap()
            .into_iter()
            .map(|finding| finding.place)
            .collect();
        assert_eq!(
            places,
            [
                "a/src/utils.rs",
                "a/src/helpers/page.rs",
                "a/src/common.test.ts"
            ]
        );
    }
}

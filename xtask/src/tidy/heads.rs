//! Every Rust file begins with what it is, why, and what it never does.

use anyhow::Result;

use super::{Finding, Tree};

pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let headless = tree.rust().filter(|file| !file.text.starts_with("//! "));
    let text = "begins without `//!`: say what the file is and why";
    Ok(headless
        .map(|file| Finding::at(&file.path, 1, text))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::super::Tree;

    #[test]
    fn head_is_required() {
        let tree = Tree::of(&[("a.rs", "//! A.\n"), ("b.rs", "\n//! B.\n"), ("c.md", "C")]);
        let findings = super::check(&tree).unwrap();
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].place, "b.rs:1");
    }
}

//! What counts as left over.

use super::super::Tree;

#[track_caller]
fn count(text: &str) -> usize {
    super::check(&Tree::of(&[("a.rs", text)])).unwrap().len()
}

#[test]
fn placeholders_are_found() {
    assert_eq!(count("fn a() { todo!() }"), 1);
    assert_eq!(count("#[test]\n#[ignore = \"slow\"]\nfn a() {}"), 1);
    assert_eq!(count("// FIXME later\n/* XXX */"), 2);
}

#[test]
fn words_in_strings_and_names_are_not() {
    assert_eq!(count("const A: &str = \"todo! FIXME\";"), 0);
    assert_eq!(count("my_todo!(); struct FIXME;"), 0);
    assert_eq!(count("// XXXL"), 0);
}

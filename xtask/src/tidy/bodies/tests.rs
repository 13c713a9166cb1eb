//! Where functions begin and end.

use super::super::Tree;
use super::{Body, bodies};

fn sizes(code: &str) -> Vec<(String, usize, usize)> {
    let tuple = |body: Body| (body.name, body.line, body.lines);
    bodies(code).into_iter().map(tuple).collect()
}

#[test]
fn lines_between_the_braces_count() {
    let code = "fn a() {\n  b();\n  c();\n}\n\nfn d() {}\n";
    assert_eq!(
        sizes(code),
        [("a".to_owned(), 1, 2), ("d".to_owned(), 6, 0)]
    );
}

#[test]
fn signature_may_hold_arrays_and_function_types() {
    let code = "fn a(b: [u8; 4], c: fn(u8) -> u8) -> impl Fn() {\n  x\n}";
    assert_eq!(sizes(code), [("a".to_owned(), 1, 1)]);
}

#[test]
fn declaration_without_a_body_has_none() {
    assert_eq!(
        sizes("trait A { fn b(&self); fn c() {\n1\n} }"),
        [("c".to_owned(), 1, 1)]
    );
}

#[test]
fn nested_function_counts_for_itself_too() {
    let code = "fn a() {\n  fn b() {\n    1\n  }\n}";
    assert_eq!(
        sizes(code),
        [("a".to_owned(), 1, 3), ("b".to_owned(), 2, 1)]
    );
}

#[test]
fn long_function_and_long_file_are_found() {
    let body = "    x();\n".repeat(101);
    let function = format!("//! A.\nfn a() {{\n{body}}}\n");
    let long = "// a\n".repeat(501);
    let tree = Tree::of(&[("a.rs", &function), ("b.rs", &long), ("c.md", &long)]);
    let places: Vec<_> = super::check(&tree)
        .unwrap()
        .into_iter()
        .map(|finding| finding.place)
        .collect();
    assert_eq!(places, ["a.rs:2", "b.rs"]);
}

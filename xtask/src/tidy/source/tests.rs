//! What the scanner takes for code, comment and literal.

use super::{Source, find_word, line_of};

#[track_caller]
fn check(text: &str, code: &str, comments: &str) {
    let source = Source::parse(text);
    assert_eq!(source.code.trim_end(), code, "code of {text}");
    assert_eq!(source.comments.trim(), comments, "comments of {text}");
    assert_eq!(source.code.chars().count(), text.chars().count());
}

#[test]
fn comments_are_not_code() {
    check("a // b", "a", "// b");
    check(
        "a /* b /* c */ d */ e",
        "a                   e",
        "/* b /* c */ d */",
    );
    check("let a = 1; /* open", "let a = 1;", "/* open");
}

#[test]
fn literals_are_not_code() {
    let literals = [
        r#""fn { // no""#,
        r#""a\"{""#,
        r##"r#"a"{"#"##,
        "'{'",
        "'\\''",
        "'\\u{7b}'",
        "\"ü{\"",
    ];
    for literal in literals {
        let blank = " ".repeat(literal.chars().count());
        check(&format!("f({literal}, b)"), &format!("f({blank}, b)"), "");
    }
}

#[test]
fn prefix_of_a_literal_may_stay() {
    check(r##"f(br#"{"#)"##, "f(b      )", "");
    check(r##"f(b"{")"##, "f(b   )", "");
}

#[test]
fn lifetimes_and_raw_names_are_code() {
    check("fn a<'a>(x: &'a str) {}", "fn a<'a>(x: &'a str) {}", "");
    check("r#type: for \"x\"", "r#type: for", "");
}

#[test]
fn words_stand_by_themselves() {
    let text = "fn a\nfnord fn";
    assert_eq!(find_word(text, "fn").collect::<Vec<_>>(), [0, 11]);
    assert_eq!(line_of(text, 11), 2);
}

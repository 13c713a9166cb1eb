//! The rules for names and texts, as tables and as properties.

use genkan_core::Code;
use proptest::prelude::*;

use super::{
    name::{NamespaceName, ScopeName},
    near::near,
    text::{self, CONTENT_CHARACTERS, Words},
};

fn words(text: &str) -> Words {
    Words::Text(text.to_owned())
}

#[test]
fn namespace_names_follow_the_rule() {
    for good in ["ab", "my-team", "a1", "--", &"x".repeat(64)] {
        assert_eq!(NamespaceName::parse("name", good).unwrap().as_str(), good);
    }
    for bad in [
        "",
        "a",
        "Ab",
        "a b",
        "a_b",
        "ä-b",
        "a:b",
        "a\0b",
        "ａｂ",
        "a\u{200B}b",
        &"x".repeat(65),
    ] {
        let error = NamespaceName::parse("name", bad).unwrap_err();
        assert_eq!(error.code(), Code::InvalidName, "{bad:?}");
        assert!(
            error.message().starts_with("`name`: "),
            "{}",
            error.message()
        );
    }
}

#[test]
fn scope_names_are_complete() {
    let name = ScopeName::parse("scope", "my-team:api").unwrap();
    assert_eq!(
        (
            name.namespace.as_str(),
            name.scope.as_str(),
            name.to_string().as_str()
        ),
        ("my-team", "api", "my-team:api")
    );
    for bad in [
        "",
        "my-team",
        "api",
        ":",
        "my-team:",
        ":api",
        "a:b",
        "my-team:api:x",
        "my-team: api",
        "My:api",
        "my-team:ап",
    ] {
        assert_eq!(
            ScopeName::parse("scope", bad).unwrap_err().code(),
            Code::InvalidName,
            "{bad:?}"
        );
    }
}

#[test]
fn descriptions_have_a_length() {
    for (text, length) in [("ab", 2), ("  ab  ", 2), (&"é".repeat(64), 64)] {
        assert_eq!(
            text::description("description", text)
                .unwrap()
                .chars()
                .count(),
            length
        );
    }
    for bad in ["", "a", "  a  ", &"é".repeat(65), "two\nlines", "nul\0"] {
        let error = text::description("description", bad).unwrap_err();
        assert_eq!(error.code(), Code::InvalidArguments, "{bad:?}");
        assert!(error.message().contains("`description`"));
    }
}

#[test]
fn contents_are_bounded_in_characters() {
    for good in [
        "x".repeat(CONTENT_CHARACTERS),
        "語".repeat(CONTENT_CHARACTERS),
    ] {
        assert!(text::content("content", &good).is_ok());
    }
    for (bad, code) in [
        (String::new(), Code::InvalidArguments),
        (" \n\t".to_owned(), Code::InvalidArguments),
        ("a\0b".to_owned(), Code::InvalidArguments),
        ("x".repeat(CONTENT_CHARACTERS + 1), Code::TooLarge),
        ("語".repeat(CONTENT_CHARACTERS + 1), Code::TooLarge),
        ("x".repeat(10 << 20), Code::TooLarge),
    ] {
        assert_eq!(
            text::content("content", &bad).unwrap_err().code(),
            code,
            "{} bytes",
            bad.len()
        );
    }
}

#[test]
fn contexts_have_keywords_of_a_length() {
    let twenty = vec!["ab"; 20].join(" ");
    for (good, stored) in [
        (words("ab"), "ab"),
        (words("  rust \t node.js\n"), "rust node.js"),
        (words(&twenty), twenty.as_str()),
        (
            Words::List(vec!["rust".into(), " node js ".into()]),
            "rust node js",
        ),
    ] {
        assert_eq!(text::context("context", &good).unwrap(), stored);
    }
    let long = "x".repeat(33);
    for (bad, says) in [
        (words(""), "0 keywords"),
        (words(" \n "), "0 keywords"),
        (Words::List(Vec::new()), "0 keywords"),
        (words(&vec!["ab"; 21].join(" ")), "21 keywords"),
        (words(&"ab ".repeat(100_000)), "100000 keywords"),
        (words("ok a"), "`a` of 1 characters"),
        (words(&long), "of 33 characters"),
        (words("a\u{1}b"), "control character"),
    ] {
        let error = text::context("context", &bad).unwrap_err();
        assert_eq!(error.code(), Code::InvalidArguments);
        assert!(
            error.message().starts_with("`context` ") && error.message().contains(says),
            "{}",
            error.message()
        );
    }
}

#[test]
fn queries_are_counted() {
    let ten = ["ab"; 10].join(" ");
    let queries = text::queries(
        "queries",
        &[
            words(&ten),
            words(" "),
            Words::List(vec!["c d".into(), "e".into()]),
        ],
    );
    assert_eq!(queries.unwrap(), [ten.as_str(), "c d e"]);
    assert!(text::queries("queries", &[]).unwrap().is_empty());
    for (bad, says) in [
        (vec![words("a"); 16], "`queries` has 16 queries"),
        (
            vec![words("a"), words(&["ab"; 11].join(" "))],
            "`queries[1]` has 11 keywords",
        ),
        (vec![words(&"x".repeat(65))], "`queries[0]` has the keyword"),
        (vec![words(&"x".repeat(10 << 20))], "of 10485760 characters"),
    ] {
        let error = text::queries("queries", &bad).unwrap_err();
        assert_eq!(error.code(), Code::InvalidArguments);
        assert!(error.message().contains(says), "{}", error.message());
        assert!(
            error.message().len() < 400,
            "the culprit is quoted in short"
        );
    }
}

#[test]
fn near_names_are_suggested() {
    let existing = ["global:default", "my-team:api", "my-team:app", "other:api"];
    let near = |given| near(given, existing.into_iter());
    assert_eq!(near("my-team:apo"), ["my-team:api", "my-team:app"]);
    assert_eq!(near("global:defualt"), ["global:default"]);
    assert!(near("something-else:entirely").is_empty());
}

proptest! {
    #[test]
    fn any_text_is_judged_without_panic(text in any::<String>(), list in prop::collection::vec(any::<String>(), 0..30)) {
        if let Ok(name) = NamespaceName::parse("name", &text) {
            prop_assert_eq!(name.as_str(), text.as_str());
        }
        if let Ok(name) = ScopeName::parse("scope", &text) {
            prop_assert_eq!(name.to_string(), text.as_str());
        }
        if let Ok(description) = text::description("description", &text) {
            prop_assert!((2..=64).contains(&description.chars().count()));
        }
        let _ = text::content("content", &text);
        for words in [Words::Text(text.clone()), Words::List(list.clone())] {
            if let Ok(context) = text::context("context", &words) {
                let keywords: Vec<_> = context.split(' ').collect();
                prop_assert!((1..=20).contains(&keywords.len()));
                prop_assert!(keywords.iter().all(|k| (2..=32).contains(&k.chars().count())));
            }
            if let Ok(queries) = text::queries("queries", &[words]) {
                prop_assert!(queries.iter().all(|query| (1..=10).contains(&query.split(' ').count())));
            }
        }
    }

    #[test]
    fn names_within_the_rule_are_taken(namespace in "[a-z0-9-]{2,64}", scope in "[a-z0-9-]{2,64}") {
        prop_assert!(NamespaceName::parse("name", &namespace).is_ok());
        let full = format!("{namespace}:{scope}");
        prop_assert!(ScopeName::parse("scope", &full).is_ok());
    }
}

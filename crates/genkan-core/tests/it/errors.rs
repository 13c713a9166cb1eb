//! Every error has a code, a message, a hint and a link, and the link leads somewhere.

use std::collections::HashSet;

use genkan_core::{Code, Error};

const PAGE: &str = include_str!("../../../../docs/errors.md");

#[test]
fn the_link_of_every_code_leads_to_its_heading_and_numbers() {
    let headings: HashSet<&str> = PAGE
        .lines()
        .filter_map(|line| line.strip_prefix("### "))
        .collect();
    for code in Code::ALL {
        let error = Error::new(*code, "something went wrong");
        let shown = serde_json::to_value(error.shown()).unwrap();
        let fields: Vec<_> = shown
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(fields, ["code", "message", "hint", "doc"]);
        let (page, anchor) = shown["doc"].as_str().unwrap().split_once('#').unwrap();
        assert_eq!(page, "docs/errors.md");
        assert!(headings.contains(anchor), "`{anchor}` has no heading");
        assert!(!shown["hint"].as_str().unwrap().is_empty());
        let numbers = format!("HTTP {}, JSON-RPC {}", code.http_status(), code.json_rpc());
        let text = PAGE.split(&format!("\n### {anchor}\n")).nth(1).unwrap();
        let rest = text.strip_prefix(&numbers);
        assert!(
            rest.is_some_and(|rest| rest.starts_with(['.', ','])),
            "the text of `{anchor}` does not begin with `{numbers}`"
        );
    }
    assert_eq!(headings.len(), Code::ALL.len(), "no heading is left over");
}

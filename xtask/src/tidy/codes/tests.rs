//! Table and document are compared as sets, and their numbers.

use super::super::Tree;

const TABLE: &str = r#"
macro_rules! codes { ($($variant:ident $name:literal $http:literal;)*) => {} }
codes! {
    // Parsing.
    ParseError "parse_error" 400 -32700 "Send JSON.";
    UnknownTool "unknown_tool" 400 -32602 "List the tools.";
}
"#;

fn findings(document: &str) -> Vec<String> {
    let tree = Tree::of(&[(super::TABLE, TABLE), (super::DOCUMENT, document)]);
    super::check(&tree)
        .unwrap()
        .into_iter()
        .map(|finding| finding.text)
        .collect()
}

#[test]
fn documented_codes_pass() {
    let found = findings(
        "# Errors\n## Protocol\n### parse_error\nHTTP 400, JSON-RPC -32700. No JSON.\n\n\
         ### `unknown_tool`\n\nHTTP 400, JSON-RPC -32602, and once -32002.\n",
    );
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn missing_and_surplus_headings_are_found() {
    assert_eq!(
        findings("### parse_error\nHTTP 400, JSON-RPC -32700.\n### unknown_toll\n"),
        [
            "no heading for the error code `unknown_tool`",
            "there is no error code `unknown_toll`"
        ]
    );
}

#[test]
fn numbers_of_another_row_are_found() {
    for numbers in [
        "HTTP 404, JSON-RPC -32602.",
        "HTTP 400, JSON-RPC -326020.",
        "Ours.",
    ] {
        let document =
            format!("### parse_error\nHTTP 400, JSON-RPC -32700.\n### unknown_tool\n{numbers}\n");
        assert_eq!(
            findings(&document),
            ["the text of `unknown_tool` does not begin with `HTTP 400, JSON-RPC -32602`"]
        );
    }
}

#[test]
fn missing_document_is_found() {
    let tree = Tree::of(&[(super::TABLE, TABLE)]);
    assert_eq!(super::check(&tree).unwrap().len(), 1);
}

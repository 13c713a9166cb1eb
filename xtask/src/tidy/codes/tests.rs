//! Table and document are compared as sets.

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
    assert!(findings("# Errors\n## Protocol\n### parse_error\n### `unknown_tool`\n").is_empty());
}

#[test]
fn missing_and_surplus_headings_are_found() {
    assert_eq!(
        findings("### parse_error\n### unknown_toll\n"),
        [
            "no heading for the error code `unknown_tool`",
            "there is no error code `unknown_toll`"
        ]
    );
}

#[test]
fn missing_document_is_found() {
    let tree = Tree::of(&[(super::TABLE, TABLE)]);
    assert_eq!(super::check(&tree).unwrap().len(), 1);
}

//! Names and ids: what is accepted obeys the rule, and nothing makes parsing panic.

use genkan_core::{
    Permission,
    id::{CorrelationId, ProfileName, ToolName},
};
use proptest::prelude::*;

#[test]
fn names_at_the_edge_of_their_rules() {
    let long = "a".repeat(64);
    let rows: [(&str, bool, bool); 9] = [
        // text, a tool's name, a profile's name
        ("knowledge_get_task_context", true, false),
        ("a", true, true),
        ("A-b_9", true, false),
        (&long, true, true),
        (&format!("{long}a"), false, false),
        ("", false, false),
        ("a.b", false, false),
        ("a b", false, false),
        ("é", false, false),
    ];
    for (text, is_tool, is_profile) in rows {
        assert_eq!(ToolName::parse(text).is_ok(), is_tool, "{text}");
        assert_eq!(ProfileName::parse(text).is_ok(), is_profile, "{text}");
    }
}

proptest! {
    #[test]
    fn accepted_names_read_back(text in "\\PC{0,80}") {
        if let Ok(name) = ToolName::parse(&text) {
            prop_assert_eq!(name.as_str(), &text);
            prop_assert!(text.len() <= 64);
        }
        if let Ok(name) = ProfileName::parse(&text) {
            prop_assert_eq!(name.as_str(), &text);
        }
        if let Ok(permission) = Permission::parse(&text) {
            prop_assert_eq!(permission.to_string(), text);
        }
    }

    #[test]
    fn a_correlation_id_is_visible_ascii(text in "\\PC{0,200}") {
        if let Some(id) = CorrelationId::parse(&text) {
            prop_assert!(id.as_str().len() <= 128 && text.bytes().all(|b| b.is_ascii_graphic()));
        }
    }

    #[test]
    fn permissions_read_back(area in "[a-z0-9_-]{1,32}", action in "read|write|manage") {
        let text = format!("{area}.{action}");
        prop_assert_eq!(Permission::parse(&text).unwrap().to_string(), text);
    }
}

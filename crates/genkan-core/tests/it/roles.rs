//! Roles: default deny, and one table that says who may do what.

use genkan_core::{Permission, Role};

#[test]
fn each_role_allows_exactly_what_the_table_says() {
    // permission: viewer, user, operator, developer, admin
    let rows = [
        ("knowledge.read", [true, true, true, true, true]),
        ("knowledge.write", [false, true, false, true, true]),
        ("knowledge.manage", [false, false, false, true, true]),
        ("anything_new.read", [true, true, true, true, true]),
        ("metrics.read", [false, false, true, true, true]),
        ("audit.read", [false, false, true, false, true]),
        ("audit.manage", [false, false, false, false, true]),
        ("audit.write", [false, false, false, false, false]),
        ("keys.read", [false, false, false, false, true]),
        ("keys.manage", [false, false, false, false, true]),
        ("keys.write", [false, false, false, false, false]),
        ("settings.read", [false, false, true, true, true]),
        ("settings.manage", [false, false, false, false, true]),
    ];
    for (text, expected) in rows {
        let permission = Permission::parse(text).unwrap();
        for (role, allowed) in Role::ALL.into_iter().zip(expected) {
            assert_eq!(
                role.allows(&permission),
                allowed,
                "{} {text}",
                role.as_str()
            );
        }
    }
}

#[test]
fn roles_read_back_and_others_are_refused() {
    for role in Role::ALL {
        assert_eq!(Role::parse(role.as_str()).unwrap(), role);
    }
    for text in ["", "Admin", "root", "admin "] {
        assert!(Role::parse(text).is_err(), "{text}");
    }
}

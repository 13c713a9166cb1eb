//! Scopes: inheritance, cycles, renames, moves, protected defaults.

use genkan_core::Code;
use genkan_testkit::TestDb;
use serde_json::json;

use crate::fixture::Knowledge;

/// `team` with scopes a → b → c (each inherits from the next) and a namespace `other`.
async fn chain(database: &TestDb) -> Knowledge {
    let knowledge = Knowledge::open(database).await;
    for name in ["team", "other"] {
        knowledge.namespace(name).await;
    }
    for (scope, parents) in [
        ("team:cc", json!([])),
        ("team:bb", json!(["team:cc"])),
        ("team:aa", json!(["team:bb"])),
    ] {
        let made = json!({"scope": scope, "description": "A scope", "parents": parents});
        assert_eq!(knowledge.ok("create_scope", made.clone()).await, made);
    }
    knowledge
}

#[tokio::test]
async fn a_scope_finds_what_it_inherits_and_nothing_else() {
    TestDb::each(async |database| {
        let knowledge = chain(&database).await;
        let mut ids = std::collections::HashMap::new();
        for scope in [
            "global:default",
            "team:default",
            "team:cc",
            "team:bb",
            "team:aa",
            "other:default",
        ] {
            ids.insert(
                scope,
                knowledge
                    .entry(scope, "twin", "The same words everywhere.")
                    .await,
            );
        }
        for (scope, expected) in [
            (
                "team:aa",
                vec![
                    "team:aa",
                    "team:bb",
                    "team:cc",
                    "team:default",
                    "global:default",
                ],
            ),
            (
                "team:bb",
                vec!["team:bb", "team:cc", "team:default", "global:default"],
            ),
            ("team:default", vec!["team:default", "global:default"]),
            ("global:default", vec!["global:default"]),
            ("other:default", vec!["other:default", "global:default"]),
        ] {
            let expected: Vec<_> = expected
                .into_iter()
                .map(|scope| ids[scope].clone())
                .collect();
            assert_eq!(
                knowledge.find(scope, &["twin"]).await,
                expected,
                "{scope}, the nearest first"
            );
        }
        let parents = json!({"scope": "team:cc", "parents": ["other:default"]});
        assert_eq!(
            knowledge.ok("update_scope", parents).await["parents"],
            json!(["other:default"])
        );
        assert!(
            knowledge
                .find("team:aa", &["twin"])
                .await
                .contains(&ids["other:default"]),
            "across namespaces"
        );
        knowledge
            .ok("update_scope", json!({"scope": "team:cc", "parents": []}))
            .await;
        assert!(
            !knowledge
                .find("team:aa", &["twin"])
                .await
                .contains(&ids["other:default"])
        );
    })
    .await;
}

#[tokio::test]
async fn cycles_are_refused_and_change_nothing() {
    TestDb::each(async |database| {
        let knowledge = chain(&database).await;
        let before = knowledge.details().await;
        for (scope, parents, says) in [
            ("team:cc", json!(["team:cc"]), ["`parents[0]`", "itself"]),
            ("team:cc", json!(["team:bb"]), ["`parents[0]`", "`team:bb`"]),
            (
                "team:cc",
                json!(["other:default", "team:aa"]),
                ["`parents[1]`", "`team:aa`"],
            ),
            (
                "team:bb",
                json!(["team:cc", "team:aa"]),
                ["`parents[1]`", "`team:aa`"],
            ),
        ] {
            let arguments = json!({"scope": scope, "parents": parents, "description": "Changed"});
            knowledge
                .refused("update_scope", arguments, Code::Cycle, &says)
                .await;
        }
        let through_rename =
            json!({"scope": "team:cc", "new_scope": "team:dd", "parents": ["team:aa"]});
        knowledge
            .refused("update_scope", through_rename, Code::Cycle, &["`team:dd`"])
            .await;
        assert_eq!(knowledge.details().await, before);
    })
    .await;
}

#[tokio::test]
async fn renaming_and_moving_keeps_references_and_entries() {
    TestDb::each(async |database| {
        let knowledge = chain(&database).await;
        let id = knowledge.entry("team:bb", "twin", "In the middle.").await;
        let moved =
            json!({"scope": "team:bb", "new_scope": "other:middle", "description": "Moved"});
        assert_eq!(
            knowledge.ok("update_scope", moved).await,
            json!({"scope": "other:middle", "description": "Moved", "parents": ["team:cc"]})
        );
        assert_eq!(
            knowledge.details().await["team"]["scopes"]["team:aa"]["parents"],
            json!(["other:middle"])
        );
        let answer = knowledge
            .ok(
                "get_task_context",
                json!({"scope": "team:aa", "queries": ["twin"]}),
            )
            .await;
        assert_eq!(
            answer["other:middle"],
            json!({id.as_str(): "In the middle."})
        );
        let other = knowledge
            .entry("other:default", "twin", "The other default.")
            .await;
        assert!(
            knowledge.find("team:aa", &["twin"]).await.contains(&other),
            "the default of the new namespace"
        );
        knowledge.scope("team:bb", &[]).await;
        assert!(!knowledge.find("team:bb", &["twin"]).await.contains(&id));
    })
    .await;
}

#[tokio::test]
async fn deleting_a_scope_takes_its_entries_and_links() {
    TestDb::each(async |database| {
        let knowledge = chain(&database).await;
        for content in ["One twin.", "Two twins.", "Three."] {
            knowledge.entry("team:bb", "twin", content).await;
        }
        let kept = knowledge.entry("team:aa", "twin", "Kept.").await;
        assert_eq!(
            knowledge
                .ok("delete_scope", json!({"scope": "team:bb"}))
                .await,
            json!({"entries": 3})
        );
        assert_eq!(
            knowledge.details().await["team"]["scopes"]["team:aa"]["parents"],
            json!([])
        );
        assert_eq!(knowledge.find("team:aa", &["twin"]).await, [kept]);
        knowledge
            .refused(
                "delete_scope",
                json!({"scope": "team:bb"}),
                Code::NoSuchItem,
                &["`team:bb`"],
            )
            .await;
    })
    .await;
}

#[tokio::test]
async fn bad_scopes_are_refused() {
    TestDb::each(async |database| {
        let knowledge = chain(&database).await;
        let before = knowledge.details().await;
        let many = vec!["team:aa"; 21];
        for (tool, arguments, code, says) in [
            ("create_scope", json!({"scope": "api", "description": "ok"}), Code::InvalidName, ["`scope`", "namespace:scope"]),
            ("create_scope", json!({"scope": "team:Api", "description": "ok"}), Code::InvalidName, ["`scope`", "`team:Api`"]),
            ("create_scope", json!({"scope": "team:api:x", "description": "ok"}), Code::InvalidName, ["`scope`", "global:default"]),
            ("create_scope", json!({"scope": "nobody:api", "description": "ok"}), Code::NoSuchItem, ["namespace", "`nobody`"]),
            ("create_scope", json!({"scope": "team:aa", "description": "ok"}), Code::AlreadyExists, ["`scope`", "`team:aa`"]),
            ("create_scope", json!({"scope": "team:default", "description": "ok"}), Code::AlreadyExists, ["`scope`", "`team:default`"]),
            ("create_scope", json!({"scope": "team:api", "description": ""}), Code::InvalidArguments, ["`description`", "0 characters"]),
            ("create_scope", json!({"scope": "team:api", "description": "ok", "parents": ["team:ab"]}), Code::NoSuchItem, ["`parents[0]`", "`team:aa`"]),
            ("create_scope", json!({"scope": "team:api", "description": "ok", "parents": ["team:aa", "aa"]}), Code::InvalidName, ["`parents[1]`", "`aa`"]),
            ("create_scope", json!({"scope": "team:api", "description": "ok", "parents": ["team:api"]}), Code::Cycle, ["`parents[0]`", "itself"]),
            ("create_scope", json!({"scope": "team:api", "description": "ok", "parents": many}), Code::InvalidArguments, ["`parents`", "21"]),
            ("update_scope", json!({"scope": "team:aa"}), Code::InvalidArguments, ["`new_scope`", "`parents`"]),
            ("update_scope", json!({"scope": "team:zz", "description": "ok"}), Code::NoSuchItem, ["`scope`", "`team:zz`"]),
            ("update_scope", json!({"scope": "team:aa", "new_scope": "team:bb"}), Code::AlreadyExists, ["`new_scope`", "`team:bb`"]),
            ("update_scope", json!({"scope": "team:aa", "new_scope": "nobody:aa"}), Code::NoSuchItem, ["`new_scope`", "`nobody`"]),
            ("update_scope", json!({"scope": "team:aa", "new_scope": "aa"}), Code::InvalidName, ["`new_scope`", "`aa`"]),
            ("update_scope", json!({"scope": "team:default", "new_scope": "team:base"}), Code::Protected, ["`scope`", "`team:default`"]),
            ("update_scope", json!({"scope": "team:default", "parents": ["team:aa"]}), Code::Protected, ["`parents`", "`team:default`"]),
            ("update_scope", json!({"scope": "team:aa", "description": "x".repeat(65)}), Code::InvalidArguments, ["`description`", "65"]),
            ("delete_scope", json!({"scope": "team:default"}), Code::Protected, ["`scope`", "`team:default`"]),
            ("delete_scope", json!({"scope": "global:default"}), Code::Protected, ["`scope`", "`global:default`"]),
            ("delete_scope", json!({"scope": "team"}), Code::InvalidName, ["`scope`", "`team`"]),
            ("delete_scope", json!({"scope": "team:a"}), Code::InvalidName, ["`scope`", "2–64"]),
        ] {
            knowledge.refused(tool, arguments, code, &says).await;
        }
        assert_eq!(knowledge.details().await, before, "nothing is half made");
        let same = json!({"scope": "team:default", "new_scope": "team:default", "description": "Ours", "parents": []});
        assert_eq!(knowledge.ok("update_scope", same).await["description"], "Ours");
    })
    .await;
}

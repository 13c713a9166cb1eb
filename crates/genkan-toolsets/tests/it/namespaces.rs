//! Namespaces: made, listed, renamed, deleted.

use genkan_core::Code;
use genkan_testkit::TestDb;
use serde_json::json;

use crate::fixture::Knowledge;

#[tokio::test]
async fn global_default_is_there_before_the_first_write() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        let short = json!({"namespaces": {"global": {"description": "What holds everywhere"}}});
        let scopes =
            json!({"global:default": {"description": "Inherited by every scope", "parents": []}});
        for _ in 0..2 {
            assert_eq!(knowledge.ok("get_namespaces", json!({})).await, short);
            assert_eq!(knowledge.details().await["global"]["scopes"], scopes);
            assert_eq!(
                knowledge
                    .ok("get_namespaces", json!({"namespace": "global"}))
                    .await,
                short
            );
            let nothing = knowledge
                .ok(
                    "get_task_context",
                    json!({"scope": "global:default", "queries": ["x y"]}),
                )
                .await;
            assert_eq!(nothing, json!({"ranking": []}));
            // The second round looks at what a write has made.
            let made = json!({"name": "passing", "description": "Passing through"});
            knowledge.ok("create_namespace", made).await;
            knowledge
                .ok("delete_namespace", json!({"name": "passing"}))
                .await;
        }
        knowledge.close().await;
    })
    .await;
}

#[tokio::test]
async fn namespaces_are_listed_in_three_styles() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        let made = knowledge.ok("create_namespace", json!({"name": "team", "description": "  Our team "})).await;
        assert_eq!(made, json!({"name": "team", "description": "Our team", "default_scope": "team:default"}));
        let api = json!({"scope": "team:api", "description": "The API", "parents": ["team:default", "global:default"]});
        knowledge.ok("create_scope", api).await;
        let of = async |style| knowledge.ok("get_namespaces", json!({"namespace": "team", "style": style})).await;
        assert_eq!(of("short").await, json!({"namespaces": {"team": {"description": "Our team"}}}));
        let default = "Inherited by every scope of this namespace";
        assert_eq!(
            of("long").await,
            json!({"namespaces": {"team": {"description": "Our team", "scopes": {
                "team:api": {"description": "The API"},
                "team:default": {"description": default},
            }}}})
        );
        assert_eq!(
            of("details").await,
            json!({"namespaces": {"team": {"description": "Our team", "scopes": {
                "team:api": {"description": "The API", "parents": ["global:default", "team:default"]},
                "team:default": {"description": default, "parents": []},
            }}}})
        );
        let all = knowledge.details().await;
        assert_eq!(all.as_object().unwrap().keys().collect::<Vec<_>>(), ["global", "team"]);
    })
    .await;
}

/// Namespaces `team` and `other`, where `other:child` inherits from `team:base`.
async fn two_teams(knowledge: &Knowledge) {
    for name in ["team", "other"] {
        knowledge.namespace(name).await;
    }
    knowledge.scope("team:base", &[]).await;
    knowledge.scope("other:child", &["team:base"]).await;
}

#[tokio::test]
async fn renaming_a_namespace_takes_everything_along() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        two_teams(&knowledge).await;
        let id = knowledge
            .entry("team:base", "deploy", "Deploy on Mondays.")
            .await;

        let answer = knowledge
            .ok(
                "update_namespace",
                json!({"name": "team", "new_name": "crew"}),
            )
            .await;
        assert_eq!(answer, json!({"name": "crew", "description": "A team"}));
        let again = json!({"name": "crew", "new_name": "crew", "description": "The crew"});
        assert_eq!(
            knowledge.ok("update_namespace", again).await["description"],
            "The crew"
        );
        assert_eq!(
            knowledge.details().await["other"]["scopes"]["other:child"]["parents"],
            json!(["crew:base"])
        );
        let answer = knowledge
            .ok(
                "get_task_context",
                json!({"scope": "other:child", "queries": ["deploy"]}),
            )
            .await;
        assert_eq!(
            answer["crew:base"],
            json!({id.as_str(): "Deploy on Mondays."})
        );
        assert_eq!(answer["ranking"][0]["scope"], "crew:base");
        let queries = json!({"scope": "team:base", "queries": ["deploy"]});
        knowledge
            .refused(
                "get_task_context",
                queries,
                Code::NoSuchItem,
                &["`team:base`"],
            )
            .await;
    })
    .await;
}

#[tokio::test]
async fn deleting_a_namespace_counts_what_went_with_it() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        two_teams(&knowledge).await;
        for (scope, content) in [
            ("team:base", "Deploy one."),
            ("team:base", "Two deploy."),
            ("team:default", "Deploy three."),
        ] {
            knowledge.entry(scope, "deploy", content).await;
        }
        let kept = knowledge
            .entry("other:child", "deploy", "Deploy here.")
            .await;
        assert_eq!(
            knowledge
                .ok("delete_namespace", json!({"name": "team"}))
                .await,
            json!({"scopes": 2, "entries": 3})
        );
        assert_eq!(knowledge.find("other:child", &["deploy"]).await, [kept]);
        let details = knowledge.details().await;
        assert_eq!(details.get("team"), None);
        assert_eq!(
            details["other"]["scopes"]["other:child"]["parents"],
            json!([])
        );
        knowledge
            .refused(
                "delete_namespace",
                json!({"name": "team"}),
                Code::NoSuchItem,
                &["`name`", "`team`"],
            )
            .await;
        knowledge.namespace("team").await;
        assert_eq!(
            knowledge.find("team:default", &["deploy"]).await,
            Vec::<String>::new()
        );
    })
    .await;
}

#[tokio::test]
async fn bad_new_namespaces_are_refused() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        let team = json!({"name": "team", "description": "Our team"});
        knowledge.ok("create_namespace", team).await;
        let long = "x".repeat(65);
        for (arguments, code, says) in [
            (
                json!({"name": "Team", "description": "ok"}),
                Code::InvalidName,
                ["`name`", "`Team`"],
            ),
            (
                json!({"name": "x", "description": "ok"}),
                Code::InvalidName,
                ["`name`", "2–64"],
            ),
            (
                json!({"name": long, "description": "ok"}),
                Code::InvalidName,
                ["`name`", "2–64"],
            ),
            (
                json!({"name": "a\u{0}b", "description": "ok"}),
                Code::InvalidName,
                ["`name`", "\\0"],
            ),
            (
                json!({"name": "crew", "description": "x"}),
                Code::InvalidArguments,
                ["`description`", "2–64"],
            ),
            (
                json!({"name": "crew", "description": long}),
                Code::InvalidArguments,
                ["`description`", "65"],
            ),
            (
                json!({"name": "crew", "description": "a\u{0}b"}),
                Code::InvalidArguments,
                ["`description`", "control"],
            ),
            (
                json!({"name": "team", "description": "Again"}),
                Code::AlreadyExists,
                ["`name`", "`team`"],
            ),
            (
                json!({"name": "global", "description": "Again"}),
                Code::AlreadyExists,
                ["`name`", "`global`"],
            ),
        ] {
            knowledge
                .refused("create_namespace", arguments, code, &says)
                .await;
        }
    })
    .await;
}

#[tokio::test]
async fn bad_changes_of_namespaces_are_refused() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        let team = json!({"name": "team", "description": "Our team"});
        knowledge.ok("create_namespace", team).await;
        for (tool, arguments, code, says) in [
            (
                "get_namespaces",
                json!({"namespace": "tema"}),
                Code::NoSuchItem,
                ["`tema`", "`team`"],
            ),
            (
                "get_namespaces",
                json!({"namespace": "'; --"}),
                Code::InvalidName,
                ["`namespace`", "2–64"],
            ),
            (
                "update_namespace",
                json!({"name": "team"}),
                Code::InvalidArguments,
                ["`new_name`", "`description`"],
            ),
            (
                "update_namespace",
                json!({"name": "nobody", "description": "ok"}),
                Code::NoSuchItem,
                ["`name`", "`nobody`"],
            ),
            (
                "update_namespace",
                json!({"name": "team", "new_name": "A"}),
                Code::InvalidName,
                ["`new_name`", "`A`"],
            ),
            (
                "update_namespace",
                json!({"name": "team", "new_name": "global"}),
                Code::AlreadyExists,
                ["`new_name`", "`global`"],
            ),
            (
                "update_namespace",
                json!({"name": "global", "new_name": "local"}),
                Code::Protected,
                ["`name`", "`global`"],
            ),
            (
                "delete_namespace",
                json!({"name": "global"}),
                Code::Protected,
                ["`name`", "`global`"],
            ),
            (
                "delete_namespace",
                json!({"name": "teams"}),
                Code::NoSuchItem,
                ["`teams`", "`team`"],
            ),
        ] {
            knowledge.refused(tool, arguments, code, &says).await;
        }
        knowledge
            .ok(
                "update_namespace",
                json!({"name": "global", "description": "For all"}),
            )
            .await;
        let all = knowledge.ok("get_namespaces", json!({})).await;
        assert_eq!(
            all["namespaces"],
            json!({"global": {"description": "For all"}, "team": {"description": "Our team"}})
        );
    })
    .await;
}

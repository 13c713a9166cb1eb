//! How knowledge is used: sizes, what is searched for, and what is not found.

use std::time::Duration;

use genkan_core::{
    Code, Role, Timestamp,
    id::{PrincipalId, TenantId},
};
use genkan_store::knowledge::{Search, SearchedWord};
use genkan_testkit::{AppOptions, TestApp, TestDb};
use serde_json::{Value, json};

use crate::{
    fixture::Knowledge,
    skills::{ask, done, entry, team},
};

/// The first moment of the fixture's clock is within this day.
const TODAY: i64 = 1_790_000_000_000;
const DAY: i64 = 86_400_000;

/// One line of a log: days ago, scope, milliseconds, words and whether they were found, entries,
/// suggestions.
type Line<'a> = (
    i64,
    &'a str,
    u64,
    &'a [(&'a str, bool)],
    &'a [&'a str],
    &'a [(&'a str, &'a str)],
);

async fn scope_id(knowledge: &Knowledge, name: &str) -> String {
    let (namespace, scope) = name.split_once(':').unwrap();
    let mut tx = knowledge
        .store
        .read(&TenantId::from_stored("default"))
        .await
        .unwrap();
    tx.knowledge_find_scope(namespace, scope)
        .await
        .unwrap()
        .unwrap()
        .id
}

async fn play(knowledge: &Knowledge, log: &[Line<'_>]) {
    for (days_ago, scope, ms, words, found, suggestions) in log {
        let text: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let search = Search {
            principal: PrincipalId::from_stored("somebody"),
            scope: scope_id(knowledge, scope).await,
            at: Timestamp::from_millis(TODAY - days_ago * DAY),
            took: Duration::from_millis(*ms),
            queries: text.join(" "),
            words: words
                .iter()
                .map(|(word, is_found)| SearchedWord {
                    word: (*word).to_owned(),
                    is_found: *is_found,
                })
                .collect(),
            found: found.iter().map(|id| (*id).to_owned()).collect(),
            suggestions: suggestions
                .iter()
                .map(|(id, word)| ((*id).to_owned(), (*word).to_owned()))
                .collect(),
        };
        knowledge
            .store
            .note_search(&TenantId::from_stored("default"), search);
    }
}

#[tokio::test]
async fn a_log_of_searches_gives_exact_numbers() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        knowledge.namespace("team").await;
        knowledge.scope("team:shop", &[]).await;
        let deploy = knowledge.entry("team:shop", "deploy release", "Deploy on Tuesdays.").await;
        let style = knowledge.entry("global:default", "style", "Write plainly.").await;
        let lonely = knowledge.entry("team:shop", "lonely corner", "Nobody asks.").await;
        let (shop, global) = ("team:shop", "global:default");
        play(&knowledge, &[
            (40, shop, 900, &[("ancient", false)], &[], &[]),
            (2, shop, 10, &[("deploy", true), ("canary", false)], &[&deploy], &[(&deploy, "canary")]),
            (1, shop, 20, &[("deploy", true)], &[&deploy], &[]),
            (0, shop, 31, &[("canary", false), ("kubernetes", false)], &[], &[]),
            (0, shop, 5, &[("deploy", true), ("canary", false)], &[&deploy, &style], &[(&deploy, "canary"), (&deploy, "releases")]),
            (0, global, 40, &[("style", true)], &[&style], &[]),
        ]).await;

        let told = knowledge.ok("get_search_analytics", json!({"scope": shop})).await;
        assert_eq!(told, json!({
            "days": 30, "searches": 4, "found_nothing": 1, "mean_ms": 16.5, "slowest_ms": 31.0,
            "per_day": [
                {"date": "2026-09-19", "searches": 1, "found_nothing": 0},
                {"date": "2026-09-20", "searches": 1, "found_nothing": 0},
                {"date": "2026-09-21", "searches": 2, "found_nothing": 1},
            ],
            "top_terms": [
                {"term": "canary", "searches": 3},
                {"term": "deploy", "searches": 3},
                {"term": "kubernetes", "searches": 1},
            ],
            "zero_hit_terms": [{"term": "canary", "searches": 3}, {"term": "kubernetes", "searches": 1}],
            "slow_queries": [
                {"queries": "canary kubernetes", "scope": shop, "date": "2026-09-21", "ms": 31.0},
                {"queries": "deploy", "scope": shop, "date": "2026-09-20", "ms": 20.0},
                {"queries": "deploy canary", "scope": shop, "date": "2026-09-19", "ms": 10.0},
                {"queries": "deploy canary", "scope": shop, "date": "2026-09-21", "ms": 5.0},
            ],
            "suggested_keywords": [{"id": deploy, "scope": shop, "keyword": "canary", "searches": 2}],
            "unused": 1,
            "unused_entries": [{"id": lonely, "scope": shop, "context": "lonely corner"}],
        }), "`releases` is a keyword already, in the singular");

        let all = knowledge.ok("get_search_analytics", json!({"days": 1})).await;
        assert_eq!((&all["searches"], &all["slowest_ms"]), (&json!(3), &json!(40.0)), "{all}");
        let old = knowledge.ok("get_search_analytics", json!({"namespace": "team", "days": 41})).await;
        assert_eq!((&old["searches"], &old["zero_hit_terms"][1]["term"]), (&json!(5), &json!("ancient")), "{old}");
        let other = knowledge.ok("get_search_analytics", json!({"namespace": "global"})).await;
        assert_eq!(other["top_terms"], json!([{"term": "style", "searches": 1}]));

        play(&knowledge, &[(0, shop, 50, &[("deploy", true)], &[&lonely], &[])]).await;
        knowledge.ok("delete_knowledge", json!({"id": deploy})).await;
        let told = knowledge.ok("get_search_analytics", json!({"scope": shop})).await;
        assert_eq!((&told["searches"], &told["unused"]), (&json!(5), &json!(0)), "sums go on growing");
        assert_eq!(told["suggested_keywords"], json!([]), "what is deleted is gone from here too");
        let elsewhere = knowledge.call_as("other", "get_search_analytics", json!({})).await.unwrap();
        assert_eq!(elsewhere["searches"], 0, "another tenant sees nothing");
        knowledge.close().await;
    })
    .await;
}

#[tokio::test]
async fn searches_are_counted_as_they_happen() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        knowledge.namespace("team").await;
        let id = knowledge
            .entry("team:default", "deploy", "Rolling updates, every Tuesday.")
            .await;
        let far = knowledge
            .entry("global:default", "style", "Blue is a colour.")
            .await;
        knowledge
            .find("team:default", &["Deploys tuesday", "deploy bluegreen"])
            .await;
        knowledge.find("team:default", &["bluegreen"]).await;
        knowledge.find("team:default", &["", " "]).await;
        let told = knowledge
            .ok("get_search_analytics", json!({"scope": "team:default"}))
            .await;
        assert_eq!(
            (&told["searches"], &told["found_nothing"]),
            (&json!(2), &json!(1)),
            "{told}"
        );
        let terms = |list: &str| -> Vec<(String, i64)> {
            let terms = told[list].as_array().unwrap().iter();
            terms
                .map(|one| {
                    (
                        one["term"].as_str().unwrap().to_owned(),
                        one["searches"].as_i64().unwrap(),
                    )
                })
                .collect()
        };
        let counted = |all: &[(&str, i64)]| -> Vec<(String, i64)> {
            all.iter()
                .map(|(term, n)| ((*term).to_owned(), *n))
                .collect()
        };
        assert_eq!(
            terms("top_terms"),
            counted(&[
                ("bluegreen", 2),
                ("deploy", 1),
                ("deploys", 1),
                ("tuesday", 1)
            ])
        );
        assert_eq!(terms("zero_hit_terms"), counted(&[("bluegreen", 2)]));
        assert_eq!(
            told["suggested_keywords"],
            json!([{"id": id, "scope": "team:default", "keyword": "bluegreen", "searches": 1}])
        );
        assert_eq!(told["slow_queries"].as_array().unwrap().len(), 2);
        let all = knowledge.ok("get_search_analytics", json!({})).await;
        assert_eq!(
            all["unused_entries"],
            json!([{"id": far, "scope": "global:default", "context": "style"}])
        );

        for private in [true, false] {
            knowledge
                .ok("set_search_privacy", json!({"private": private}))
                .await;
            knowledge.find("team:default", &["secret"]).await;
            let told = knowledge
                .ok("get_search_analytics", json!({"scope": "team:default"}))
                .await;
            let searches = if private { 2 } else { 3 };
            assert_eq!(told["searches"], searches, "private: {private}");
        }
        knowledge.close().await;
    })
    .await;
}

#[tokio::test]
async fn sizes_are_told_per_namespace_and_scope() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        let nothing = knowledge.ok("get_statistics", json!({})).await;
        let none = json!({"entries": 0, "suppressed": 0, "size_bytes": 0, "written": 0, "changed": 0});
        assert_eq!(nothing, json!({"days": 30, "total": none, "namespaces": {"global": none}, "scopes": {"global:default": none}}));
        knowledge.namespace("team").await;
        knowledge.scope("team:shop", &[]).await;
        let one = knowledge.entry("team:shop", "one", "Grüße!").await;
        let two = knowledge.entry("team:shop", "two", "12").await;
        knowledge.entry("team:default", "three", "123").await;
        knowledge.ok("resolve_knowledge_conflict", json!({"active_id": one, "suppressed_ids": [two]})).await;
        let told = knowledge.ok("get_statistics", json!({"namespace": "team", "days": 1})).await;
        let numbers = |size: &Value| ["entries", "suppressed", "size_bytes", "written", "changed"].map(|name| size[name].as_i64().unwrap());
        assert_eq!(numbers(&told["total"]), [2, 1, 13, 3, 0]);
        assert_eq!(numbers(&told["namespaces"]["team"]), [2, 1, 13, 3, 0]);
        assert_eq!(numbers(&told["scopes"]["team:shop"]), [1, 1, 10, 2, 0]);
        assert_eq!(numbers(&told["scopes"]["team:default"]), [1, 0, 3, 1, 0]);
        assert_eq!(told["namespaces"].as_object().unwrap().len(), 1);
        let change = told["scopes"]["team:shop"]["last_change"].as_str().unwrap();
        assert!(change.starts_with("2026-09-21T"), "{change}");
        let shop = knowledge.ok("get_statistics", json!({"scope": "team:shop"})).await;
        assert_eq!(numbers(&shop["total"]), [1, 1, 10, 2, 0]);
    })
    .await;
}

#[tokio::test]
async fn bad_questions_about_usage_are_refused() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        let long = "x".repeat(1 << 20);
        for tool in ["get_statistics", "get_search_analytics"] {
            for (arguments, code, says) in [
                (json!({"days": 0}), Code::InvalidArguments, "`days` is 0"),
                (json!({"days": 367}), Code::InvalidArguments, "1–366"),
                (json!({"days": u32::MAX}), Code::InvalidArguments, "`days`"),
                (
                    json!({"namespace": "global", "scope": "global:default"}),
                    Code::InvalidArguments,
                    "`namespace`",
                ),
                (
                    json!({"namespace": "nowhere"}),
                    Code::NoSuchItem,
                    "`nowhere`",
                ),
                (
                    json!({"namespace": "日本"}),
                    Code::InvalidName,
                    "`namespace`",
                ),
                (json!({"namespace": ""}), Code::InvalidName, "`namespace`"),
                (
                    json!({"scope": "global:nowhere"}),
                    Code::NoSuchItem,
                    "`global:nowhere`",
                ),
                (json!({"scope": "global"}), Code::InvalidName, "`scope`"),
                (
                    json!({"scope": "a:b' OR '1'='1"}),
                    Code::InvalidName,
                    "`scope`",
                ),
                (
                    json!({"scope": "global:\u{202e}\u{200b}"}),
                    Code::InvalidName,
                    "`scope`",
                ),
                (json!({"scope": long}), Code::InvalidName, "`scope`"),
            ] {
                knowledge.refused(tool, arguments, code, &[says]).await;
            }
            assert!(
                knowledge
                    .ok(tool, json!({"days": 366, "scope": "global:default"}))
                    .await["days"]
                    == 366
            );
            for wrong in [json!(-1), json!(1.5), json!("7")] {
                assert!(
                    !knowledge.schema_takes(tool, &json!({"days": wrong})),
                    "{wrong}"
                );
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_day_has_a_bounded_number_of_words() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        knowledge.namespace("team").await;
        let scope = "global:default";
        for batch in 0..20 {
            let words: Vec<String> = (0..1_000).map(|n| format!("word{batch}x{n}")).collect();
            let words: Vec<(&str, bool)> = words.iter().map(|word| (word.as_str(), true)).collect();
            play(&knowledge, &[(0, scope, 1, &words, &[], &[])]).await;
        }
        knowledge.store.write_usage().await.unwrap();
        let long = "長".repeat(100_000);
        play(
            &knowledge,
            &[(
                0,
                scope,
                1,
                &[("new", true), ("word3x7", true), (&long, true)],
                &[],
                &[],
            )],
        )
        .await;
        let told = knowledge.ok("get_search_analytics", json!({})).await;
        assert_eq!(told["searches"], 21);
        assert_eq!(
            told["top_terms"][0],
            json!({"term": "word3x7", "searches": 2}),
            "known words go on"
        );
        let mut tx = knowledge
            .store
            .read(&TenantId::from_stored("default"))
            .await
            .unwrap();
        let id = scope_id(&knowledge, scope).await;
        let since = Timestamp::from_millis(TODAY - DAY);
        let all = tx
            .knowledge_usage_words(&[&id], since, false, 100_000)
            .await
            .unwrap();
        assert_eq!(all.len(), 20_000, "new ones are not taken in");
    })
    .await;
}

#[tokio::test]
async fn old_sums_are_forgotten_and_words_are_kept_only_if_wanted() {
    TestDb::each(async |database| {
        let options = AppOptions {
            store: Some(|options| {
                options.usage.days = 2;
                options.usage.words = false;
            }),
            ..AppOptions::default()
        };
        let app = TestApp::start_with(&database, options).await;
        let client = team(&app).await;
        entry(&client, "team:shop", "deploy", "On Tuesdays.").await;
        let viewer = client.with_key(app.key(Role::Viewer).await);
        let queries = json!({"scope": "team:shop", "queries": ["deploy nothing"]});
        done(&viewer, "get_task_context", queries).await;
        for _ in 0..2 {
            let told = done(&viewer, "get_search_analytics", json!({"days": 366})).await;
            assert_eq!(told["searches"], 1);
            assert_eq!(told["unused"], 0);
            for list in [
                "top_terms",
                "zero_hit_terms",
                "slow_queries",
                "suggested_keywords",
            ] {
                assert_eq!(told[list], json!([]), "{list}");
            }
            app.clock.advance(Duration::from_secs(86_400));
        }
        let told = done(&viewer, "get_search_analytics", json!({"days": 366})).await;
        assert_eq!(
            (&told["searches"], &told["unused"]),
            (&json!(0), &json!(1)),
            "two days are kept"
        );
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn the_statistics_of_a_scope_are_a_resource() {
    TestDb::each(async |database| {
        let app = TestApp::start(&database).await;
        let client = team(&app).await;
        let id = entry(&client, "team:shop", "deploy", "On Tuesdays.").await;
        let lonely = entry(&client, "team:shop", "lonely", "Nobody asks.").await;
        let viewer = client.with_key(app.key(Role::Viewer).await);
        let queries = json!({"scope": "team:shop", "queries": ["deploy canary"]});
        done(&viewer, "get_task_context", queries).await;
        let page = async |uri: &str| {
            ask(&viewer, "resources/read", json!({"uri": uri})).await["contents"][0].clone()
        };
        let read = page("knowledge://team/shop/statistics").await;
        assert_eq!(read["mimeType"], "text/markdown");
        let text = read["text"].as_str().unwrap();
        for part in [
            "# Statistics of team:shop",
            "2 entries of 24 bytes",
            "1 searches, of which 0 found nothing",
            "## Not found\n\n- canary (1)\n",
            &format!("<knowledge://team/shop/{id}>: canary (1)"),
            &format!("## Found by no search: 1\n\n- <knowledge://team/shop/{lonely}> (lonely)\n"),
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        page("knowledge://global/default/statistics").await;
        for uri in [
            "knowledge://team/nowhere/statistics",
            "knowledge://team/shop/statistics/x",
        ] {
            let answer = viewer
                .request("/mcp", "resources/read", json!({"uri": uri}))
                .await;
            assert!(answer.body["error"].is_object(), "{uri}: {}", answer.body);
        }
        app.stop().await;
    })
    .await;
}

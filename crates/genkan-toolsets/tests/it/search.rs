//! What a request finds: several queries, bounds, and requests that find nothing.

use genkan_core::Code;
use genkan_core::Timestamp;
use genkan_store::knowledge::{Defaults, NewEntry, Profile};
use genkan_testkit::TestDb;
use serde_json::json;

use crate::fixture::Knowledge;

#[tokio::test]
async fn several_queries_are_united_with_the_best_rank_of_each_entry() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        let rust = knowledge.entry("global:default", "rust errors", "Use thiserror in libraries.").await;
        let deploy = knowledge.entry("global:default", "deploy kubernetes", "Deploy with helm.").await;
        let both = knowledge.entry("global:default", "rust deploy", "Deploy the rust binary as it is.").await;
        let answer = knowledge
            .ok("get_task_context", json!({"scope": "global:default", "queries": ["rust errors", ["helm", "deploy"], "  "]}))
            .await;
        let ranking = answer["ranking"].as_array().unwrap();
        assert_eq!(ranking.len(), 3, "each entry once");
        assert_eq!(ranking[2]["id"], json!(both), "half of each query is less than the whole of one");
        let scores: Vec<f64> = ranking.iter().map(|place| place["score"].as_f64().unwrap()).collect();
        assert!(scores.is_sorted_by(|a, b| a >= b) && scores[2] > 0.0, "{scores:?}");
        let order: Vec<_> = answer["global:default"].as_object().unwrap().keys().collect();
        let ranked: Vec<_> = ranking.iter().map(|place| place["id"].as_str().unwrap()).collect();
        assert_eq!(order, ranked, "the contents come in the order of the ranking");
        assert_eq!(knowledge.find("global:default", &["rust errors"]).await, [rust, both]);
        assert_eq!(knowledge.find("global:default", &["helm"]).await, [deploy]);
    })
    .await;
}

#[tokio::test]
async fn all_terms_come_before_some_and_unknown_words_do_no_harm() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        let some = knowledge
            .entry("global:default", "cache", "The cache is small.")
            .await;
        let all = knowledge
            .entry(
                "global:default",
                "cache eviction",
                "The cache evicts by age.",
            )
            .await;
        assert_eq!(
            knowledge
                .find("global:default", &["eviction of the cache"])
                .await,
            [all.clone(), some.clone()]
        );
        assert_eq!(
            knowledge
                .find("global:default", &["qwertz cache eviction"])
                .await,
            [all, some]
        );
        assert!(
            knowledge
                .find("global:default", &["qwertz asdf"])
                .await
                .is_empty()
        );
    })
    .await;
}

#[tokio::test]
async fn empty_queries_find_nothing_and_unknown_scopes_are_named() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        knowledge.namespace("team").await;
        knowledge
            .entry("team:default", "alpha", "About alpha.")
            .await;
        for queries in [
            json!([]),
            json!([""]),
            json!(["  ", [], [" "]]),
            json!(["!!!", "…"]),
        ] {
            let arguments = json!({"scope": "team:default", "queries": queries});
            assert_eq!(
                knowledge.ok("get_task_context", arguments).await,
                json!({"ranking": []})
            );
        }
        let ten = ["ab"; 10].join(" ");
        let most = json!({"scope": "team:default", "queries": vec![ten.as_str(); 15]});
        assert_eq!(
            knowledge.ok("get_task_context", most).await,
            json!({"ranking": []})
        );
        for (queries, scope, code, says) in [
            (
                json!(["alpha"]),
                "team:defalt",
                Code::NoSuchItem,
                ["`team:defalt`", "`team:default`"],
            ),
            (
                json!([]),
                "team:nowhere",
                Code::NoSuchItem,
                ["`scope`", "`team:nowhere`"],
            ),
            (
                json!(["alpha"]),
                "nobody:default",
                Code::NoSuchItem,
                ["`scope`", "`nobody:default`"],
            ),
            (
                json!(["alpha"]),
                "team",
                Code::InvalidName,
                ["`scope`", "namespace:scope"],
            ),
            (
                json!(vec!["alpha"; 16]),
                "team:default",
                Code::InvalidArguments,
                ["`queries`", "16"],
            ),
            (
                json!([format!("{ten} ab")]),
                "team:default",
                Code::InvalidArguments,
                ["`queries[0]`", "11 keywords"],
            ),
            (
                json!(["ok", "ab ".repeat(100_000)]),
                "team:default",
                Code::InvalidArguments,
                ["`queries[1]`", "100000"],
            ),
            (
                json!(["x".repeat(65)]),
                "team:default",
                Code::InvalidArguments,
                ["`queries[0]`", "65"],
            ),
        ] {
            let arguments = json!({"scope": scope, "queries": queries});
            knowledge
                .refused("get_task_context", arguments, code, &says)
                .await;
        }
    })
    .await;
}

/// Puts entries with the word `common` into `global:default`, all in one write. Every hundredth is
/// also about something rare.
async fn fill(knowledge: &Knowledge, entries: usize) {
    knowledge.namespace("passing").await;
    let defaults = Defaults {
        namespace: "unused".into(),
        scope: "unused".into(),
        now: Timestamp::from_millis(1),
        author: "somebody".to_owned(),
    };
    knowledge
        .write(move |tx| {
            let defaults = defaults.clone();
            Box::pin(async move {
                tx.knowledge_begin(&defaults).await?;
                let scope = tx.knowledge_find_scope("global", "default").await?.unwrap();
                for n in 0..entries {
                    let terms = if n % 100 == 0 {
                        "common rare"
                    } else {
                        "common"
                    };
                    let frequencies = if n % 100 == 0 { "1 1" } else { "1" }.to_owned();
                    let content_length = u32::try_from(frequencies.split(' ').count()).unwrap();
                    let profile = Profile {
                        terms: terms.into(),
                        frequencies,
                        context_length: 0,
                        content_length,
                    };
                    let id = format!("e{n:06}");
                    let entry = NewEntry {
                        id,
                        content: terms.into(),
                        context: "".into(),
                        task_size: None,
                        profile,
                    };
                    tx.knowledge_create_entry(&entry, &scope.id, defaults.now)
                        .await?;
                }
                Ok(())
            })
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn at_most_fifty_come_back_and_rare_terms_are_not_drowned() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        fill(&knowledge, 2_600).await;
        let found = knowledge.find("global:default", &["common"]).await;
        assert_eq!(found.len(), 50);
        // Of so many that match alike, the newest are looked at; of those, the first by id: the one
        // before them also has another word.
        assert_eq!(
            (found[0].as_str(), found[49].as_str()),
            ("e002401", "e002450")
        );
        let found = knowledge.find("global:default", &["common rare"]).await;
        assert_eq!(found.len(), 50);
        assert!(found[..26].iter().all(|id| id.ends_with("00")), "{found:?}");
        assert_eq!(found[0], "e000000", "also those that are not new");
        let found = knowledge.find("global:default", &["common", "rare"]).await;
        assert!(found[..26].iter().all(|id| id.ends_with("00")), "{found:?}");
    })
    .await;
}

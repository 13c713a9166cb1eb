//! Synonyms: those of the house, those of a team, and how an answer says what was looked for.

use genkan_core::Code;
use genkan_testkit::TestDb;
use serde_json::json;

use crate::fixture::Knowledge;

#[tokio::test]
async fn variants_and_synonyms_are_found_and_the_answer_says_so() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        let cluster = knowledge
            .entry("global:default", "cluster", "Kubernetes runs it.")
            .await;
        let node = knowledge
            .entry("global:default", "runtime", "We use NodeJS.")
            .await;
        let review = knowledge
            .entry("global:default", "review", "Each PR is read by two.")
            .await;
        let plain = knowledge
            .entry("global:default", "café", "The cafeteria has colours.")
            .await;
        for (query, found, rewritten) in [
            ("k8s", &cluster, json!({"k8s": ["kubernetes"]})),
            ("kubernetes", &cluster, json!(null)),
            ("node.js", &node, json!(null)),
            ("node-js", &node, json!(null)),
            (
                "pull requests",
                &review,
                json!({"pull": ["pr"], "requests": ["pr"]}),
            ),
            ("Cafe", &plain, json!(null)),
            ("color", &plain, json!({"color": ["colour"]})),
        ] {
            let request = json!({"scope": "global:default", "queries": [query]});
            let answer = knowledge.ok("get_task_context", request).await;
            assert_eq!(
                answer["ranking"][0]["id"],
                json!(found),
                "{query}: {answer}"
            );
            assert_eq!(answer["rewritten"], rewritten, "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_team_adds_and_removes_synonyms_with_effect_at_once() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        let hall = knowledge
            .entry("global:default", "entrance hall", "Shoes stay here.")
            .await;
        let pods = knowledge
            .entry("global:default", "pods", "Kubernetes runs them.")
            .await;
        assert!(
            knowledge
                .find("global:default", &["Genkan"])
                .await
                .is_empty()
        );
        let add =
            json!({"word": "Genkan", "synonyms": ["Entrance Hall", "vestibule", "entrance halls"]});
        for _ in 0..2 {
            let added = knowledge.ok("add_synonyms", add.clone()).await;
            assert_eq!(
                added,
                json!({"word": "genkan", "synonyms": ["entrance hall", "vestibule"], "removed": []})
            );
            assert_eq!(
                knowledge.find("global:default", &["genkan"]).await,
                [hall.as_str()]
            );
        }
        let vestibule = json!({"word": "vestibules"});
        let listed = knowledge.ok("list_synonyms", vestibule).await;
        assert_eq!(
            listed,
            json!({"synonyms": [{"word": "vestibules", "synonyms": ["genkan"], "removed": []}]})
        );
        let remove = json!({"word": "genkan", "synonyms": ["entrance hall"]});
        let left = knowledge.ok("remove_synonyms", remove.clone()).await;
        assert_eq!(
            left,
            json!({"word": "genkan", "synonyms": ["vestibule"], "removed": []})
        );
        assert!(
            knowledge
                .find("global:default", &["genkan"])
                .await
                .is_empty()
        );
        knowledge
            .refused(
                "remove_synonyms",
                remove,
                Code::NoSuchItem,
                &["`entrance hall`", "`genkan`"],
            )
            .await;

        assert_eq!(
            knowledge.find("global:default", &["k8s"]).await,
            [pods.as_str()]
        );
        let off = json!({"word": "k8s", "synonyms": ["kubernetes"]});
        let left = knowledge.ok("remove_synonyms", off.clone()).await;
        assert_eq!(
            left,
            json!({"word": "k8s", "synonyms": ["kube"], "removed": ["kubernetes"]})
        );
        assert!(knowledge.find("global:default", &["k8s"]).await.is_empty());
        assert_eq!(
            knowledge.find("global:default", &["kubernetes"]).await,
            [pods.as_str()]
        );
        let all = knowledge.ok("list_synonyms", json!({})).await;
        assert_eq!(all["synonyms"].as_array().unwrap().len(), 4, "{all}");
        knowledge.ok("add_synonyms", off).await;
        assert_eq!(
            knowledge.find("global:default", &["k8s"]).await,
            [pods.as_str()]
        );
    })
    .await;
}

#[tokio::test]
async fn bad_synonyms_are_refused() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        let long = "x".repeat(65);
        let big = "word ".repeat(1 << 18);
        let many = vec!["a"; 100_000];
        for (word, synonyms, says) in [
            ("", json!(["a"]), "`word`"),
            ("\u{200b}\u{202e}", json!(["a"]), "no letter"),
            ("' OR 1=1; --", json!(["\"*\" NEAR("]), "`near`"),
            ("one two three four five", json!(["a"]), "four words"),
            (long.as_str(), json!(["a"]), "64 characters"),
            (big.as_str(), json!(["a"]), "64 characters"),
            ("alpha", json!([]), "0 words"),
            ("alpha", json!(many), "100000 words"),
            ("alpha", json!(["beta", "--"]), "`synonyms[1]`"),
            ("alpha", json!(["ALPHAS"]), "anyway"),
        ] {
            let arguments = json!({"word": word, "synonyms": synonyms});
            if says == "`near`" {
                // Operators are words like any others.
                let added = knowledge.ok("add_synonyms", arguments).await;
                assert_eq!(
                    added,
                    json!({"word": "or 1 1", "synonyms": ["near"], "removed": []})
                );
                continue;
            }
            for tool in ["add_synonyms", "remove_synonyms"] {
                knowledge
                    .refused(tool, arguments.clone(), Code::InvalidArguments, &[says])
                    .await;
            }
        }
        for word in ["", "…", long.as_str()] {
            knowledge
                .refused(
                    "list_synonyms",
                    json!({"word": word}),
                    Code::InvalidArguments,
                    &["`word`"],
                )
                .await;
        }
        for (word, synonym) in [
            ("привет", "Ελλάδα"),
            ("שלום", "سلام"),
            ("日本", "にほん"),
            ("pass\u{200b}word", "passe‐partout"),
        ] {
            knowledge
                .ok("add_synonyms", json!({"word": word, "synonyms": [synonym]}))
                .await;
            let listed = knowledge.ok("list_synonyms", json!({"word": word})).await;
            assert_eq!(
                listed["synonyms"][0]["synonyms"].as_array().unwrap().len(),
                1,
                "{listed}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn synonyms_of_a_team_are_its_own_and_bounded() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        for block in 0..50 {
            let synonyms: Vec<String> = (0..20).map(|n| format!("other{block}x{n}")).collect();
            knowledge
                .ok(
                    "add_synonyms",
                    json!({"word": format!("word{block}"), "synonyms": synonyms}),
                )
                .await;
        }
        let more = json!({"word": "one", "synonyms": ["more"]});
        knowledge
            .refused(
                "add_synonyms",
                more,
                Code::TooLarge,
                &["1000 pairs", "knowledge_remove_synonyms"],
            )
            .await;
        let listed = knowledge.ok("list_synonyms", json!({"word": "one"})).await;
        assert_eq!(
            listed,
            json!({"synonyms": [{"word": "one", "synonyms": [], "removed": []}]}),
            "nothing was half done"
        );
    })
    .await;
}

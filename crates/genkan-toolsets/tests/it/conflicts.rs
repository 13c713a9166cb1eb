//! Conflicts: reported when writing, settled once and for all.

use genkan_core::Code;
use genkan_testkit::TestDb;
use serde_json::json;

use crate::fixture::Knowledge;

#[tokio::test]
async fn likely_conflicts_of_the_scope_line_are_reported() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        knowledge.namespace("team").await;
        let spaces = knowledge.entry("global:default", "indentation style", "Indent code with four spaces.").await;
        knowledge.entry("global:default", "release checklist", "Tag the commit, then publish it.").await;
        let tabs = json!({"scope": "team:default", "context": "style indentation", "content": "Indent code with tabs."});
        let written = knowledge.ok("write_knowledge", tabs.clone()).await;
        let conflicts = written["conflicts"].as_array().unwrap();
        assert_eq!(conflicts.len(), 1, "{written}");
        assert_eq!(conflicts[0]["id"], json!(spaces));
        assert_eq!(conflicts[0]["scope"], "global:default");
        assert_eq!(conflicts[0]["excerpt"], "Indent code with four spaces.");
        assert!(conflicts[0]["similarity"].as_f64().unwrap() >= 0.4);
        let again = knowledge.ok("write_knowledge", tabs).await;
        assert_eq!(again["conflicts"][0]["id"], written["id"], "the likest first");
        assert_eq!(again["conflicts"][0]["similarity"], 1.0);
        let below = json!({"scope": "global:default", "context": "indentation style", "content": "Indent with two spaces."});
        let below = knowledge.ok("write_knowledge", below).await;
        let scopes: Vec<_> = below["conflicts"].as_array().unwrap().iter().map(|c| c["scope"].clone()).collect();
        assert_eq!(scopes, ["global:default"], "what is not inherited is no conflict");
    })
    .await;
}

#[tokio::test]
async fn a_suppressed_entry_is_never_found_again() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        let mut ids = Vec::new();
        for n in 0..3 {
            ids.push(knowledge.entry("global:default", "indentation", &format!("Variant{n} of indentation.")).await);
        }
        let [winner, one, two] = &ids[..] else { unreachable!() };
        let settle = json!({"active_id": winner, "suppressed_ids": [two, one, two]});
        for _ in 0..2 {
            let answer = knowledge.ok("resolve_knowledge_conflict", settle.clone()).await;
            assert_eq!(answer, json!({"active_id": winner, "suppressed_ids": [one, two]}));
            assert_eq!(knowledge.find("global:default", &["indentation", "variant1", "variant2"]).await, [winner.as_str()]);
        }
        knowledge.ok("update_knowledge", json!({"id": one, "content": "Variant1 rewritten."})).await;
        assert_eq!(knowledge.find("global:default", &["variant1 rewritten"]).await, Vec::<String>::new());
        let again = json!({"scope": "global:default", "context": "indentation", "content": "Variant1 of indentation."});
        let written = knowledge.ok("write_knowledge", again).await;
        let reported: Vec<_> = written["conflicts"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap()).collect();
        assert_eq!(reported, [winner], "the suppressed are no conflict");
        knowledge.ok("delete_knowledge", json!({"id": winner})).await;
        assert_eq!(knowledge.find("global:default", &["variant2"]).await, Vec::<String>::new());
        knowledge.ok("delete_knowledge", json!({"id": two})).await;
    })
    .await;
}

#[tokio::test]
async fn bad_resolutions_are_refused_and_change_nothing() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        let mut ids = Vec::new();
        for n in 0..3 {
            ids.push(
                knowledge
                    .entry("global:default", "topic", &format!("Number{n}."))
                    .await,
            );
        }
        let [a, b, c] = &ids[..] else { unreachable!() };
        knowledge
            .ok(
                "resolve_knowledge_conflict",
                json!({"active_id": a, "suppressed_ids": [c]}),
            )
            .await;
        for (active, suppressed, code, says) in [
            (
                a,
                json!([]),
                Code::InvalidArguments,
                ["`suppressed_ids`", "0 entries"],
            ),
            (
                a,
                json!(vec![b; 51]),
                Code::InvalidArguments,
                ["`suppressed_ids`", "51 entries"],
            ),
            (
                a,
                json!([b, a]),
                Code::InvalidArguments,
                ["`suppressed_ids[1]`", "itself"],
            ),
            (
                a,
                json!([b, "nothing"]),
                Code::NoSuchItem,
                ["`suppressed_ids`", "`nothing`"],
            ),
            (
                &"nothing".to_owned(),
                json!([b]),
                Code::NoSuchItem,
                ["`active_id`", "`nothing`"],
            ),
            (c, json!([b]), Code::Conflict, ["`active_id`", "lost"]),
        ] {
            let arguments = json!({"active_id": active, "suppressed_ids": suppressed});
            knowledge
                .refused("resolve_knowledge_conflict", arguments, code, &says)
                .await;
        }
        assert_eq!(
            knowledge.find("global:default", &["number1"]).await,
            [b.as_str()],
            "nothing was half done"
        );
    })
    .await;
}

/// Two entries that contradict each other.
async fn indentation(knowledge: &Knowledge) -> [String; 2] {
    let entry = async |content| {
        knowledge
            .entry("global:default", "indentation style", content)
            .await
    };
    [
        entry("Indent code with four spaces.").await,
        entry("Indent code with tabs.").await,
    ]
}

#[tokio::test]
async fn conflicts_are_listed_inspected_and_resolved() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        let empty = json!({"likely": [], "dismissed": [], "resolved": []});
        assert_eq!(knowledge.ok("list_conflicts", json!({})).await, empty);
        let [spaces, tabs] = indentation(&knowledge).await;
        let other = knowledge
            .entry("global:default", "release", "Tag the commit.")
            .await;
        let listed = knowledge.ok("list_conflicts", json!({})).await;
        let likely = &listed["likely"][0];
        assert_eq!(
            (&likely["id"], &likely["other_id"]),
            (&json!(tabs), &json!(spaces)),
            "{listed}"
        );
        assert!(
            (40..=100).contains(&likely["similarity"].as_i64().unwrap()),
            "{listed}"
        );
        assert_eq!(listed["likely"].as_array().unwrap().len(), 1);
        assert_eq!(
            knowledge.ok("list_conflicts", json!({"id": spaces})).await,
            listed
        );
        assert_eq!(
            knowledge.ok("list_conflicts", json!({"id": other})).await,
            empty
        );

        let settle = json!({"active_id": tabs, "suppressed_ids": [spaces]});
        knowledge.ok("resolve_knowledge_conflict", settle).await;
        let listed = knowledge.ok("list_conflicts", json!({"id": tabs})).await;
        assert_eq!(
            listed["likely"],
            json!([]),
            "what is settled is likely no more"
        );
        let resolved = &listed["resolved"][0];
        assert_eq!(resolved["active_id"], json!(tabs));
        assert_eq!(resolved["suppressed_id"], json!(spaces));
        assert_eq!(resolved["resolved_by"], "someone");
        let both = knowledge
            .ok("inspect_conflict", json!({"ids": [tabs, spaces]}))
            .await;
        let side = &both["entries"][1];
        assert_eq!(side["content"], "Indent code with four spaces.");
        assert_eq!(
            (&side["suppressed"], &side["scope"]),
            (&json!(true), &json!("global:default"))
        );
        assert!(
            side["similarity"].as_f64().unwrap() >= 0.4 && both["entries"][0]["similarity"] == 1.0,
            "{both}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_resolved_conflict_is_undone() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        let [spaces, tabs] = indentation(&knowledge).await;
        let settle = json!({"active_id": tabs, "suppressed_ids": [spaces]});
        knowledge
            .ok("resolve_knowledge_conflict", settle.clone())
            .await;
        assert_eq!(
            knowledge.find("global:default", &["spaces"]).await,
            Vec::<String>::new()
        );
        let undo = json!({"suppressed_ids": [spaces, spaces]});
        let undone = knowledge.ok("undo_conflict", undo.clone()).await;
        assert_eq!(undone, json!({"found_again": [spaces]}));
        assert_eq!(
            knowledge.find("global:default", &["spaces"]).await,
            [spaces.as_str()]
        );
        assert_eq!(
            knowledge.ok("list_conflicts", json!({})).await["likely"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
        knowledge
            .refused("undo_conflict", undo, Code::Conflict, &["lost no conflict"])
            .await;
        knowledge.ok("resolve_knowledge_conflict", settle).await;
        knowledge
            .ok("undo_conflict", json!({"suppressed_ids": [spaces]}))
            .await;
        knowledge
            .ok(
                "update_knowledge",
                json!({"id": tabs, "context": "other words", "content": "Nothing of the kind."}),
            )
            .await;
        assert_eq!(
            knowledge.ok("list_conflicts", json!({})).await,
            json!({"likely": [], "dismissed": [], "resolved": []}),
            "another text is another matter"
        );
        knowledge
            .ok("delete_knowledge", json!({"id": spaces}))
            .await;
    })
    .await;
}

#[tokio::test]
async fn bad_arguments_about_conflicts_are_refused() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        let entry = knowledge
            .entry("global:default", "topic", "Something.")
            .await;
        let long = "x".repeat(1 << 20);
        for id in [
            "",
            "nothing",
            "' OR '1'='1",
            "\u{202e}\u{200b}",
            "日本",
            long.as_str(),
        ] {
            knowledge
                .refused(
                    "list_conflicts",
                    json!({"id": id}),
                    Code::NoSuchItem,
                    &["`id`"],
                )
                .await;
            let pair = json!({"ids": [entry, id]});
            knowledge
                .refused("inspect_conflict", pair, Code::NoSuchItem, &["`ids[1]`"])
                .await;
            let undo = json!({"suppressed_ids": [id]});
            knowledge
                .refused(
                    "undo_conflict",
                    undo,
                    Code::NoSuchItem,
                    &["`suppressed_ids`"],
                )
                .await;
        }
        for ids in [
            vec![],
            vec![entry.as_str()],
            vec![entry.as_str(); 11],
            vec!["x"; 100_000],
        ] {
            let says = format!("{} entries", ids.len());
            knowledge
                .refused(
                    "inspect_conflict",
                    json!({"ids": ids}),
                    Code::InvalidArguments,
                    &[&says],
                )
                .await;
        }
        for ids in [vec![], vec![entry.as_str(); 51]] {
            let says = format!("{} entries", ids.len());
            knowledge
                .refused(
                    "undo_conflict",
                    json!({"suppressed_ids": ids}),
                    Code::InvalidArguments,
                    &[&says],
                )
                .await;
        }
        let undo = json!({"suppressed_ids": [entry]});
        knowledge
            .refused("undo_conflict", undo, Code::Conflict, &["lost no conflict"])
            .await;
    })
    .await;
}

#[tokio::test]
async fn a_dismissed_conflict_comes_back_only_if_more_alike() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        let [spaces, tabs] = indentation(&knowledge).await;
        let likely = async || knowledge.ok("list_conflicts", json!({})).await["likely"].clone();
        let pairs = likely().await.as_array().unwrap().len();
        let dismissal = json!({"id": spaces, "other_ids": [tabs, tabs]});
        let told = knowledge.ok("dismiss_conflict", dismissal.clone()).await;
        assert_eq!(told, json!({"id": spaces, "dismissed": [tabs]}));
        assert_eq!(likely().await.as_array().unwrap().len(), pairs - 1);
        let listed = knowledge.ok("list_conflicts", json!({"id": spaces})).await;
        let dismissed = &listed["dismissed"][0];
        assert_eq!(
            (&dismissed["id"], &dismissed["other_id"], &dismissed["dismissed_by"]),
            (&json!(tabs), &json!(spaces), &json!("someone")),
            "{listed}"
        );
        knowledge.refused("dismiss_conflict", dismissal.clone(), Code::Conflict, &["no likely conflict"]).await;
        assert_eq!(knowledge.find("global:default", &["indentation"]).await.len(), 2, "both are found");

        let less = json!({"id": spaces, "content": "Indent code with four spaces, as everybody in the house has always done."});
        let told = knowledge.ok("update_knowledge", less).await;
        assert_eq!(told["conflicts"], json!([]), "less alike than when it was dismissed");
        assert_eq!(likely().await, json!([]));
        let same = json!({"id": spaces, "content": "Indent code with tabs."});
        let told = knowledge.ok("update_knowledge", same).await;
        assert_eq!(told["conflicts"][0]["id"], json!(tabs), "{told}");
        let listed = knowledge.ok("list_conflicts", json!({})).await;
        assert_eq!(listed["dismissed"], json!([]), "{listed}");
        assert_eq!(listed["likely"].as_array().unwrap().len(), 1, "{listed}");
        let other_way = json!({"id": tabs, "other_ids": [spaces]});
        knowledge.ok("dismiss_conflict", other_way).await;
        knowledge.ok("delete_knowledge", json!({"id": spaces})).await;
        assert_eq!(knowledge.ok("list_conflicts", json!({})).await["dismissed"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn an_update_or_a_move_reports_likely_conflicts() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        knowledge.namespace("team").await;
        let old = knowledge.entry("team:default", "indentation style", "Indent code with tabs.").await;
        let id = knowledge.entry("global:default", "release checklist", "Tag the commit.").await;
        let same = json!({"id": id, "context": "indentation style", "content": "Indent code with tabs."});
        let told = knowledge.ok("update_knowledge", same).await;
        assert_eq!(told["conflicts"], json!([]), "it does not inherit from the team");
        let told = knowledge.ok("update_knowledge", json!({"id": id, "scope": "team:default"})).await;
        assert_eq!(
            told["conflicts"],
            json!([{"id": old, "scope": "team:default", "similarity": 1.0, "excerpt": "Indent code with tabs."}])
        );
        let told = knowledge.ok("update_knowledge", json!({"id": id, "task_size": "S"})).await;
        assert_eq!(told["conflicts"], json!([]), "its text and place are the same");

        let listed = async |scope: &str| knowledge.ok("list_conflicts", json!({"scope": scope})).await;
        assert_eq!(listed("team:default").await["likely"], json!([{"id": id, "other_id": old, "similarity": 100}]));
        assert_eq!(listed("global:default").await["likely"], json!([]));
        let settle = json!({"active_id": old, "suppressed_ids": [id]});
        knowledge.ok("resolve_knowledge_conflict", settle).await;
        assert_eq!(listed("team:default").await["resolved"][0]["active_id"], json!(old));
        assert_eq!(listed("global:default").await["resolved"], json!([]));
        let told = knowledge.ok("update_knowledge", json!({"id": id, "content": "Indent code with tabs!"})).await;
        assert_eq!(told["conflicts"], json!([]), "what is suppressed contradicts nothing");
        for (scope, code) in [("team:nowhere", Code::NoSuchItem), ("team", Code::InvalidName), ("", Code::InvalidName)] {
            knowledge.refused("list_conflicts", json!({"scope": scope}), code, &["`scope`"]).await;
        }
        for (others, code) in [
            (json!([]), Code::InvalidArguments),
            (json!(vec![&old; 51]), Code::InvalidArguments),
            (json!(["' OR 1=1 --"]), Code::NoSuchItem),
            (json!([id]), Code::Conflict),
        ] {
            knowledge.refused("dismiss_conflict", json!({"id": id, "other_ids": others}), code, &["`other_ids`"]).await;
        }
    })
    .await;
}

//! Entries: written, changed, moved, deleted.

use genkan_core::Code;
use genkan_testkit::TestDb;
use serde_json::json;

use crate::fixture::Knowledge;

#[tokio::test]
async fn an_entry_is_found_with_its_exact_content() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        let content = "  Tabs\tund Zeilen\n\"quotes\" 'single' \\ 玄関 🦀 e\u{301} \u{202E}rtl\n ";
        let arguments = json!({"scope": "global:default", "context": ["code", "style guide"], "content": content});
        let written = knowledge.ok("write_knowledge", arguments).await;
        assert_eq!(written["conflicts"], json!([]));
        let id = written["id"].as_str().unwrap();
        let answer = knowledge.ok("get_task_context", json!({"scope": "global:default", "queries": ["style"]})).await;
        assert_eq!(answer["global:default"], json!({id: content}));
        for query in ["STYLE", "guides", "zeilen", "é", "玄関", "rtl", "\"quotes\"", "style AND NOT guide", "nothing OR code"] {
            assert_eq!(knowledge.find("global:default", &[query]).await, [id], "{query}");
        }
        for query in ["rtl*nothing*", "absent", "\"", "AND", "*", "content:xyz", "🦀"] {
            let found = knowledge.find("global:default", &[query]).await;
            assert!(found.is_empty() || query.contains("rtl"), "{query}: {found:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_entry_is_changed_in_part_and_moved() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        knowledge.namespace("team").await;
        let id = knowledge.entry("global:default", "alpha", "About beta.").await;
        let found = async |scope: &str, query: &str| knowledge.find(scope, &[query]).await == [id.as_str()];

        let answer = knowledge.ok("update_knowledge", json!({"id": id, "content": "About gamma."})).await;
        assert_eq!(answer, json!({"id": id, "scope": "global:default", "conflicts": []}));
        assert!(found("global:default", "gamma").await && found("global:default", "alpha").await);
        assert!(!found("global:default", "beta").await, "the old text is gone");

        knowledge.ok("update_knowledge", json!({"id": id, "context": "delta words"})).await;
        assert!(found("global:default", "delta").await && found("global:default", "gamma").await);
        assert!(!found("global:default", "alpha").await, "the old keywords are gone");

        let answer = knowledge.ok("update_knowledge", json!({"id": id, "scope": "team:default"})).await;
        assert_eq!(answer["scope"], "team:default");
        assert!(found("team:default", "delta").await && !found("global:default", "delta").await);

        let sized = json!({"id": id, "task_size": "S", "content": "About omega.", "scope": "global:default"});
        knowledge.ok("update_knowledge", sized).await;
        assert!(found("global:default", "omega").await);
        let large = json!({"scope": "global:default", "queries": ["omega"], "task_size": "M"});
        assert_eq!(knowledge.ok("get_task_context", large).await, json!({"ranking": []}));

        let large = json!({"scope": "global:default", "queries": ["omega"], "task_size": "XL"});
        knowledge.ok("update_knowledge", json!({"id": id, "context": "delta"})).await;
        assert_eq!(knowledge.ok("get_task_context", large.clone()).await, json!({"ranking": []}), "the size stays");
        knowledge.ok("update_knowledge", json!({"id": id, "task_size": null})).await;
        let found = knowledge.ok("get_task_context", large).await;
        assert_eq!(found["global:default"], json!({id.as_str(): "About omega."}), "null clears it");

        assert_eq!(knowledge.ok("delete_knowledge", json!({"id": id})).await, json!({"id": id}));
        assert!(knowledge.find("global:default", &["omega"]).await.is_empty());
        knowledge.refused("delete_knowledge", json!({"id": id}), Code::NoSuchItem, &["`id`", &id]).await;
    })
    .await;
}

#[tokio::test]
async fn task_sizes_leave_out_what_is_for_smaller_tasks() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        let mut ids = std::collections::HashMap::from([("", knowledge.entry("global:default", "size", "For all.").await)]);
        for size in ["XS", "S", "M", "L", "XL"] {
            let arguments = json!({"scope": "global:default", "context": "size", "content": size, "task_size": size});
            let written = knowledge.ok("write_knowledge", arguments).await;
            ids.insert(size, written["id"].as_str().unwrap().to_owned());
        }
        for (size, expected) in [
            ("XS", vec!["", "XS", "S", "M", "L", "XL"]),
            ("M", vec!["", "M", "L", "XL"]),
            ("XL", vec!["", "XL"]),
        ] {
            let arguments = json!({"scope": "global:default", "queries": ["size"], "task_size": size});
            let answer = knowledge.ok("get_task_context", arguments).await;
            let mut found: Vec<_> = answer["global:default"].as_object().unwrap().keys().cloned().collect();
            found.sort();
            let mut expected: Vec<_> = expected.into_iter().map(|size| ids[size].clone()).collect();
            expected.sort();
            assert_eq!(found, expected, "{size}");
        }
        assert_eq!(knowledge.find("global:default", &["size"]).await.len(), 6, "no size asks for all");
    })
    .await;
}

#[tokio::test]
async fn a_megabyte_is_stored_and_found_and_more_is_refused() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        let mut content: String = (0..100_000).map(|n| format!("word{n} ")).collect();
        content.truncate(1 << 20);
        let id = knowledge
            .entry("global:default", "large text", &content)
            .await;
        let answer = knowledge
            .ok(
                "get_task_context",
                json!({"scope": "global:default", "queries": ["word77"]}),
            )
            .await;
        assert_eq!(
            answer["global:default"][&id],
            json!(content),
            "the whole content comes back"
        );
        let wide = "語".repeat(1 << 20);
        knowledge
            .ok("update_knowledge", json!({"id": id, "content": wide}))
            .await;
        assert_eq!(
            knowledge.find("global:default", &["語語"]).await,
            [id.as_str()]
        );
        let too_large =
            json!({"scope": "global:default", "context": "large", "content": "x".repeat(10 << 20)});
        knowledge
            .refused(
                "write_knowledge",
                too_large,
                Code::TooLarge,
                &["`content`", "10485760", "1048576"],
            )
            .await;
        let too_large = json!({"id": id, "content": "語".repeat((1 << 20) + 1)});
        knowledge
            .refused(
                "update_knowledge",
                too_large,
                Code::TooLarge,
                &["`content`", "1048577"],
            )
            .await;
        assert_eq!(
            knowledge.ok("delete_knowledge", json!({"id": id})).await["id"],
            json!(id)
        );
    })
    .await;
}

#[tokio::test]
async fn bad_entries_are_refused() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        knowledge.namespace("team").await;
        let id = knowledge.entry("team:default", "alpha", "About alpha.").await;
        let write = |scope: &str, context: serde_json::Value, content: &str| {
            json!({"scope": scope, "context": context, "content": content})
        };
        let words = vec!["ab"; 21].join(" ");
        for (tool, arguments, code, says) in [
            ("write_knowledge", write("team:defualt", json!("ok"), "Text"), Code::NoSuchItem, ["`scope`", "`team:default`"]),
            ("write_knowledge", write("team", json!("ok"), "Text"), Code::InvalidName, ["`scope`", "namespace:scope"]),
            ("write_knowledge", write("team:default", json!(""), "Text"), Code::InvalidArguments, ["`context`", "0 keywords"]),
            ("write_knowledge", write("team:default", json!([]), "Text"), Code::InvalidArguments, ["`context`", "0 keywords"]),
            ("write_knowledge", write("team:default", json!("a"), "Text"), Code::InvalidArguments, ["`context`", "2–32"]),
            ("write_knowledge", write("team:default", json!("x".repeat(33)), "Text"), Code::InvalidArguments, ["`context`", "33"]),
            ("write_knowledge", write("team:default", json!(words), "Text"), Code::InvalidArguments, ["`context`", "21 keywords"]),
            ("write_knowledge", write("team:default", json!("ok"), ""), Code::InvalidArguments, ["`content`", "empty"]),
            ("write_knowledge", write("team:default", json!("ok"), " \n "), Code::InvalidArguments, ["`content`", "empty"]),
            ("write_knowledge", write("team:default", json!("ok"), "a\u{0}b"), Code::InvalidArguments, ["`content`", "U+0000"]),
            ("write_knowledge", write("team:default", json!("a\u{0}b"), "Text"), Code::InvalidArguments, ["`context`", "control"]),
            ("update_knowledge", json!({"id": id}), Code::InvalidArguments, ["`content`", "`task_size`"]),
            ("update_knowledge", json!({"id": "nothing", "content": "x"}), Code::NoSuchItem, ["`id`", "`nothing`"]),
            ("update_knowledge", json!({"id": "a\u{0}b", "content": "x"}), Code::NoSuchItem, ["`id`", "\\0"]),
            ("update_knowledge", json!({"id": id, "scope": "team:nowhere"}), Code::NoSuchItem, ["`scope`", "`team:nowhere`"]),
            ("update_knowledge", json!({"id": id, "context": "a"}), Code::InvalidArguments, ["`context`", "`a`"]),
            ("update_knowledge", json!({"id": id, "content": ""}), Code::InvalidArguments, ["`content`", "empty"]),
            ("delete_knowledge", json!({"id": ""}), Code::NoSuchItem, ["`id`", "``"]),
            ("delete_knowledge", json!({"id": "x".repeat(1000)}), Code::NoSuchItem, ["`id`", "…"]),
        ] {
            knowledge.refused(tool, arguments, code, &says).await;
        }
        assert_eq!(knowledge.find("team:default", &["alpha", "ab", "text"]).await, [id], "nothing was written");
    })
    .await;
}

#[tokio::test]
async fn another_tenant_sees_nothing() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        knowledge.namespace("team").await;
        let id = knowledge
            .entry("global:default", "secret", "Ours alone.")
            .await;
        let other = async |tool, arguments| knowledge.call_as("elsewhere", tool, arguments).await;
        let found = other(
            "get_task_context",
            json!({"scope": "global:default", "queries": ["secret"]}),
        )
        .await;
        assert_eq!(found.unwrap(), json!({"ranking": []}));
        let written =
            json!({"scope": "global:default", "context": "secret", "content": "Theirs alone."});
        let theirs = other("write_knowledge", written).await.unwrap();
        assert_eq!(theirs["conflicts"], json!([]));
        for (tool, arguments) in [
            ("delete_knowledge", json!({"id": id})),
            ("update_knowledge", json!({"id": id, "content": "Taken."})),
            (
                "resolve_knowledge_conflict",
                json!({"active_id": theirs["id"], "suppressed_ids": [id]}),
            ),
            ("get_namespaces", json!({"namespace": "team"})),
        ] {
            assert_eq!(
                other(tool, arguments).await.unwrap_err().code(),
                Code::NoSuchItem,
                "{tool}"
            );
        }
        assert_eq!(knowledge.find("global:default", &["secret"]).await, [id]);
    })
    .await;
}

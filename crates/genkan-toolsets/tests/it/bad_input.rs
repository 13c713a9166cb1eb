//! Wrong and hostile input to every tool: it is refused by name, or is nothing but text.

use futures_util::future::join_all;
use genkan_core::Code;
use genkan_testkit::TestDb;
use serde_json::{Value, json};

use crate::{fixture::Knowledge, schemas::good};

/// Texts that mean something elsewhere: to SQL, to full-text search, to terminals, to file systems.
const HOSTILE: [&str; 24] = [
    "",
    " ",
    "\u{0}",
    "a\u{0}b",
    "\u{7f}\u{1b}[2J",
    "'; DROP TABLE knowledge_entry; --",
    "\" OR \"1\"=\"1",
    "a AND b OR NOT c NEAR(d, 2)",
    "words : ^x* -y +z",
    "content:(secret)",
    "a & b | !c <-> d:*",
    "$1 ?1 :name @p {text}",
    "%_\\",
    "../../etc/passwd",
    "team:default:more",
    "\u{202e}dlrow\u{202c} \u{200b}\u{200d}\u{feff}",
    "日本語の名前",
    "Ελλάδα Россия مرحبا שלום",
    "e\u{301}\u{301}\u{301}\u{301}",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "ﷺﷺﷺﷺﷺﷺﷺﷺ",
    "İıſﬃ",
    "\u{10ffff}\u{e000}\u{fdd0}",
    "NaN Infinity null true 1e999",
];

/// A tool may say no to these and change nothing; anything else would be a fault of ours.
fn is_refusal(code: Code) -> bool {
    matches!(
        code,
        Code::InvalidArguments
            | Code::InvalidName
            | Code::InvalidCursor
            | Code::NoSuchItem
            | Code::AlreadyExists
            | Code::Conflict
            | Code::Cycle
            | Code::Protected
            | Code::TooLarge
    )
}

async fn tried(knowledge: &Knowledge, tool: &str, arguments: Value) {
    if !knowledge.schema_takes(tool, &arguments) {
        return;
    }
    let shown: String = arguments.to_string().chars().take(200).collect();
    if let Err(error) = knowledge.call(tool, arguments).await {
        assert!(is_refusal(error.code()), "{tool} {shown}: {error:?}");
        assert!(
            error.message().len() < 500,
            "{tool} {shown}: {}",
            error.message()
        );
        assert!(
            !error.message().chars().any(char::is_control),
            "{tool} {shown}: {:?}",
            error.message()
        );
    }
}

async fn furnished(database: &TestDb) -> Knowledge {
    let knowledge = Knowledge::open(database).await;
    knowledge.namespace("team").await;
    knowledge.scope("team:base", &[]).await;
    knowledge.scope("team:api", &["team:base"]).await;
    knowledge
        .entry("team:api", "deploy release", "Releases go out on Tuesdays.")
        .await;
    knowledge
}

#[tokio::test]
async fn hostile_text_in_any_argument_of_any_tool_does_no_harm() {
    TestDb::each(async |database| {
        let knowledge = furnished(&database).await;
        let tools: Vec<String> = knowledge.definitions().iter().map(|one| one.name.to_string()).collect();
        for tool in tools.iter().map(|name| name.strip_prefix("knowledge_").unwrap()) {
            let mut kept = good(tool);
            for rename in ["new_name", "new_scope"] {
                kept.as_object_mut().unwrap().remove(rename);
            }
            for (name, value) in good(tool).as_object().unwrap() {
                for text in HOSTILE {
                    let object = json!([{"id": text, "key": text, "context": text, "content": text, "suppressed_by": text}]);
                    // What the schema refuses never reaches the tool.
                    for wrong in match value {
                        Value::String(_) => vec![json!(text)],
                        Value::Array(_) => vec![json!([text]), json!([[text]]), object],
                        _ => Vec::new(),
                    } {
                        let mut arguments = kept.clone();
                        arguments[name] = wrong;
                        tried(&knowledge, tool, arguments).await;
                    }
                }
            }
        }
        assert_eq!(knowledge.find("team:api", &["release tuesdays"]).await.len(), 1, "all is as it was");
        let mut tx = knowledge.store.read(&genkan_core::id::TenantId::default_tenant()).await.unwrap();
        let counted = tx.knowledge_statistics().await.unwrap().entries;
        drop(tx);
        let told = knowledge.ok("get_statistics", json!({})).await;
        assert_eq!(told["total"]["entries"], counted, "what is counted is what is there");
        knowledge.close().await;
    })
    .await;
}

#[tokio::test]
async fn operators_and_quotes_in_queries_are_words() {
    TestDb::each(async |database| {
        let knowledge = furnished(&database).await;
        let id = knowledge
            .entry(
                "team:api",
                "quoting",
                "AND, OR, NOT and NEAR are words; content is one too.",
            )
            .await;
        for query in [
            "AND",
            "\"NEAR\"",
            "not*",
            "(near)",
            "content:words",
            "{or}",
            "near/2",
            "'content'",
            "a OR near",
            "-near",
            "near:*",
            "!near",
            "near & nothing",
            "near <-> words",
            "^near",
            "near\\",
            "＂near＂",
            "n\u{200b}ear",
        ] {
            let found = knowledge.find("team:api", &[query]).await;
            assert_eq!(found.first(), Some(&id), "{query}: {found:?}");
        }
        for text in HOSTILE {
            knowledge.find("team:api", &[text, "deploy"]).await;
        }
    })
    .await;
}

#[tokio::test]
async fn limits_hold_at_their_edge_and_not_beyond() {
    TestDb::each(async |database| {
        let knowledge = furnished(&database).await;
        let long = "n".repeat(64);
        let parents: Vec<String> = (0..20).map(|n| format!("team:parent{n}")).collect();
        for parent in &parents {
            knowledge.scope(parent, &[]).await;
        }
        let word = |characters: usize| "語".repeat(characters);
        let words = |count: usize, characters: usize| vec![word(characters); count].join(" ");
        let queries = |count: usize, query: &str| json!({"scope": "team:api", "queries": vec![query; count]});
        let entry = |context: String| json!({"scope": "team:api", "context": context, "content": "Text."});
        for (tool, arguments) in [
            ("create_namespace", json!({"name": long, "description": "語".repeat(64)})),
            ("create_namespace", json!({"name": "ab", "description": "ab"})),
            ("create_scope", json!({"scope": format!("{long}:{long}"), "description": "ab"})),
            ("update_scope", json!({"scope": "team:api", "parents": parents})),
            ("write_knowledge", entry(words(20, 32))),
            ("write_knowledge", entry(words(1, 2))),
            ("get_task_context", queries(15, &words(10, 64))),
            ("get_task_context", queries(0, "")),
            ("add_synonyms", json!({"word": "aa bb cc dd", "synonyms": (0..20).map(|n| format!("synonym{n}")).collect::<Vec<_>>()})),
            ("get_statistics", json!({"days": 366})),
        ] {
            knowledge.ok(tool, arguments).await;
        }
        let mut more = parents.clone();
        more.push("team:base".to_owned());
        let hundred_thousand = || vec!["ab"; 100_000];
        let huge = "x".repeat(1 << 20);
        for (tool, arguments, code, says) in [
            ("create_namespace", json!({"name": format!("{long}n"), "description": "ok"}), Code::InvalidName, "`name`"),
            ("create_namespace", json!({"name": huge, "description": "ok"}), Code::InvalidName, "`name`"),
            ("create_namespace", json!({"name": "ok-name", "description": "語".repeat(65)}), Code::InvalidArguments, "`description`"),
            ("update_namespace", json!({"name": "team", "new_name": huge}), Code::InvalidName, "`new_name`"),
            ("delete_namespace", json!({"name": huge}), Code::InvalidName, "`name`"),
            ("get_namespaces", json!({"namespace": huge}), Code::InvalidName, "`namespace`"),
            ("create_scope", json!({"scope": format!("team:{long}n"), "description": "ok"}), Code::InvalidName, "`scope`"),
            ("update_scope", json!({"scope": "team:api", "parents": more}), Code::InvalidArguments, "21"),
            ("update_scope", json!({"scope": "team:api", "parents": hundred_thousand()}), Code::InvalidArguments, "100000"),
            ("delete_scope", json!({"scope": huge}), Code::InvalidName, "`scope`"),
            ("write_knowledge", entry(words(21, 2)), Code::InvalidArguments, "21 keywords"),
            ("write_knowledge", entry(words(1, 33)), Code::InvalidArguments, "33"),
            ("write_knowledge", entry(hundred_thousand().join(" ")), Code::InvalidArguments, "100000 keywords"),
            ("update_knowledge", json!({"id": "x", "context": hundred_thousand()}), Code::InvalidArguments, "100000 keywords"),
            ("get_task_context", queries(16, "ab"), Code::InvalidArguments, "16"),
            ("get_task_context", queries(1, &words(11, 2)), Code::InvalidArguments, "11 keywords"),
            ("get_task_context", queries(1, &words(1, 65)), Code::InvalidArguments, "65"),
            ("get_task_context", queries(1, &hundred_thousand().join(" ")), Code::InvalidArguments, "100000"),
            ("get_task_context", queries(100_000, "ab"), Code::InvalidArguments, "100000"),
            ("resolve_knowledge_conflict", json!({"active_id": "x", "suppressed_ids": hundred_thousand()}), Code::InvalidArguments, "100000"),
            ("dismiss_conflict", json!({"id": "x", "other_ids": hundred_thousand()}), Code::InvalidArguments, "100000"),
            ("add_synonyms", json!({"word": "ab", "synonyms": hundred_thousand()}), Code::InvalidArguments, "100000"),
            ("remove_synonyms", json!({"word": huge, "synonyms": ["ab"]}), Code::InvalidArguments, "`word`"),
            ("list_synonyms", json!({"word": huge}), Code::InvalidArguments, "`word`"),
            ("get_history", json!({"id": huge}), Code::NoSuchItem, "`id`"),
            ("restore_knowledge", json!({"id": huge, "version": i64::MAX}), Code::NoSuchItem, "`id`"),
            ("export", json!({"scope": huge}), Code::InvalidName, "`scope`"),
            ("export", json!({"scope": "team:api", "cursor": huge}), Code::InvalidCursor, "cursor"),
            ("import", json!({"scope": huge, "entries": [{"content": "x", "context": "ab"}]}), Code::InvalidName, "`scope`"),
        ] {
            knowledge.refused(tool, arguments, code, &[says]).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_parent_deleted_while_it_is_used_leaves_no_trace() {
    TestDb::each(async |database| {
        let knowledge = furnished(&database).await;
        for round in 0..6 {
            let parent = format!("team:parent{round}");
            knowledge.scope(&parent, &[]).await;
            knowledge.entry(&parent, "passing", "Soon gone.").await;
            let uses = [
                ("update_scope", json!({"scope": "team:api", "parents": [parent, "team:base"]})),
                ("write_knowledge", json!({"scope": parent, "context": "late", "content": "Too late?"})),
                ("delete_scope", json!({"scope": parent})),
                ("get_task_context", json!({"scope": "team:api", "queries": ["passing release"]})),
                ("update_scope", json!({"scope": parent, "new_scope": format!("team:moved{round}")})),
                ("delete_scope", json!({"scope": parent})),
                ("create_scope", json!({"scope": format!("team:child{round}"), "description": "A child", "parents": [parent]})),
            ];
            let uses = uses.into_iter().map(|(tool, arguments)| tried(&knowledge, tool, arguments));
            join_all(uses).await;
        }
        let scopes = knowledge.details().await["team"]["scopes"].clone();
        for (name, scope) in scopes.as_object().unwrap() {
            for parent in scope["parents"].as_array().unwrap() {
                assert!(scopes[parent.as_str().unwrap()].is_object(), "{name} inherits from {parent}");
            }
        }
        assert_eq!(knowledge.find("team:api", &["release"]).await.len(), 1);
        let told = knowledge.ok("get_statistics", json!({})).await;
        let mut tx = knowledge.store.read(&genkan_core::id::TenantId::default_tenant()).await.unwrap();
        assert_eq!(told["total"]["entries"], tx.knowledge_statistics().await.unwrap().entries);
    })
    .await;
}

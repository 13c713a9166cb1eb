//! `genkan knowledge stats`, and what the settings of section `knowledge` do.

use serde_json::json;

use crate::binary::{call, entry, genkan, search};

#[test]
fn stats_tell_what_is_known_and_searched_with_and_without_words() {
    for (words, not_found) in [
        ("true", json!([{ "term": "canary", "searches": 1 }])),
        ("false", json!([])),
    ] {
        let binary = genkan().variable("GENKAN_KNOWLEDGE__SEARCH_WORDS", words);
        let write = [
            "tools",
            "call",
            "knowledge_write_knowledge",
            "scope=global:default",
            "context=deploy",
            "content=Tuesdays.",
        ];
        let namespace = [
            "tools",
            "call",
            "knowledge_create_namespace",
            "name=team",
            "description=Our team",
        ];
        let search = [
            "tools",
            "call",
            "knowledge_get_task_context",
            "scope=global:default",
            "queries=[\"deploy canary\"]",
        ];
        for words in [&namespace[..], &write, &search] {
            binary.run(words).ok();
        }
        let told = binary
            .run(["--json", "knowledge", "stats", "--days", "7"])
            .ok()
            .json();
        assert_eq!(told["statistics"]["total"]["entries"], 1, "{told}");
        assert_eq!(told["searches"]["searches"], 1, "{told}");
        assert_eq!(told["searches"]["zero_hit_terms"], not_found, "{told}");
        let text = binary
            .run(["knowledge", "stats", "--scope", "global:default"])
            .ok()
            .out;
        assert!(text.contains("\nglobal:default  1 "), "{text}");
        assert!(
            text.contains("1 searches in 30 days, 0 found nothing"),
            "{text}"
        );
        assert_eq!(
            text.contains("NOT FOUND  SEARCHES\ncanary"),
            words == "true",
            "{text}"
        );
        let wrong = binary.run(["knowledge", "stats", "--scope", "global:nowhere"]);
        assert!(wrong.err.contains("no_such_item"), "{}", wrong.err);
    }
}

#[test]
fn a_search_is_answered_from_the_cache_unless_that_is_off() {
    for (cache, hits) in [("true", true), ("false", false)] {
        let binary = genkan().variable("GENKAN_KNOWLEDGE__SEARCH_CACHE", cache);
        let server = binary.serve();
        let key = server.admin_key();
        server.mcp(
            &key,
            "tools/call",
            call("knowledge_write_knowledge", entry("tide")),
        );
        for _ in 0..2 {
            server.mcp(&key, "tools/call", search());
        }
        let metrics = server.get("/metrics", Some(&key)).body;
        let told = metrics.contains("\ngenkan_knowledge_cache_hits_total 1\n");
        assert_eq!(told, hits, "{metrics}");
    }
}

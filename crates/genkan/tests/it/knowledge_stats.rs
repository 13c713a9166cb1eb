//! `genkan knowledge stats`, and what `knowledge.search_words` does.

use serde_json::json;

use crate::binary::genkan;

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

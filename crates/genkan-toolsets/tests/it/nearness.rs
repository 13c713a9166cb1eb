//! Finding by nearness: what no word finds is found, what may not be shown is not, and vectors come and
//! go with the entries that they were made of.

use std::sync::Arc;

use genkan_core::id::TenantId;
use genkan_testkit::TestDb;
use genkan_toolsets::knowledge::embed::{Embedder, NGrams};
use serde_json::json;

use crate::fixture::Knowledge;

/// The built-in embedder under another name, as if it were another model.
struct Renamed;

impl Embedder for Renamed {
    fn name(&self) -> &str {
        "renamed"
    }

    fn near(&self) -> f64 {
        NGrams.near()
    }

    fn embed(&self, text: &str) -> Vec<f32> {
        NGrams.embed(text)
    }
}

/// How many entries of a scope have a vector of this embedder.
async fn vectors(knowledge: &Knowledge, scope: &str, embedder: &str) -> usize {
    let tenant = TenantId::from_stored("default");
    let mut tx = knowledge.store.read(&tenant).await.unwrap();
    let (namespace, name) = scope.split_once(':').unwrap();
    let scope = tx.knowledge_find_scope(namespace, name).await.unwrap();
    let scope = scope.unwrap();
    let ids = [scope.id.as_str()];
    let found = tx.knowledge_vectors(embedder, &ids, None, 100).await;
    found.unwrap().len()
}

#[tokio::test]
async fn slips_of_the_pen_are_found_by_nearness_and_by_nothing_else() {
    TestDb::each(async |database| {
        let mut knowledge = Knowledge::open(&database).await;
        knowledge.namespace("team").await;
        knowledge.scope("team:web", &[]).await;
        knowledge.scope("team:other", &[]).await;
        let wanted = knowledge
            .entry("team:web", "deployment", "Deployments wait for a review.")
            .await;
        let small = json!({"scope": "team:web", "context": "deployment", "task_size": "XS",
            "content": "Deployments of typos need no review."});
        let small = knowledge.ok("write_knowledge", small).await["id"].clone();
        let lost = knowledge
            .entry("team:web", "deployment", "Deployments wait for nobody.")
            .await;
        let settle = json!({"active_id": wanted, "suppressed_ids": [lost]});
        knowledge.ok("resolve_knowledge_conflict", settle).await;
        knowledge
            .entry("team:other", "deployment", "Deployments elsewhere.")
            .await;
        let slip = ["deploymetn"];
        assert!(knowledge.find("team:web", &slip).await.is_empty());

        knowledge.embed_with(Arc::new(NGrams)).await;
        let mut found = knowledge.find("team:web", &slip).await;
        found.sort();
        let mut both = vec![wanted.clone(), small.as_str().unwrap().to_owned()];
        both.sort();
        assert_eq!(found, both, "not what lost, nor what is elsewhere");
        let large = json!({"scope": "team:web", "queries": slip, "task_size": "L"});
        let answer = knowledge.ok("get_task_context", large).await;
        assert_eq!(answer["ranking"].as_array().unwrap().len(), 1, "{answer}");
        assert_eq!(
            answer["team:web"][&wanted],
            "Deployments wait for a review."
        );
        knowledge.close().await;
    })
    .await;
}

#[tokio::test]
async fn vectors_follow_what_is_written_and_go_with_it() {
    TestDb::each(async |database| {
        let mut knowledge = Knowledge::open(&database).await;
        let embedder: Arc<dyn Embedder> = Arc::new(NGrams);
        knowledge.namespace("team").await;
        knowledge.scope("team:web", &[]).await;
        let id = knowledge
            .entry("team:default", "invoices", "Send them monthly.")
            .await;
        knowledge.entry("team:web", "banners", "Red.").await;
        assert_eq!(knowledge.read_all(&embedder).await, 2);
        assert_eq!(knowledge.read_all(&embedder).await, 0, "once");
        let change = json!({"id": id, "context": "holidays", "content": "Ask for them early."});
        knowledge.ok("update_knowledge", change).await;
        assert_eq!(knowledge.read_all(&embedder).await, 1, "the changed one");
        knowledge.embed_with(embedder).await;
        let team = "team:default";
        assert_eq!(knowledge.find(team, &["hollidays"]).await, [id.as_str()]);
        assert!(knowledge.find(team, &["invocies"]).await.is_empty());

        assert_eq!(vectors(&knowledge, team, NGrams.name()).await, 1);
        knowledge.ok("delete_knowledge", json!({"id": id})).await;
        assert_eq!(vectors(&knowledge, team, NGrams.name()).await, 0);
        assert!(knowledge.find(team, &["hollidays"]).await.is_empty());
        let whole = json!({"name": "team"});
        knowledge.ok("delete_namespace", whole).await;
        knowledge.close().await;
    })
    .await;
}

#[tokio::test]
async fn another_model_reads_everything_anew_and_vectors_of_two_are_never_compared() {
    TestDb::each(async |database| {
        let mut knowledge = Knowledge::open(&database).await;
        for n in 0..3 {
            let content = format!("Lighthouse number {n}.");
            knowledge
                .entry("global:default", "lighthouse", &content)
                .await;
        }
        let (old, new): (Arc<dyn Embedder>, Arc<dyn Embedder>) =
            (Arc::new(NGrams), Arc::new(Renamed));
        let scope = "global:default";
        assert_eq!(knowledge.read_all(&old).await, 3);
        assert_eq!(vectors(&knowledge, scope, new.name()).await, 0);
        assert_eq!(
            knowledge.read_all(&new).await,
            3,
            "a changed model is noticed"
        );
        assert_eq!(vectors(&knowledge, scope, new.name()).await, 3);
        assert_eq!(
            vectors(&knowledge, scope, old.name()).await,
            0,
            "in its place"
        );
        knowledge.embed_with(new).await;
        assert_eq!(knowledge.find(scope, &["lighthuose"]).await.len(), 3);
        knowledge.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_kept_is_outdated_when_an_entry_is_embedded() {
    TestDb::each(async |database| {
        let mut knowledge = Knowledge::open(&database).await;
        let embedder: Arc<dyn Embedder> = Arc::new(NGrams);
        knowledge.keep_with(Arc::clone(&embedder));
        let scope = "global:default";
        let id = knowledge.entry(scope, "lighthouse", "A tower.").await;
        assert!(knowledge.find(scope, &["lighthuose"]).await.is_empty());
        knowledge.read_all(&embedder).await;
        assert_eq!(knowledge.find(scope, &["lighthuose"]).await, [id]);
        knowledge.close().await;
    })
    .await;
}

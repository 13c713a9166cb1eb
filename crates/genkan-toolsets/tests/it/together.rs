//! Many writers at once: nothing is lost, nothing is made twice, the statistics stay true.

use futures_util::future::join_all;
use genkan_core::Code;
use genkan_testkit::TestDb;
use serde_json::json;

use crate::fixture::Knowledge;

#[tokio::test]
async fn writers_at_once_agree() {
    TestDb::each(async |database| {
        // Two stores on one database, as two instances would be.
        let houses = [
            Knowledge::open(&database).await,
            Knowledge::open(&database).await,
        ];
        let team = json!({"name": "team", "description": "A team"});
        let made =
            join_all((0..8).map(|n| houses[n % 2].call("create_namespace", team.clone()))).await;
        let refused: Vec<_> = made
            .iter()
            .filter_map(|made| made.as_ref().err())
            .map(|error| error.code())
            .collect();
        assert_eq!(refused, [Code::AlreadyExists; 7], "one of eight makes it");

        let scopes = ["team:aa", "team:bb", "team:cc"];
        for scope in scopes {
            houses[0]
                .ok(
                    "create_scope",
                    json!({"scope": scope, "description": "A scope"}),
                )
                .await;
        }
        let links = [(0, 1), (1, 2), (2, 0)].map(|(from, to)| {
            let link = json!({"scope": scopes[from], "parents": [scopes[to]]});
            houses[from % 2].call("update_scope", link)
        });
        let linked = join_all(links).await;
        assert_eq!(
            linked.iter().filter(|link| link.is_err()).count(),
            1,
            "a circle is never closed: {linked:?}"
        );

        let writes = (0..40).map(|n| {
            let content = format!("Shared words and number{n}.");
            houses[n % 2].entry(
                "team:default",
                "shared keyword",
                Box::leak(content.into_boxed_str()),
            )
        });
        let ids = join_all(writes).await;
        let changes = ids.iter().enumerate().map(|(n, id)| match n % 4 {
            0 => houses[n % 2].call("delete_knowledge", json!({"id": id})),
            1 => houses[n % 2].call(
                "update_knowledge",
                json!({"id": id, "content": "Other words."}),
            ),
            2 => houses[n % 2].call("update_knowledge", json!({"id": id, "scope": "team:aa"})),
            _ => houses[n % 2].call("delete_knowledge", json!({"id": ids[n - 3]})),
        });
        let changed = join_all(changes).await;
        assert_eq!(
            changed.iter().filter(|change| change.is_err()).count(),
            10,
            "each is deleted once"
        );
        assert_eq!(houses[0].find("team:default", &["shared"]).await.len(), 20);
        assert_eq!(houses[1].find("team:aa", &["shared"]).await.len(), 30);
        let tenant = genkan_core::id::TenantId::default_tenant();
        let mut tx = houses[0].store.read(&tenant).await.unwrap();
        assert_eq!(tx.knowledge_statistics().await.unwrap().entries, 30);
        let frequencies = tx
            .knowledge_document_frequencies(&["share", "number2", "number4"])
            .await
            .unwrap();
        assert_eq!(
            frequencies
                .iter()
                .map(|(_, entries)| *entries)
                .collect::<std::collections::BTreeSet<_>>(),
            [1, 30].into()
        );
    })
    .await;
}

//! The statements of knowledge on both databases: what is counted is what can be found.

use std::sync::atomic::{AtomicU32, Ordering};

use genkan_core::{Result, Secret, Timestamp, clock::SystemClock, id::TenantId};

use super::{Defaults, NewEntry, NewScope, Profile, Resolution, Wanted};
use crate::{
    Location, TenantTx,
    db::{connect, fetch_all},
    migrate::{migrate, run_script},
};

const NOW: Timestamp = Timestamp::from_millis(1);

/// Runs a test in a write transaction on each database; PostgreSQL only where there is one.
#[allow(
    clippy::disallowed_methods,
    reason = "tests learn from the environment where PostgreSQL is"
)]
async fn on_both(test: impl for<'t> AsyncFn(&'t mut TenantTx) -> Result<()>) {
    let folder = std::env::temp_dir().join(fresh("genkan-knowledge"));
    std::fs::create_dir_all(&folder).unwrap();
    on(
        &Location::Sqlite(folder.join("genkan.db")),
        "BEGIN IMMEDIATE",
        &test,
    )
    .await;
    std::fs::remove_dir_all(&folder).unwrap();
    let Ok(server) = std::env::var("GENKAN_TEST_POSTGRES") else {
        eprintln!("skipped on PostgreSQL: GENKAN_TEST_POSTGRES is not set");
        return;
    };
    let database = fresh("genkan_knowledge");
    let mut link = connect::owned(&Location::Postgres(Secret::new(server.clone())), PATIENCE)
        .await
        .unwrap();
    run_script(&mut link, format!("CREATE DATABASE {database}"))
        .await
        .unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    on(
        &Location::Postgres(Secret::new(format!("{base}/{database}"))),
        "BEGIN",
        &test,
    )
    .await;
    run_script(&mut link, format!("DROP DATABASE {database}"))
        .await
        .unwrap();
}

const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

fn fresh(name: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!(
        "{name}_{}_{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    )
}

async fn on(
    location: &Location,
    begin: &str,
    test: &impl for<'t> AsyncFn(&'t mut TenantTx) -> Result<()>,
) {
    migrate(location, &SystemClock).await.unwrap();
    let mut link = connect::owned(location, PATIENCE).await.unwrap();
    run_script(&mut link, begin.to_owned()).await.unwrap();
    let mut tx = TenantTx::enter(link, TenantId::default_tenant())
        .await
        .unwrap();
    let defaults = Defaults {
        namespace: "n0".to_owned(),
        scope: "s0".to_owned(),
        now: NOW,
        author: "somebody".to_owned(),
    };
    tx.knowledge_begin(&defaults).await.unwrap();
    tx.knowledge_begin(&defaults).await.unwrap();
    test(&mut tx).await.unwrap();
    let mut link = tx.into_link();
    run_script(&mut link, "COMMIT".to_owned()).await.unwrap();
    link.close().await;
}

fn entry(id: &str, terms: &str) -> NewEntry {
    let frequencies = vec!["1"; terms.split(' ').count()].join(" ");
    let content_length = u32::try_from(terms.split(' ').count()).unwrap();
    NewEntry {
        id: id.to_owned(),
        content: terms.to_owned(),
        context: String::new(),
        task_size: None,
        profile: Profile {
            terms: terms.to_owned(),
            frequencies,
            context_length: 0,
            content_length,
        },
    }
}

async fn scope(tx: &mut TenantTx, id: &str, name: &str) -> Result<()> {
    tx.knowledge_create_scope(
        NewScope {
            id,
            namespace_id: "n0",
            name,
            description: "A scope",
        },
        NOW,
    )
    .await
}

async fn found(
    tx: &mut TenantTx,
    term: &str,
    scopes: &[&str],
    size: Option<i64>,
    most: usize,
) -> Result<Vec<String>> {
    let wanted = Wanted::Term(term.to_owned());
    let candidates = tx.knowledge_candidates(&wanted, scopes, size, most).await?;
    let mut ids: Vec<_> = candidates
        .into_iter()
        .map(|candidate| candidate.id)
        .collect();
    ids.sort_unstable();
    Ok(ids)
}

/// The statistics say what the rows say.
async fn assert_counted(tx: &mut TenantTx) -> Result<()> {
    let rows: Vec<(String,)> = fetch_all!(
        tx,
        "SELECT terms FROM knowledge_entry WHERE tenant = $1 AND suppressed = 0",
        "default"
    )?;
    let mut expected = std::collections::BTreeMap::<String, i64>::new();
    for term in rows
        .iter()
        .flat_map(|(terms,)| terms.split(' '))
        .filter(|term| !term.is_empty())
    {
        *expected.entry(term.to_owned()).or_default() += 1;
    }
    let counted: Vec<(String, i64)> = fetch_all!(
        tx,
        "SELECT term, entries FROM knowledge_term WHERE tenant = $1 ORDER BY term",
        "default"
    )?;
    assert_eq!(counted, expected.into_iter().collect::<Vec<_>>());
    let statistics = tx.knowledge_statistics().await?;
    let words: usize = rows.iter().map(|(terms,)| terms.split(' ').count()).sum();
    assert_eq!(
        (statistics.entries, statistics.content_length),
        (rows.len() as i64, words as i64)
    );
    Ok(())
}

#[tokio::test]
async fn what_is_counted_is_what_can_be_found() {
    on_both(async |tx| {
        scope(tx, "s1", "one").await?;
        scope(tx, "s2", "two").await?;
        for (id, scope, terms) in [
            ("a", "s1", "alpha beta"),
            ("b", "s1", "beta gamma"),
            ("c", "s2", "beta né 語"),
            ("d", "s0", "beta or"),
        ] {
            tx.knowledge_create_entry(&entry(id, terms), scope, NOW)
                .await?;
        }
        assert_counted(tx).await?;
        assert_eq!(
            found(tx, "beta", &["s1", "s2"], None, 9).await?,
            ["a", "b", "c"]
        );
        assert_eq!(
            found(tx, "beta", &["s1", "s2"], None, 2).await?,
            ["b", "c"],
            "the newest"
        );
        assert_eq!(found(tx, "né", &["s2"], None, 9).await?, ["c"]);
        assert_eq!(found(tx, "語", &["s2"], None, 9).await?, ["c"]);
        assert_eq!(found(tx, "or", &["s0"], None, 9).await?, ["d"]);
        assert_eq!(
            found(tx, "bet", &["s0", "s1"], None, 9).await?,
            Vec::<String>::new(),
            "no prefixes"
        );

        tx.knowledge_update_entry(&entry("a", "alpha delta"), "s1", NOW)
            .await?;
        tx.knowledge_move_entry("b", "s2", Some(2), NOW).await?;
        assert_counted(tx).await?;
        assert_eq!(
            found(tx, "beta", &["s1"], None, 9).await?,
            Vec::<String>::new()
        );
        assert_eq!(found(tx, "beta", &["s2"], Some(2), 9).await?, ["b", "c"]);
        assert_eq!(found(tx, "beta", &["s2"], Some(3), 9).await?, ["c"]);

        let resolution = Resolution {
            active: "c",
            suppressed: "b",
            resolved_by: "me",
            now: NOW,
        };
        tx.knowledge_suppress(resolution).await?;
        tx.knowledge_suppress(Resolution {
            active: "d",
            ..resolution
        })
        .await?;
        assert_counted(tx).await?;
        assert_eq!(found(tx, "beta", &["s2"], None, 9).await?, ["c"]);
        tx.knowledge_update_entry(&entry("b", "beta zeta"), "s1", NOW)
            .await?;
        assert_counted(tx).await?;
        assert_eq!(
            found(tx, "zeta", &["s1"], None, 9).await?,
            Vec::<String>::new(),
            "still suppressed"
        );

        assert_eq!(tx.knowledge_delete_scope("s1").await?, 2);
        tx.knowledge_delete_entry("d").await?;
        assert_counted(tx).await?;
        assert_eq!(
            found(tx, "alpha", &["s1"], None, 9).await?,
            Vec::<String>::new()
        );
        assert_eq!(tx.knowledge_statistics().await?.entries, 1);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn tokens_are_never_syntax() {
    on_both(async |tx| {
        tx.knowledge_create_entry(&entry("a", "alpha and not or near"), "s0", NOW)
            .await?;
        for token in ["and", "not", "or", "near"] {
            assert_eq!(found(tx, token, &["s0"], None, 9).await?, ["a"], "{token}");
        }
        for token in [
            "\"",
            "'",
            "\\",
            "x' | 'alpha",
            "x\" OR \"alpha",
            "(",
            ")",
            "x* OR alpha",
            "x\\'",
        ] {
            // No word; SQLite may refuse it, but nobody reads it as an operator.
            let found = found(tx, token, &["s0"], None, 9).await.unwrap_or_default();
            assert_eq!(found, Vec::<String>::new(), "{token}");
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn line_goes_from_near_to_far() {
    on_both(async |tx| {
        let other = super::Namespace {
            id: "n1".into(),
            name: "other".into(),
            description: "Other".into(),
        };
        tx.knowledge_create_namespace(&other, NOW).await?;
        let default = NewScope {
            id: "d1",
            namespace_id: "n1",
            name: "default",
            description: "Default",
        };
        tx.knowledge_create_scope(default, NOW).await?;
        tx.knowledge_create_scope(
            NewScope {
                id: "o1",
                name: "base",
                ..default
            },
            NOW,
        )
        .await?;
        for (id, name) in [("s1", "leaf"), ("s2", "left"), ("s3", "right")] {
            scope(tx, id, name).await?;
        }
        tx.knowledge_set_parents("s1", &["s2".into(), "s3".into()])
            .await?;
        tx.knowledge_set_parents("s2", &["o1".into()]).await?;
        tx.knowledge_set_parents("s3", &["o1".into(), "o1".into()])
            .await?;
        let leaf = tx.knowledge_find_scope("global", "leaf").await?.unwrap();
        let line = tx.knowledge_line(&leaf).await?;
        let line: Vec<_> = line
            .iter()
            .map(|scope| (scope.name.as_str(), scope.distance))
            .collect();
        let expected = [
            ("global:leaf", 0),
            ("global:left", 1),
            ("global:right", 1),
            ("other:base", 2),
            ("other:default", 3),
            ("global:default", 4),
        ];
        assert_eq!(line, expected);
        Ok(())
    })
    .await;
}

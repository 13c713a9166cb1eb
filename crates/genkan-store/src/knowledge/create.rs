//! How entries come into `knowledge_entry`: all that come together in one go, counted as one.
//!
//! On SQLite a prepared statement runs once per row, which is as cheap as one statement of many. On
//! PostgreSQL a trip is dear: all rows go in one statement, as one array per column.

use genkan_core::{Error, Result, Timestamp};

use super::{
    entry::{Entry, NewEntry, listed},
    index::{Counted, Sign},
};
use crate::{
    TenantTx,
    db::{self, Driver, fetch_all},
};

macro_rules! columns {
    () => {
        "tenant, id, scope, task_size, suppressed, created, updated, context_length, content_length, context, \
         frequencies, terms, content"
    };
}

const SQLITE: &str = concat!(
    "INSERT INTO knowledge_entry (",
    columns!(),
    ") VALUES ($1, $2, $3, $4, 0, $5, $5, $6, $7, $8, $9, $10, $11)"
);

const POSTGRES: &str = concat!(
    "INSERT INTO knowledge_entry (",
    columns!(),
    ") SELECT $1, id, $2, task_size, 0, $3, $3, context_length, content_length, context, frequencies, terms, \
     content FROM unnest($4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[], $9::text[], $10::text[], \
     $11::text[]) AS e (id, task_size, context_length, content_length, context, frequencies, terms, content)"
);

impl TenantTx {
    /// Those of these entries that exist, without their text, in no order.
    pub async fn knowledge_entries_of(&mut self, ids: &[&str]) -> Result<Vec<Entry>> {
        let tenant = self.tenant().clone();
        let ids = serde_json::to_string(ids).map_err(Error::internal)?;
        let sql = format!(
            "SELECT id, scope, task_size, suppressed FROM knowledge_entry WHERE tenant = $1 AND {}",
            self.dialect().among("id", 2)
        );
        let sql = sqlx::AssertSqlSafe(sql);
        Ok(fetch_all!(self, sql, tenant.as_str(), ids.as_str())?)
    }

    /// Adds an entry to the scope with this id.
    pub async fn knowledge_create_entry(
        &mut self,
        entry: &NewEntry,
        scope: &str,
        now: Timestamp,
    ) -> Result<()> {
        self.knowledge_create_entries(std::slice::from_ref(entry), scope, now)
            .await
    }

    /// Adds entries to the scope with this id.
    pub async fn knowledge_create_entries(
        &mut self,
        entries: &[NewEntry],
        scope: &str,
        now: Timestamp,
    ) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        for entry in entries {
            self.knowledge_touch(listed(scope, &entry.id));
        }
        self.knowledge_insert(entries, scope, now).await?;
        let ids: Vec<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
        let ids = serde_json::to_string(&ids).map_err(Error::internal)?;
        self.knowledge_count(Sign::Add, Counted::Entries(&ids))
            .await
    }

    async fn knowledge_insert(
        &mut self,
        entries: &[NewEntry],
        scope: &str,
        now: Timestamp,
    ) -> Result<(), db::Error> {
        let (tenant, now) = (self.tenant().clone(), now.as_millis());
        let tenant = tenant.as_str();
        match self.driver() {
            Driver::Sqlite(connection) => {
                for entry in entries {
                    let profile = &entry.profile;
                    let values = rusqlite::params![
                        tenant,
                        entry.id,
                        scope,
                        entry.task_size,
                        now,
                        profile.context_length,
                        profile.content_length,
                        entry.context,
                        profile.frequencies,
                        profile.terms,
                        entry.content,
                    ];
                    connection.execute(SQLITE, values)?;
                }
            }
            Driver::Postgres(connection) => {
                let sizes: Vec<Option<i64>> = entries.iter().map(|entry| entry.task_size).collect();
                let lengths = |length: fn(&NewEntry) -> u32| -> Vec<i64> {
                    entries.iter().map(|entry| length(entry).into()).collect()
                };
                fn texts(entries: &[NewEntry], text: fn(&NewEntry) -> &str) -> Vec<&str> {
                    entries.iter().map(text).collect()
                }
                sqlx::query::<sqlx::Postgres>(POSTGRES)
                    .bind(tenant)
                    .bind(scope)
                    .bind(now)
                    .bind(texts(entries, |entry| &entry.id))
                    .bind(sizes)
                    .bind(lengths(|entry| entry.profile.context_length))
                    .bind(lengths(|entry| entry.profile.content_length))
                    .bind(texts(entries, |entry| &entry.context))
                    .bind(texts(entries, |entry| &entry.profile.frequencies))
                    .bind(texts(entries, |entry| &entry.profile.terms))
                    .bind(texts(entries, |entry| &entry.content))
                    .execute(connection)
                    .await?;
            }
        }
        Ok(())
    }
}

//! The tables `knowledge_usage_…`: what is added to them, and what is forgotten.

use std::collections::{BTreeSet, HashSet};

use genkan_core::{Result, Timestamp, id::TenantId};

use super::{
    Search,
    sums::{SLOWEST, Sums, rows},
};
use crate::{
    SystemTx, TenantTx,
    db::{execute, fetch_all, fetch_one, fetch_optional},
};

/// How many words a tenant may have in the sums of one day; beyond, only known ones are counted.
const WORDS: i64 = 20_000;
/// How many suggestions a tenant may have.
const SUGGESTIONS: i64 = 20_000;

impl SystemTx {
    /// Adds what was searched for, except by those who do not want that.
    pub(super) async fn knowledge_write_usage(
        &mut self,
        searches: &[(TenantId, Search)],
    ) -> Result<()> {
        let tenants: BTreeSet<&TenantId> = searches.iter().map(|(tenant, _)| tenant).collect();
        for tenant in tenants {
            let private = self.knowledge_usage_private(tenant).await?;
            let own = searches
                .iter()
                .filter(|(of, search)| of == tenant && !private.contains(search.principal.as_str()))
                .map(|(_, search)| search);
            self.knowledge_add_usage(tenant.as_str(), &Sums::of(own))
                .await?;
        }
        Ok(())
    }

    async fn knowledge_usage_private(&mut self, tenant: &TenantId) -> Result<HashSet<String>> {
        let sql = "SELECT principal FROM knowledge_usage_private WHERE tenant = $1";
        let rows: Vec<(String,)> = fetch_all!(self, sql, tenant.as_str())?;
        Ok(rows.into_iter().map(|(principal,)| principal).collect())
    }

    async fn knowledge_add_usage(&mut self, tenant: &str, sums: &Sums) -> Result<()> {
        let sql = adding(
            "knowledge_usage_day",
            "day, scope",
            &self.dialect().rows(2),
            &[
                number(0, 0),
                text(0, 1),
                number(1, 0),
                number(1, 1),
                number(1, 2),
                number(1, 3),
            ],
            &["searches +", "empty +", "took +", "slowest max"],
            "1 = 1",
        );
        execute!(
            self,
            sqlx::AssertSqlSafe(sql),
            tenant,
            rows(&sums.days)?.as_str()
        )?;
        let sql = adding(
            "knowledge_usage_entry",
            "entry",
            &self.dialect().rows(2),
            &[text(0, 0), number(1, 0), number(1, 1)],
            &["found +", "day max"],
            "1 = 1",
        );
        execute!(
            self,
            sqlx::AssertSqlSafe(sql),
            tenant,
            rows(&sums.entries)?.as_str()
        )?;
        self.knowledge_add_words(tenant, sums).await?;
        self.knowledge_add_slow(tenant, sums).await
    }

    async fn knowledge_add_words(&mut self, tenant: &str, sums: &Sums) -> Result<()> {
        let first = sums.words.keys().next().map_or(0, |(day, ..)| *day);
        let sql = "SELECT count(*) FROM knowledge_usage_word WHERE tenant = $1 AND day >= $2";
        let (known,): (i64,) = fetch_one!(self, sql, tenant, first)?;
        let sql = adding(
            "knowledge_usage_word",
            "day, scope, word",
            &self.dialect().rows(2),
            &[
                number(0, 0),
                text(0, 1),
                text(0, 2),
                number(1, 0),
                number(1, 1),
            ],
            &["searches +", "missed +"],
            &format!(
                "$3 = 1 OR EXISTS (SELECT 1 FROM knowledge_usage_word w WHERE w.tenant = $1 AND w.day = {} \
                 AND w.scope = {} AND w.word = {})",
                number(0, 0),
                text(0, 1),
                text(0, 2)
            ),
        );
        let has_room = i64::from(known < WORDS);
        execute!(
            self,
            sqlx::AssertSqlSafe(sql),
            tenant,
            rows(&sums.words)?.as_str(),
            has_room
        )?;

        let sql = "SELECT count(*) FROM knowledge_usage_suggestion WHERE tenant = $1";
        let (known,): (i64,) = fetch_one!(self, sql, tenant)?;
        let sql = adding(
            "knowledge_usage_suggestion",
            "entry, word",
            &self.dialect().rows(2),
            &[text(0, 0), text(0, 1), number(1, 0), number(1, 1)],
            &["searches +", "day max"],
            &format!(
                "$3 = 1 OR EXISTS (SELECT 1 FROM knowledge_usage_suggestion w WHERE w.tenant = $1 \
                 AND w.entry = {} AND w.word = {})",
                text(0, 0),
                text(0, 1)
            ),
        );
        let has_room = i64::from(known < SUGGESTIONS);
        execute!(
            self,
            sqlx::AssertSqlSafe(sql),
            tenant,
            rows(&sums.suggestions)?.as_str(),
            has_room
        )?;
        Ok(())
    }

    async fn knowledge_add_slow(&mut self, tenant: &str, sums: &Sums) -> Result<()> {
        let sql = adding(
            "knowledge_usage_slow",
            "day, scope, queries",
            &self.dialect().rows(2),
            &[
                number(0, 0),
                text(0, 1),
                text(0, 2),
                number(1, 0),
                number(1, 1),
            ],
            &["searches +", "slowest max"],
            "1 = 1",
        );
        execute!(
            self,
            sqlx::AssertSqlSafe(sql),
            tenant,
            rows(&sums.slow)?.as_str()
        )?;
        let days: BTreeSet<i64> = sums.slow.keys().map(|(day, ..)| *day).collect();
        for day in days {
            let sql = "DELETE FROM knowledge_usage_slow WHERE tenant = $1 AND day = $2 \
                       AND (scope, queries) NOT IN (SELECT s.scope, s.queries FROM knowledge_usage_slow s \
                       WHERE s.tenant = $1 AND s.day = $2 ORDER BY s.slowest DESC, s.scope, s.queries LIMIT $3)";
            let most = i64::try_from(SLOWEST).unwrap_or(i64::MAX);
            execute!(self, sql, tenant, day, most)?;
        }
        Ok(())
    }

    /// Forgets sums of days before this one, and those of entries and scopes that are gone.
    pub(super) async fn knowledge_purge_usage(&mut self, oldest: i64) -> Result<()> {
        for table in ["day", "word", "slow"] {
            let sql = format!(
                "DELETE FROM knowledge_usage_{table} WHERE day < $1 OR NOT EXISTS (SELECT 1 FROM knowledge_scope s \
                 WHERE s.tenant = knowledge_usage_{table}.tenant AND s.id = knowledge_usage_{table}.scope)"
            );
            execute!(self, sqlx::AssertSqlSafe(sql), oldest)?;
        }
        for table in ["suggestion", "entry"] {
            let sql = format!(
                "DELETE FROM knowledge_usage_{table} WHERE day < $1 OR NOT EXISTS (SELECT 1 FROM knowledge_entry e \
                 WHERE e.tenant = knowledge_usage_{table}.tenant AND e.id = knowledge_usage_{table}.entry)"
            );
            execute!(self, sqlx::AssertSqlSafe(sql), oldest)?;
        }
        Ok(())
    }
}

impl TenantTx {
    /// Says whether the searches of a principal are left out of all sums from now on.
    pub async fn knowledge_set_usage_private(
        &mut self,
        principal: &str,
        is_private: bool,
        now: Timestamp,
    ) -> Result<()> {
        let tenant = self.tenant().clone();
        if is_private {
            let sql = "INSERT INTO knowledge_usage_private (tenant, principal, since) VALUES ($1, $2, $3) \
                       ON CONFLICT (tenant, principal) DO NOTHING";
            execute!(self, sql, tenant.as_str(), principal, now.as_millis())?;
        } else {
            let sql = "DELETE FROM knowledge_usage_private WHERE tenant = $1 AND principal = $2";
            execute!(self, sql, tenant.as_str(), principal)?;
        }
        Ok(())
    }

    /// Whether the searches of a principal are left out of all sums.
    pub async fn knowledge_is_usage_private(&mut self, principal: &str) -> Result<bool> {
        let tenant = self.tenant().clone();
        let sql = "SELECT since FROM knowledge_usage_private WHERE tenant = $1 AND principal = $2";
        let found: Option<(i64,)> = fetch_optional!(self, sql, tenant.as_str(), principal)?;
        Ok(found.is_some())
    }
}

/// The statement that adds rows to sums, or to the sums that are there. `sums` are columns with what
/// becomes of two numbers: their sum or the greater one.
fn adding(
    table: &str,
    key: &str,
    given: &str,
    values: &[String],
    sums: &[&str],
    condition: &str,
) -> String {
    let (mut columns, mut joined) = (Vec::new(), Vec::new());
    for (column, how) in sums.iter().filter_map(|sum| sum.split_once(' ')) {
        columns.push(column);
        joined.push(match how {
            "+" => format!("{column} = {table}.{column} + excluded.{column}"),
            _ => format!(
                "{column} = CASE WHEN excluded.{column} > {table}.{column} THEN excluded.{column} \
                 ELSE {table}.{column} END"
            ),
        });
    }
    let (columns, joined, values) = (columns.join(", "), joined.join(", "), values.join(", "));
    format!(
        "INSERT INTO {table} (tenant, {key}, {columns}) SELECT CAST($1 AS TEXT), {values} FROM {given} \
         WHERE {condition} ON CONFLICT (tenant, {key}) DO UPDATE SET {joined}"
    )
}

/// A text of the given row: of its key or its numbers, by place.
fn text(part: u8, place: u8) -> String {
    format!("given.value -> {part} ->> {place}")
}

/// A number of the given row.
fn number(part: u8, place: u8) -> String {
    format!("CAST({} AS BIGINT)", text(part, place))
}

//! The tables `knowledge_term` and `knowledge_statistics`: what the entries that can be found are
//! like as a whole.
//!
//! Entries are counted in before they can be found, and counted out while their row still says what
//! was counted. All of it happens in the write's own transaction.

use genkan_core::Result;

use super::dialect;
use crate::{TenantTx, db::execute};

/// Whether entries come or go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// They come.
    Add,
    /// They go.
    Remove,
}

/// Which entries.
#[derive(Clone, Copy)]
pub(super) enum Counted<'a> {
    /// The one with this id.
    Entry(&'a str),
    /// Those with these ids, a JSON array.
    Entries(&'a str),
    /// Those of the scope with this id.
    Scope(&'a str),
}

impl TenantTx {
    /// Counts the entries in or out; suppressed ones are not counted.
    pub(super) async fn knowledge_count(&mut self, sign: Sign, counted: Counted<'_>) -> Result<()> {
        let tenant = self.tenant().clone();
        let tenant = tenant.as_str();
        let (those, key) = match counted {
            Counted::Entry(id) => ("e.id = $2".to_owned(), id),
            Counted::Entries(ids) => (self.dialect().among("e.id", 2), ids),
            Counted::Scope(id) => ("e.scope = $2".to_owned(), id),
        };
        let step = match sign {
            Sign::Add => 1_i64,
            Sign::Remove => -1,
        };
        let which = format!("e.tenant = $1 AND {those} AND e.suppressed = 0");
        let words = dialect::each_word(self.dialect(), "e.terms");

        let sql = format!(
            "INSERT INTO knowledge_term (tenant, term, entries) \
             SELECT $1, word.value, $3 * count(*) FROM knowledge_entry e, {words} \
             WHERE {which} AND e.terms <> '' GROUP BY word.value ORDER BY word.value \
             ON CONFLICT (tenant, term) DO UPDATE SET entries = knowledge_term.entries + excluded.entries"
        );
        execute!(self, sqlx::AssertSqlSafe(sql), tenant, key, step)?;

        let sql = format!(
            "UPDATE knowledge_statistics SET entries = knowledge_statistics.entries + $3 * sums.entries, \
             context_length = knowledge_statistics.context_length + $3 * sums.context_length, \
             content_length = knowledge_statistics.content_length + $3 * sums.content_length \
             FROM (SELECT count(*) AS entries, CAST(coalesce(sum(e.context_length), 0) AS BIGINT) AS context_length, \
             CAST(coalesce(sum(e.content_length), 0) AS BIGINT) AS content_length \
             FROM knowledge_entry e WHERE {which}) sums WHERE knowledge_statistics.tenant = $1"
        );
        execute!(self, sqlx::AssertSqlSafe(sql), tenant, key, step)?;

        if sign == Sign::Remove {
            let sql = format!(
                "DELETE FROM knowledge_term WHERE tenant = $1 AND entries <= 0 AND term IN \
                 (SELECT word.value FROM knowledge_entry e, {words} WHERE {which} AND e.terms <> '')"
            );
            execute!(self, sqlx::AssertSqlSafe(sql), tenant, key)?;
        }
        Ok(())
    }
}

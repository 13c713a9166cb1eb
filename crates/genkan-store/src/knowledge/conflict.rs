//! The tables `knowledge_conflict`, which entry lost against which, and `knowledge_likely_conflict`,
//! which entries were reported as much alike.

use genkan_core::{Result, Timestamp};

use super::index::{Counted, Sign};
use crate::{
    TenantTx,
    db::{execute, fetch_all, row},
};

row! {
    /// Two entries that may contradict each other.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct LikelyConflict {
        /// The entry that was written.
        pub entry: String,
        /// The entry that was there.
        pub other: String,
        /// How alike they are, in hundredths.
        pub similarity: i64,
    }
}

row! {
    /// A conflict that was settled.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ResolvedConflict {
        /// The entry that is hidden.
        pub suppressed: String,
        /// The entry that held.
        pub active: String,
        /// When, in milliseconds.
        pub resolved: i64,
        /// The principal who said so.
        pub resolved_by: String,
    }
}

/// One entry's loss.
#[derive(Clone, Copy, Debug)]
pub struct Resolution<'a> {
    /// The entry that stays.
    pub active: &'a str,
    /// The entry that is hidden.
    pub suppressed: &'a str,
    /// The principal who said so.
    pub resolved_by: &'a str,
    /// When.
    pub now: Timestamp,
}

impl TenantTx {
    /// Hides an entry and notes against which one it lost. Saying it again changes the winner.
    pub async fn knowledge_suppress(&mut self, resolution: Resolution<'_>) -> Result<()> {
        let tenant = self.tenant().clone();
        let Resolution {
            active,
            suppressed,
            resolved_by,
            now,
        } = resolution;
        self.knowledge_hide_entry(suppressed).await?;
        let sql = "INSERT INTO knowledge_conflict (tenant, suppressed, active, resolved, resolved_by) \
                   VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant, suppressed) \
                   DO UPDATE SET active = excluded.active, resolved = excluded.resolved, \
                   resolved_by = excluded.resolved_by";
        execute!(
            self,
            sql,
            tenant.as_str(),
            suppressed,
            active,
            now.as_millis(),
            resolved_by
        )?;
        Ok(())
    }

    /// Takes a resolution back: the entry is found again. Says whether there was one.
    pub async fn knowledge_unsuppress(&mut self, id: &str) -> Result<bool> {
        let tenant = self.tenant().clone();
        let sql = "DELETE FROM knowledge_conflict WHERE tenant = $1 AND suppressed = $2";
        if execute!(self, sql, tenant.as_str(), id)? == 0 {
            return Ok(false);
        }
        let sql = "UPDATE knowledge_entry SET suppressed = 0 WHERE tenant = $1 AND id = $2";
        execute!(self, sql, tenant.as_str(), id)?;
        self.knowledge_count(Sign::Add, Counted::Entry(id)).await?;
        self.knowledge_unlist(id).await?;
        Ok(true)
    }

    /// Notes that an entry is much like another, unless that one is gone.
    pub async fn knowledge_note_likely(
        &mut self,
        conflict: &LikelyConflict,
        now: Timestamp,
    ) -> Result<()> {
        let tenant = self.tenant().clone();
        let sql = "INSERT INTO knowledge_likely_conflict (tenant, entry, other, similarity, found) \
                   SELECT tenant, CAST($2 AS TEXT), id, CAST($4 AS BIGINT), CAST($5 AS BIGINT) \
                   FROM knowledge_entry WHERE tenant = $1 AND id = $3 \
                   ON CONFLICT (tenant, entry, other) \
                   DO UPDATE SET similarity = excluded.similarity, found = excluded.found";
        execute!(
            self,
            sql,
            tenant.as_str(),
            conflict.entry.as_str(),
            conflict.other.as_str(),
            conflict.similarity,
            now.as_millis()
        )?;
        Ok(())
    }

    /// Forgets what an entry was like, since its text is another now.
    pub async fn knowledge_forget_likely(&mut self, id: &str) -> Result<()> {
        let tenant = self.tenant().clone();
        let sql = "DELETE FROM knowledge_likely_conflict WHERE tenant = $1 AND (entry = $2 OR other = $2)";
        execute!(self, sql, tenant.as_str(), id)?;
        Ok(())
    }

    /// Likely conflicts of entries that can both be found, the newest first; those of one entry if
    /// `id` is not empty.
    pub async fn knowledge_likely_conflicts(
        &mut self,
        id: &str,
        most: i64,
    ) -> Result<Vec<LikelyConflict>> {
        let tenant = self.tenant().clone();
        let sql = "SELECT l.entry, l.other, l.similarity FROM knowledge_likely_conflict l \
                   JOIN knowledge_entry a ON a.tenant = l.tenant AND a.id = l.entry \
                   JOIN knowledge_entry b ON b.tenant = l.tenant AND b.id = l.other \
                   WHERE l.tenant = $1 AND a.suppressed = 0 AND b.suppressed = 0 \
                   AND ($2 = '' OR l.entry = $2 OR l.other = $2) \
                   ORDER BY l.found DESC, l.entry DESC, l.other LIMIT $3";
        Ok(fetch_all!(self, sql, tenant.as_str(), id, most)?)
    }

    /// Conflicts that were settled, the newest first; those of one entry if `id` is not empty.
    pub async fn knowledge_resolved_conflicts(
        &mut self,
        id: &str,
        most: i64,
    ) -> Result<Vec<ResolvedConflict>> {
        let tenant = self.tenant().clone();
        let sql = "SELECT suppressed, active, resolved, resolved_by FROM knowledge_conflict \
                   WHERE tenant = $1 AND ($2 = '' OR suppressed = $2 OR active = $2) \
                   ORDER BY resolved DESC, suppressed DESC LIMIT $3";
        Ok(fetch_all!(self, sql, tenant.as_str(), id, most)?)
    }
}

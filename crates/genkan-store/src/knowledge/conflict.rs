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

row! {
    /// A likely conflict that somebody found to be none.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DismissedConflict {
        /// The entry that was written.
        pub entry: String,
        /// The entry that was there.
        pub other: String,
        /// How alike they were, in hundredths.
        pub similarity: i64,
        /// When, in milliseconds.
        pub dismissed: i64,
        /// The principal who said so.
        pub dismissed_by: String,
    }
}

/// Which conflicts are listed, the newest first.
#[derive(Clone, Copy, Debug)]
pub struct ListedConflicts<'a> {
    /// Those of this entry; all if empty.
    pub entry: &'a str,
    /// Those with an entry of this scope, by its id; all if empty.
    pub scope: &'a str,
    /// At most so many.
    pub most: i64,
}

/// The condition that a likely conflict `l` of entries `a` and `b` is listed.
const LISTED: &str = "l.tenant = $1 AND a.suppressed = 0 AND b.suppressed = 0 \
    AND ($2 = '' OR l.entry = $2 OR l.other = $2) AND ($3 = '' OR a.scope = $3 OR b.scope = $3)";

/// Likely conflicts with both entries.
const LIKELY: &str = "FROM knowledge_likely_conflict l \
    JOIN knowledge_entry a ON a.tenant = l.tenant AND a.id = l.entry \
    JOIN knowledge_entry b ON b.tenant = l.tenant AND b.id = l.other";

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

    /// Notes that an entry is much like another, unless that one is gone. It is to be looked at, even
    /// if somebody dismissed the pair before.
    pub async fn knowledge_note_likely(
        &mut self,
        conflict: &LikelyConflict,
        now: Timestamp,
    ) -> Result<()> {
        let tenant = self.tenant().clone();
        let tenant = tenant.as_str();
        let (entry, other) = (conflict.entry.as_str(), conflict.other.as_str());
        let sql =
            "DELETE FROM knowledge_likely_conflict WHERE tenant = $1 AND entry = $3 AND other = $2";
        execute!(self, sql, tenant, entry, other)?;
        let sql = "INSERT INTO knowledge_likely_conflict (tenant, entry, other, similarity, found) \
                   SELECT tenant, CAST($2 AS TEXT), id, CAST($4 AS BIGINT), CAST($5 AS BIGINT) \
                   FROM knowledge_entry WHERE tenant = $1 AND id = $3 \
                   ON CONFLICT (tenant, entry, other) \
                   DO UPDATE SET similarity = excluded.similarity, found = excluded.found, \
                   dismissed = 0, dismissed_by = ''";
        let (similarity, now) = (conflict.similarity, now.as_millis());
        execute!(self, sql, tenant, entry, other, similarity, now)?;
        Ok(())
    }

    /// Forgets what an entry was like, since its text is another now. What was dismissed is remembered.
    pub async fn knowledge_forget_likely(&mut self, id: &str) -> Result<()> {
        let tenant = self.tenant().clone();
        let sql = "DELETE FROM knowledge_likely_conflict WHERE tenant = $1 AND (entry = $2 OR other = $2) \
                   AND dismissed = 0";
        execute!(self, sql, tenant.as_str(), id)?;
        Ok(())
    }

    /// Notes that two entries do not contradict each other. Says whether they were listed as if.
    pub async fn knowledge_dismiss_likely(
        &mut self,
        pair: (&str, &str),
        by: &str,
        now: Timestamp,
    ) -> Result<bool> {
        let tenant = self.tenant().clone();
        let sql = "UPDATE knowledge_likely_conflict SET dismissed = $4, dismissed_by = $5 WHERE tenant = $1 \
                   AND ((entry = $2 AND other = $3) OR (entry = $3 AND other = $2)) AND dismissed = 0";
        let (one, other) = pair;
        let done = execute!(self, sql, tenant.as_str(), one, other, now.as_millis(), by)?;
        Ok(done > 0)
    }

    /// Likely conflicts of entries that can both be found.
    pub async fn knowledge_likely_conflicts(
        &mut self,
        listed: ListedConflicts<'_>,
    ) -> Result<Vec<LikelyConflict>> {
        let tenant = self.tenant().clone();
        let sql = format!(
            "SELECT l.entry, l.other, l.similarity {LIKELY} WHERE {LISTED} AND l.dismissed = 0 \
             ORDER BY l.found DESC, l.entry DESC, l.other LIMIT $4"
        );
        let ListedConflicts { entry, scope, most } = listed;
        let sql = sqlx::AssertSqlSafe(sql);
        Ok(fetch_all!(self, sql, tenant.as_str(), entry, scope, most)?)
    }

    /// Likely conflicts that were dismissed, of entries that can both be found.
    pub async fn knowledge_dismissed_conflicts(
        &mut self,
        listed: ListedConflicts<'_>,
    ) -> Result<Vec<DismissedConflict>> {
        let tenant = self.tenant().clone();
        let sql = format!(
            "SELECT l.entry, l.other, l.similarity, l.dismissed, l.dismissed_by {LIKELY} \
             WHERE {LISTED} AND l.dismissed > 0 \
             ORDER BY l.dismissed DESC, l.entry DESC, l.other LIMIT $4"
        );
        let ListedConflicts { entry, scope, most } = listed;
        let sql = sqlx::AssertSqlSafe(sql);
        Ok(fetch_all!(self, sql, tenant.as_str(), entry, scope, most)?)
    }

    /// Conflicts that were settled.
    pub async fn knowledge_resolved_conflicts(
        &mut self,
        listed: ListedConflicts<'_>,
    ) -> Result<Vec<ResolvedConflict>> {
        let tenant = self.tenant().clone();
        let sql = "SELECT c.suppressed, c.active, c.resolved, c.resolved_by FROM knowledge_conflict c \
                   WHERE c.tenant = $1 AND ($2 = '' OR c.suppressed = $2 OR c.active = $2) \
                   AND ($3 = '' OR EXISTS (SELECT 1 FROM knowledge_entry e WHERE e.tenant = c.tenant \
                   AND e.scope = $3 AND (e.id = c.suppressed OR e.id = c.active))) \
                   ORDER BY c.resolved DESC, c.suppressed DESC LIMIT $4";
        let ListedConflicts { entry, scope, most } = listed;
        Ok(fetch_all!(self, sql, tenant.as_str(), entry, scope, most)?)
    }
}

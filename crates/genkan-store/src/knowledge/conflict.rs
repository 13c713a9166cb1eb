//! The table `knowledge_conflict`: which entry lost against which.

use genkan_core::{Result, Timestamp};

use crate::{TenantTx, db::execute};

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
}

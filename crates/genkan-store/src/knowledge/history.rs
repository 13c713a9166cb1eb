//! The table `knowledge_history`: what an entry was before each change, who changed it and when.
//!
//! It goes with its entry, since what is deleted is to be gone.

use genkan_core::{Result, Timestamp};

use crate::{
    TenantTx,
    db::{execute, fetch_all, row},
};

/// How many earlier versions of an entry are kept; older ones are forgotten.
const KEPT: i64 = 50;

row! {
    /// An entry as it was before a change.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Version {
        /// 1 for the first text, rising with each change.
        pub version: i64,
        /// When it was changed, in milliseconds since the epoch.
        pub changed: i64,
        /// The principal who changed it.
        pub author: String,
        /// The id of the scope that it was in, which may be gone.
        pub scope: String,
        /// For which size of tasks it was, 1–5; `None` for all.
        pub task_size: Option<i64>,
        /// The keywords that it had.
        pub context: String,
        /// The content that it had.
        pub content: String,
    }
}

impl TenantTx {
    /// Remembers an entry as it is, before a statement changes it.
    pub(super) async fn knowledge_remember(&mut self, id: &str, now: Timestamp) -> Result<()> {
        let tenant = self.tenant().clone();
        let tenant = tenant.as_str();
        let author = self.noted().author.clone();
        let sql = "INSERT INTO knowledge_history (tenant, entry, version, changed, author, scope, task_size, \
                   context, content) SELECT tenant, id, 1 + (SELECT coalesce(max(h.version), 0) \
                   FROM knowledge_history h WHERE h.tenant = $1 AND h.entry = $2), $3, $4, scope, task_size, \
                   context, content FROM knowledge_entry WHERE tenant = $1 AND id = $2";
        execute!(self, sql, tenant, id, now.as_millis(), author.as_str())?;
        let sql = "DELETE FROM knowledge_history WHERE tenant = $1 AND entry = $2 AND version <= \
                   (SELECT max(h.version) FROM knowledge_history h WHERE h.tenant = $1 AND h.entry = $2) - $3";
        execute!(self, sql, tenant, id, KEPT)?;
        Ok(())
    }

    /// The earlier versions of an entry, the latest first.
    pub async fn knowledge_versions(&mut self, id: &str) -> Result<Vec<Version>> {
        let tenant = self.tenant().clone();
        let sql = "SELECT version, changed, author, scope, task_size, context, content FROM knowledge_history \
                   WHERE tenant = $1 AND entry = $2 ORDER BY version DESC";
        Ok(fetch_all!(self, sql, tenant.as_str(), id)?)
    }
}

//! How large scopes are, and how much is written in them.

use genkan_core::{Result, Timestamp};

use crate::{
    TenantTx,
    db::{fetch_all, row},
};

row! {
    /// What the entries of one scope are like as a whole.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ScopeSize {
        /// The id of the scope.
        pub scope: String,
        /// Those that can be found.
        pub entries: i64,
        /// Those that lost a conflict.
        pub suppressed: i64,
        /// How many bytes all contents have together.
        pub size_bytes: i64,
        /// How many were written since the given time.
        pub written: i64,
        /// How many older ones were changed since.
        pub changed: i64,
        /// When the last one was written or changed, in milliseconds.
        pub updated: i64,
    }
}

impl TenantTx {
    /// The size of each scope, in the order of ids. Scopes without entries are left out.
    pub async fn knowledge_scope_sizes(&mut self, since: Timestamp) -> Result<Vec<ScopeSize>> {
        let tenant = self.tenant().clone();
        let sql = "SELECT scope, CAST(sum(1 - suppressed) AS BIGINT) AS entries, \
                   CAST(sum(suppressed) AS BIGINT) AS suppressed, \
                   CAST(sum(octet_length(content)) AS BIGINT) AS size_bytes, \
                   CAST(sum(CASE WHEN created >= $2 THEN 1 ELSE 0 END) AS BIGINT) AS written, \
                   CAST(sum(CASE WHEN created < $2 AND updated >= $2 THEN 1 ELSE 0 END) AS BIGINT) AS changed, \
                   max(updated) AS updated \
                   FROM knowledge_entry WHERE tenant = $1 GROUP BY scope ORDER BY scope";
        Ok(fetch_all!(self, sql, tenant.as_str(), since.as_millis())?)
    }
}

//! Entries as they are shown: listed with their beginnings, or whole. Suppressed ones are left out.

use genkan_core::Result;

use crate::{
    TenantTx,
    db::{fetch_all, fetch_optional, row},
};

/// How much of a content a list shows, in characters.
const BEGINNING: i64 = 200;

/// The columns of a [`ListedEntry`]. The parameter after the tenant is [`BEGINNING`].
const LISTED: &str = "SELECT id, scope, context, CAST(octet_length(content) AS BIGINT) AS size, \
    substr(content, 1, CAST($2 AS INTEGER)) AS beginning FROM knowledge_entry \
    WHERE tenant = $1 AND suppressed = 0";

/// The columns of a [`WholeEntry`].
const WHOLE: &str = "SELECT id, scope, task_size, context, content FROM knowledge_entry \
    WHERE tenant = $1 AND suppressed = 0";

row! {
    /// An entry in a list.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ListedEntry {
        /// The id.
        pub id: String,
        /// The id of its scope.
        pub scope: String,
        /// The author's keywords, separated by spaces.
        pub context: String,
        /// How many bytes its content has.
        pub size: i64,
        /// The first characters of its content.
        pub beginning: String,
    }
}

row! {
    /// An entry with everything that its author gave it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct WholeEntry {
        /// The id.
        pub id: String,
        /// The id of its scope.
        pub scope: String,
        /// For which size of tasks it is, 1–5; `None` for all.
        pub task_size: Option<i64>,
        /// The author's keywords, separated by spaces.
        pub context: String,
        /// The knowledge.
        pub content: String,
    }
}

row! {
    /// An entry on its way out of the house, with a part of its content.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Leaving {
        /// The id.
        pub id: String,
        /// For which size of tasks it is, 1–5; `None` for all.
        pub task_size: Option<i64>,
        /// 1 if it lost a conflict.
        pub suppressed: i64,
        /// Against which entry; empty if it lost none.
        pub active: String,
        /// The author's keywords, separated by spaces.
        pub context: String,
        /// The part of its content.
        pub content: String,
        /// How many characters its content has in all.
        pub characters: i64,
    }
}

row! {
    /// How many entries a scope has of its own.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ScopeCount {
        /// The id of the scope.
        pub scope: String,
        /// Those that can be found.
        pub entries: i64,
        /// Those that lost a conflict.
        pub suppressed: i64,
    }
}

impl TenantTx {
    /// The next entries of all scopes after this id, in the order of ids.
    pub async fn knowledge_entries_after(
        &mut self,
        id: &str,
        most: i64,
    ) -> Result<Vec<ListedEntry>> {
        let tenant = self.tenant().clone();
        let sql = sqlx::AssertSqlSafe(format!("{LISTED} AND id > $3 ORDER BY id LIMIT $4"));
        Ok(fetch_all!(self, sql, tenant.as_str(), BEGINNING, id, most)?)
    }

    /// The newest entries of a scope, newest first.
    pub async fn knowledge_newest_of(
        &mut self,
        scope: &str,
        most: i64,
    ) -> Result<Vec<ListedEntry>> {
        let tenant = self.tenant().clone();
        let sql = sqlx::AssertSqlSafe(format!("{LISTED} AND scope = $3 ORDER BY id DESC LIMIT $4"));
        Ok(fetch_all!(
            self,
            sql,
            tenant.as_str(),
            BEGINNING,
            scope,
            most
        )?)
    }

    /// The entry with this id, whole.
    pub async fn knowledge_find_whole_entry(&mut self, id: &str) -> Result<Option<WholeEntry>> {
        let tenant = self.tenant().clone();
        let sql = sqlx::AssertSqlSafe(format!("{WHOLE} AND id = $2"));
        Ok(fetch_optional!(self, sql, tenant.as_str(), id)?)
    }

    /// The newest entries of a scope that are not larger than this many bytes, whole, newest first.
    pub async fn knowledge_newest_whole_of(
        &mut self,
        scope: &str,
        size: i64,
        most: i64,
    ) -> Result<Vec<WholeEntry>> {
        let tenant = self.tenant().clone();
        let sql = sqlx::AssertSqlSafe(format!(
            "{WHOLE} AND scope = $2 AND octet_length(content) <= $3 ORDER BY id DESC LIMIT $4"
        ));
        Ok(fetch_all!(self, sql, tenant.as_str(), scope, size, most)?)
    }

    /// The next entry of a scope in the order in which entries leave it: those that can be found, then
    /// those that lost a conflict, each by id. Of its content the given part, in characters.
    pub async fn knowledge_next_leaving(
        &mut self,
        scope: &str,
        after: (i64, &str),
        part: (i64, i64),
    ) -> Result<Option<Leaving>> {
        let tenant = self.tenant().clone();
        let ((suppressed, id), (begin, characters)) = (after, part);
        let sql = "SELECT e.id, e.task_size, e.suppressed, coalesce(c.active, '') AS active, e.context, \
                   substr(e.content, CAST($5 AS INTEGER), CAST($6 AS INTEGER)) AS content, \
                   CAST(length(e.content) AS BIGINT) AS characters \
                   FROM knowledge_entry e LEFT JOIN knowledge_conflict c \
                   ON c.tenant = e.tenant AND c.suppressed = e.id \
                   WHERE e.tenant = $1 AND e.scope = $2 AND (e.suppressed > $3 OR (e.suppressed = $3 AND e.id > $4)) \
                   ORDER BY e.suppressed, e.id LIMIT 1";
        let tenant = tenant.as_str();
        Ok(fetch_optional!(
            self, sql, tenant, scope, suppressed, id, begin, characters
        )?)
    }

    /// How many entries each scope has. Scopes without any are left out.
    pub async fn knowledge_scope_counts(&mut self) -> Result<Vec<ScopeCount>> {
        let tenant = self.tenant().clone();
        let sql = "SELECT scope, CAST(sum(1 - suppressed) AS BIGINT) AS entries, \
                   CAST(sum(suppressed) AS BIGINT) AS suppressed \
                   FROM knowledge_entry WHERE tenant = $1 GROUP BY scope ORDER BY scope";
        Ok(fetch_all!(self, sql, tenant.as_str())?)
    }
}

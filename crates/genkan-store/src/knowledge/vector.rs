//! The table `knowledge_vector`: what an embedder made of each entry. The store reads nothing into
//! the vectors.

use std::collections::BTreeSet;

use genkan_core::{Error, Result};

use super::{dialect, outdate};
use crate::{
    SystemTx, TenantTx,
    db::{execute, fetch_all, row},
};

row! {
    /// An entry that an embedder has not read yet, or another text of it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Unread {
        /// The tenant whose entry it is.
        pub tenant: String,
        /// The entry.
        pub id: String,
        /// The id of its scope.
        pub scope: String,
        /// When it got this text, in milliseconds.
        pub updated: i64,
        /// The author's keywords, separated by spaces.
        pub context: String,
        /// The beginning of its content.
        pub content: String,
    }
}

row! {
    /// The vector of an entry that can be found.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct EntryVector {
        /// The entry.
        pub id: String,
        /// The id of its scope.
        pub scope: String,
        /// The vector.
        pub vector: String,
    }
}

/// What an embedder made of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVector {
    /// The entry.
    pub entry: String,
    /// The id of its scope.
    pub scope: String,
    /// When the entry got the text that was read.
    pub updated: i64,
    /// The vector.
    pub vector: String,
}

impl SystemTx {
    /// Entries of all tenants of which there is no vector of this embedder, with the first
    /// `characters` of their contents, in the order of tenants and ids; the first after this tenant and
    /// id, at most so many.
    pub async fn knowledge_unread(
        &mut self,
        embedder: &str,
        after: (&str, &str),
        characters: i64,
        most: i64,
    ) -> Result<Vec<Unread>> {
        let sql = "SELECT e.tenant, e.id, e.scope, e.updated, e.context, \
                   substr(e.content, 1, CAST($2 AS INTEGER)) AS content FROM knowledge_entry e \
                   LEFT JOIN knowledge_vector v ON v.tenant = e.tenant AND v.entry = e.id \
                   WHERE e.suppressed = 0 AND (v.entry IS NULL OR v.embedder <> $1 OR v.updated <> e.updated) \
                   AND (e.tenant, e.id) > ($3, $4) ORDER BY e.tenant, e.id LIMIT $5";
        Ok(fetch_all!(
            self, sql, embedder, characters, after.0, after.1, most
        )?)
    }

    /// Keeps vectors that this embedder made of a tenant's entries. Those of entries that are gone, or
    /// have another text by now, are left out. What was found in their scopes before no longer counts.
    pub async fn knowledge_put_vectors(
        &mut self,
        tenant: &str,
        embedder: &str,
        vectors: &[NewVector],
    ) -> Result<()> {
        if let Some(lock) = dialect::lock(self.dialect()) {
            execute!(self, lock, tenant)?;
        }
        let sql = "INSERT INTO knowledge_vector (tenant, entry, embedder, updated, vector) \
                   SELECT tenant, id, CAST($3 AS TEXT), updated, CAST($5 AS TEXT) FROM knowledge_entry \
                   WHERE tenant = $1 AND id = $2 AND updated = $4 ON CONFLICT (tenant, entry) DO UPDATE SET \
                   embedder = excluded.embedder, updated = excluded.updated, vector = excluded.vector";
        for one in vectors {
            execute!(
                self,
                sql,
                tenant,
                one.entry.as_str(),
                embedder,
                one.updated,
                one.vector.as_str()
            )?;
        }
        let scopes: BTreeSet<&str> = vectors.iter().map(|one| one.scope.as_str()).collect();
        outdate::scopes(self.link(), tenant, &scopes).await
    }
}

impl TenantTx {
    /// The vectors that this embedder made of the newest entries of these scopes (by ids), at most
    /// `most`. Entries for smaller tasks than `least_size` and suppressed ones are left out.
    pub async fn knowledge_vectors(
        &mut self,
        embedder: &str,
        scopes: &[&str],
        least_size: Option<i64>,
        most: i64,
    ) -> Result<Vec<EntryVector>> {
        let tenant = self.tenant().clone();
        let scopes = serde_json::to_string(scopes).map_err(Error::internal)?;
        let sql = format!(
            "SELECT e.id, e.scope, v.vector FROM knowledge_entry e \
             JOIN knowledge_vector v ON v.tenant = e.tenant AND v.entry = e.id \
             WHERE e.tenant = $1 AND {} AND e.suppressed = 0 AND v.embedder = $3 \
             AND (e.task_size IS NULL OR e.task_size >= $4) ORDER BY e.id DESC LIMIT $5",
            self.dialect().among("e.scope", 2)
        );
        Ok(fetch_all!(
            self,
            sqlx::AssertSqlSafe(sql),
            tenant.as_str(),
            scopes.as_str(),
            embedder,
            least_size.unwrap_or(0),
            most
        )?)
    }
}

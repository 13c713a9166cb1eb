//! The table `knowledge_synonym`: which words mean the same to a tenant, and which of the house's
//! own pairs it switched off. Read in the transaction of each search, so a change holds at once.

use genkan_core::{Error, Result, Timestamp};

use super::outdate;
use crate::{
    TenantTx,
    db::{execute, fetch_all, fetch_one, row},
};

row! {
    /// One direction of a pair.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Synonym {
        /// What queries are compared with.
        pub word_key: String,
        /// The same of the synonym.
        pub synonym_key: String,
        /// The word, as a person reads it.
        pub word: String,
        /// The word that means the same.
        pub synonym: String,
        /// 0 if a pair of the house is switched off.
        pub active: i64,
    }
}

/// Who changed a pair, and when.
#[derive(Clone, Copy, Debug)]
pub struct Changed<'a> {
    /// The principal.
    pub by: &'a str,
    /// When.
    pub at: Timestamp,
}

impl TenantTx {
    /// The pairs of words with these keys, in a fixed order.
    pub async fn knowledge_synonyms_of(&mut self, keys: &[&str]) -> Result<Vec<Synonym>> {
        let tenant = self.tenant().clone();
        let keys = serde_json::to_string(keys).map_err(Error::internal)?;
        let sql = format!(
            "SELECT word_key, synonym_key, word, synonym, active FROM knowledge_synonym \
             WHERE tenant = $1 AND {} ORDER BY word_key, synonym_key",
            self.dialect().among("word_key", 2)
        );
        Ok(fetch_all!(
            self,
            sqlx::AssertSqlSafe(sql),
            tenant.as_str(),
            keys.as_str()
        )?)
    }

    /// Every pair of the tenant, both directions, in a fixed order.
    pub async fn knowledge_synonyms(&mut self) -> Result<Vec<Synonym>> {
        let tenant = self.tenant().clone();
        let sql = "SELECT word_key, synonym_key, word, synonym, active FROM knowledge_synonym \
                   WHERE tenant = $1 ORDER BY word_key, synonym_key";
        Ok(fetch_all!(self, sql, tenant.as_str())?)
    }

    /// How many pairs the tenant has, both directions counted.
    pub async fn knowledge_count_synonyms(&mut self) -> Result<i64> {
        let tenant = self.tenant().clone();
        let sql = "SELECT count(*) FROM knowledge_synonym WHERE tenant = $1";
        let (pairs,): (i64,) = fetch_one!(self, sql, tenant.as_str())?;
        Ok(pairs)
    }

    /// Sets one direction of a pair; the same words again replace what was said.
    pub async fn knowledge_set_synonym(
        &mut self,
        pair: &Synonym,
        changed: Changed<'_>,
    ) -> Result<()> {
        let tenant = self.tenant().clone();
        let sql = "INSERT INTO knowledge_synonym \
                   (tenant, word_key, synonym_key, word, synonym, active, changed, changed_by) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (tenant, word_key, synonym_key) \
                   DO UPDATE SET word = excluded.word, synonym = excluded.synonym, active = excluded.active, \
                   changed = excluded.changed, changed_by = excluded.changed_by";
        execute!(
            self,
            sql,
            tenant.as_str(),
            pair.word_key.as_str(),
            pair.synonym_key.as_str(),
            pair.word.as_str(),
            pair.synonym.as_str(),
            pair.active,
            changed.at.as_millis(),
            changed.by
        )?;
        outdate::everything(self.link(), tenant.as_str()).await
    }

    /// Removes one direction of a pair.
    pub async fn knowledge_delete_synonym(
        &mut self,
        word_key: &str,
        synonym_key: &str,
    ) -> Result<()> {
        let tenant = self.tenant().clone();
        let sql = "DELETE FROM knowledge_synonym WHERE tenant = $1 AND word_key = $2 AND synonym_key = $3";
        execute!(self, sql, tenant.as_str(), word_key, synonym_key)?;
        outdate::everything(self.link(), tenant.as_str()).await
    }
}

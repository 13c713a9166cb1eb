//! Candidates for a search, and the statistics they are ranked with. Nothing is ranked here.

use genkan_core::{Error, Result};

use super::dialect;
use crate::{
    TenantTx,
    db::{fetch_all, fetch_optional, row},
};

/// What a candidate must hold. Terms are looked up as they are; nothing in them is syntax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// This term.
    Term(String),
    /// All of these; never empty.
    All(Vec<Wanted>),
    /// One of these; never empty.
    Any(Vec<Wanted>),
}

row! {
    /// An entry that may answer, with what ranking needs.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Candidate {
        /// The entry.
        pub id: String,
        /// The id of its scope.
        pub scope: String,
        /// Its distinct terms, see [`Profile`](super::Profile).
        pub terms: String,
        /// How often each stands in it.
        pub frequencies: String,
        /// The number of words in the context.
        pub context_length: i64,
        /// The number of words in the content.
        pub content_length: i64,
    }
}

row! {
    /// What the entries that can be found are like as a whole.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Statistics {
        /// How many there are.
        pub entries: i64,
        /// How many words all contexts have together.
        pub context_length: i64,
        /// How many words all contents have together.
        pub content_length: i64,
    }
}

impl TenantTx {
    /// The statistics of the tenant.
    pub async fn knowledge_statistics(&mut self) -> Result<Statistics> {
        let tenant = self.tenant().clone();
        let sql = "SELECT entries, context_length, content_length FROM knowledge_statistics WHERE tenant = $1";
        let found: Option<Statistics> = fetch_optional!(self, sql, tenant.as_str())?;
        Ok(found.unwrap_or_default())
    }

    /// In how many entries each of these terms stands; those in none are left out.
    pub async fn knowledge_document_frequencies(
        &mut self,
        terms: &[&str],
    ) -> Result<Vec<(String, i64)>> {
        let tenant = self.tenant().clone();
        let terms = serde_json::to_string(terms).map_err(Error::internal)?;
        let sql = format!(
            "SELECT term, entries FROM knowledge_term WHERE tenant = $1 AND entries > 0 AND {}",
            self.dialect().among("term", 2)
        );
        Ok(fetch_all!(
            self,
            sqlx::AssertSqlSafe(sql),
            tenant.as_str(),
            terms.as_str()
        )?)
    }

    /// The newest entries of these scopes (by ids) that hold what is wanted, at most `most`, in no
    /// order. Entries for smaller tasks than `least_size` and suppressed ones are left out.
    pub async fn knowledge_candidates(
        &mut self,
        wanted: &Wanted,
        scopes: &[&str],
        least_size: Option<i64>,
        most: usize,
    ) -> Result<Vec<Candidate>> {
        if scopes.is_empty() || most == 0 {
            return Ok(Vec::new());
        }
        let tenant = self.tenant().clone();
        let expression = dialect::expression(self.dialect(), wanted, scopes);
        let sql = dialect::candidates(self.dialect());
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let least_size = least_size.unwrap_or(0);
        // Not `fetch_many!`: a hundred clients that search would start dozens of threads, although few
        // search at once, which cost more memory than the wait that they save.
        Ok(fetch_all!(
            self,
            sql,
            tenant.as_str(),
            expression.as_str(),
            least_size,
            most
        )?)
    }
}

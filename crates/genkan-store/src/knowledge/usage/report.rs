//! What the sums say, for some scopes and the days since a given one.

use genkan_core::{Error, Result, Timestamp};

use super::{DAY, day};
use crate::{
    TenantTx,
    db::{fetch_all, fetch_one, row},
};

row! {
    /// The searches of a day.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct UsageDay {
        /// Counted from 1970-01-01.
        pub day: i64,
        /// How many there were.
        pub searches: i64,
        /// How many found nothing.
        pub empty: i64,
        /// How long all took together, in microseconds.
        pub took: i64,
        /// How long the longest took, in microseconds.
        pub slowest: i64,
    }
}

impl UsageDay {
    /// When the day began.
    pub fn begun(&self) -> Timestamp {
        Timestamp::from_millis(self.day.saturating_mul(DAY))
    }
}

row! {
    /// A word that was searched for.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct UsageWord {
        /// The word.
        pub word: String,
        /// How many searches asked for it.
        pub searches: i64,
        /// Of how many no answer held it.
        pub missed: i64,
    }
}

row! {
    /// One of the slowest searches of a day.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SlowSearch {
        /// The day, counted from 1970-01-01.
        pub day: i64,
        /// The id of the scope that was asked.
        pub scope: String,
        /// The queries, or the beginning of them.
        pub queries: String,
        /// How often they came on that day.
        pub searches: i64,
        /// How long they took at most, in microseconds.
        pub slowest: i64,
    }
}

impl SlowSearch {
    /// When its day began.
    pub fn begun(&self) -> Timestamp {
        Timestamp::from_millis(self.day.saturating_mul(DAY))
    }
}

row! {
    /// A word that an entry does not hold, though it is searched for together with words that find it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Suggestion {
        /// The entry.
        pub entry: String,
        /// The id of its scope.
        pub scope: String,
        /// The keywords that it has.
        pub context: String,
        /// The word.
        pub word: String,
        /// How many searches asked for it.
        pub searches: i64,
    }
}

row! {
    /// An entry that no search found.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Unused {
        /// The entry.
        pub id: String,
        /// The id of its scope.
        pub scope: String,
        /// Its keywords.
        pub context: String,
        /// When it was written, in milliseconds.
        pub created: i64,
    }
}

/// The condition that an entry `e` was not found since the day `$3`.
const UNUSED: &str = "e.tenant = $1 AND e.suppressed = 0 AND NOT EXISTS (SELECT 1 FROM knowledge_usage_entry u \
    WHERE u.tenant = e.tenant AND u.entry = e.id AND u.day >= $3)";

impl TenantTx {
    /// The searches of each day on which there were any, in order.
    pub async fn knowledge_usage_days(
        &mut self,
        scopes: &[&str],
        since: Timestamp,
    ) -> Result<Vec<UsageDay>> {
        let (tenant, scopes) = (self.tenant().clone(), json(scopes)?);
        let sql = format!(
            "SELECT day, CAST(sum(searches) AS BIGINT) AS searches, CAST(sum(empty) AS BIGINT) AS empty, \
             CAST(sum(took) AS BIGINT) AS took, max(slowest) AS slowest FROM knowledge_usage_day \
             WHERE tenant = $1 AND {} AND day >= $3 GROUP BY day ORDER BY day",
            self.dialect().among("scope", 2)
        );
        let sql = sqlx::AssertSqlSafe(sql);
        Ok(fetch_all!(
            self,
            sql,
            tenant.as_str(),
            scopes.as_str(),
            day(since)
        )?)
    }

    /// The words that were searched for most often; if `missed`, those that were missed most often.
    pub async fn knowledge_usage_words(
        &mut self,
        scopes: &[&str],
        since: Timestamp,
        missed: bool,
        most: i64,
    ) -> Result<Vec<UsageWord>> {
        let (tenant, scopes) = (self.tenant().clone(), json(scopes)?);
        let (having, order) = match missed {
            true => ("HAVING sum(missed) > 0", "sum(missed)"),
            false => ("", "sum(searches)"),
        };
        let sql = format!(
            "SELECT word, CAST(sum(searches) AS BIGINT) AS searches, CAST(sum(missed) AS BIGINT) AS missed \
             FROM knowledge_usage_word WHERE tenant = $1 AND {} AND day >= $3 \
             GROUP BY word {having} ORDER BY {order} DESC, word LIMIT $4",
            self.dialect().among("scope", 2)
        );
        let sql = sqlx::AssertSqlSafe(sql);
        Ok(fetch_all!(
            self,
            sql,
            tenant.as_str(),
            scopes.as_str(),
            day(since),
            most
        )?)
    }

    /// The slowest searches, the slowest first.
    pub async fn knowledge_slow_searches(
        &mut self,
        scopes: &[&str],
        since: Timestamp,
        most: i64,
    ) -> Result<Vec<SlowSearch>> {
        let (tenant, scopes) = (self.tenant().clone(), json(scopes)?);
        let sql = format!(
            "SELECT day, scope, queries, searches, slowest FROM knowledge_usage_slow \
             WHERE tenant = $1 AND {} AND day >= $3 \
             ORDER BY slowest DESC, day, scope, queries LIMIT $4",
            self.dialect().among("scope", 2)
        );
        let sql = sqlx::AssertSqlSafe(sql);
        Ok(fetch_all!(
            self,
            sql,
            tenant.as_str(),
            scopes.as_str(),
            day(since),
            most
        )?)
    }

    /// Words that entries of these scopes could have as keywords, those searched for most first.
    pub async fn knowledge_suggestions(
        &mut self,
        scopes: &[&str],
        since: Timestamp,
        most: i64,
    ) -> Result<Vec<Suggestion>> {
        let (tenant, scopes) = (self.tenant().clone(), json(scopes)?);
        let sql = format!(
            "SELECT s.entry, e.scope, e.context, s.word, s.searches FROM knowledge_usage_suggestion s \
             JOIN knowledge_entry e ON e.tenant = s.tenant AND e.id = s.entry \
             WHERE s.tenant = $1 AND e.suppressed = 0 AND {} AND s.day >= $3 \
             ORDER BY s.searches DESC, s.word, s.entry LIMIT $4",
            self.dialect().among("e.scope", 2)
        );
        let sql = sqlx::AssertSqlSafe(sql);
        Ok(fetch_all!(
            self,
            sql,
            tenant.as_str(),
            scopes.as_str(),
            day(since),
            most
        )?)
    }

    /// How many entries of these scopes no search found, and the oldest of them.
    pub async fn knowledge_unused(
        &mut self,
        scopes: &[&str],
        since: Timestamp,
        most: i64,
    ) -> Result<(i64, Vec<Unused>)> {
        let (tenant, scopes) = (self.tenant().clone(), json(scopes)?);
        let among = self.dialect().among("e.scope", 2);
        let sql = format!("SELECT count(*) FROM knowledge_entry e WHERE {UNUSED} AND {among}");
        let sql = sqlx::AssertSqlSafe(sql);
        let (count,): (i64,) = fetch_one!(self, sql, tenant.as_str(), scopes.as_str(), day(since))?;
        let sql = format!(
            "SELECT e.id, e.scope, e.context, e.created FROM knowledge_entry e WHERE {UNUSED} \
             AND {among} ORDER BY e.id LIMIT $4"
        );
        let sql = sqlx::AssertSqlSafe(sql);
        let oldest = fetch_all!(
            self,
            sql,
            tenant.as_str(),
            scopes.as_str(),
            day(since),
            most
        )?;
        Ok((count, oldest))
    }
}

fn json(scopes: &[&str]) -> Result<String> {
    serde_json::to_string(scopes).map_err(Error::internal)
}

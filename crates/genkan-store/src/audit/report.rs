//! Reads records: pages for people and exports, and the erasure of what names a person.

use genkan_core::{Code, Error, Result, Timestamp, id::PrincipalId};
use serde::Serialize;

use super::row::{Row, select_records};
use crate::{
    TenantTx,
    db::{execute, fetch_many},
};

/// One recorded call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The run of the process that wrote it.
    pub writer: String,
    /// Its place in that chain, from 1.
    pub seq: i64,
    /// The execution.
    pub id: String,
    /// When the call began.
    pub started: Timestamp,
    /// How long it took, in microseconds.
    pub duration_us: i64,
    /// Who called.
    pub principal: Option<String>,
    /// Through which door.
    pub door: String,
    /// The MCP method, or the act of the house.
    pub operation: String,
    /// What was acted on.
    pub subject: Option<String>,
    /// The stage that was reached.
    pub stage: String,
    /// How it ended.
    pub disposition: String,
    /// The error code, if it ended with one.
    pub code: Option<String>,
    /// How many like events it stands for.
    pub count: i64,
    /// Ties together what one request caused.
    pub correlation_id: String,
    /// The arguments as JSON text, masked and cut; absent when erased.
    pub arguments: Option<String>,
    /// Where the call came from; absent when erased.
    pub source: Option<String>,
    /// The digest of the record before it.
    pub prev: String,
    /// Its own digest.
    pub hash: String,
}

impl From<Row> for Entry {
    fn from(row: Row) -> Self {
        Self {
            writer: row.writer,
            seq: row.seq,
            id: row.id,
            started: Timestamp::from_millis(row.started),
            duration_us: row.duration_us,
            principal: row.principal,
            door: row.door,
            operation: row.operation,
            subject: row.subject,
            stage: row.stage,
            disposition: row.disposition,
            code: row.code,
            count: row.count,
            correlation_id: row.correlation_id,
            arguments: row.arguments,
            source: row.source,
            prev: row.prev,
            hash: row.hash,
        }
    }
}

/// Which records are wanted. The default is all of them.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Calls that began at this moment or later.
    pub since: Option<Timestamp>,
    /// Calls that began before this moment.
    pub until: Option<Timestamp>,
    /// Calls of one principal: its id, or the name of its key.
    pub principal: Option<String>,
    /// Calls of one tool.
    pub subject: Option<String>,
    /// Calls that ended in one way, such as `failed`.
    pub disposition: Option<String>,
}

/// Which end a list begins at. Runs of processes follow each other by their start, records within
/// a run by their place in the chain; where several processes ran at once, times interleave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The last one first.
    #[default]
    NewestFirst,
    /// The first one first.
    OldestFirst,
}

/// One page of records.
#[derive(Clone, Debug, Serialize)]
pub struct Page {
    /// The records.
    pub entries: Vec<Entry>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

const NEWEST_FIRST: &str = select_records!(
    "WHERE tenant = $1 AND (writer, seq) < ($2, $3) AND ($4 IS NULL OR started >= $4) \
     AND ($5 IS NULL OR started < $5) AND ($6 IS NULL OR principal = $6 \
     OR principal IN (SELECT k.principal FROM api_key k WHERE k.tenant = $1 AND k.name = $6)) \
     AND ($7 IS NULL OR subject = $7) \
     AND ($8 IS NULL OR disposition = $8) ORDER BY writer DESC, seq DESC LIMIT $9"
);
const OLDEST_FIRST: &str = select_records!(
    "WHERE tenant = $1 AND (writer, seq) > ($2, $3) AND ($4 IS NULL OR started >= $4) \
     AND ($5 IS NULL OR started < $5) AND ($6 IS NULL OR principal = $6 \
     OR principal IN (SELECT k.principal FROM api_key k WHERE k.tenant = $1 AND k.name = $6)) \
     AND ($7 IS NULL OR subject = $7) \
     AND ($8 IS NULL OR disposition = $8) ORDER BY writer, seq LIMIT $9"
);

/// Sorts after every writer id.
const AFTER_ALL: &str = "~";

impl TenantTx {
    /// Lists records of this tenant. Error: `invalid_cursor`.
    pub async fn record_list(
        &mut self,
        filter: &Filter,
        order: Order,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page> {
        let (sql, from) = match order {
            Order::NewestFirst => (NEWEST_FIRST, (AFTER_ALL.to_owned(), i64::MAX)),
            Order::OldestFirst => (OLDEST_FIRST, (String::new(), 0)),
        };
        let (writer, seq) = cursor.map_or(Ok(from), parse_cursor)?;
        let tenant = self.tenant().clone();
        let rows: Vec<Row> = fetch_many!(
            self,
            sql,
            tenant.as_str(),
            writer.as_str(),
            seq,
            filter.since.map(Timestamp::as_millis),
            filter.until.map(Timestamp::as_millis),
            filter.principal.as_deref(),
            filter.subject.as_deref(),
            filter.disposition.as_deref(),
            i64::from(limit),
        )?;
        let is_full = u32::try_from(rows.len()).is_ok_and(|rows| rows == limit);
        let entries: Vec<Entry> = rows.into_iter().map(Entry::from).collect();
        let next = entries
            .last()
            .filter(|_| is_full)
            .map(|last| format!("{}.{}", last.writer, last.seq));
        Ok(Page { entries, next })
    }

    /// Erases arguments and source of every record of a principal. The chain stays whole, since it
    /// holds their salted digest, which says nothing without the salt. Returns how many records.
    pub async fn record_erase_personal(&mut self, principal: &PrincipalId) -> Result<u64> {
        self.departure_erase_personal(principal).await?;
        self.idempotency_erase(principal).await?;
        let tenant = self.tenant().clone();
        let sql = "UPDATE record SET arguments = NULL, source = NULL, salt = NULL \
                   WHERE tenant = $1 AND principal = $2 AND salt IS NOT NULL";
        Ok(execute!(self, sql, tenant.as_str(), principal.as_str())?)
    }
}

fn parse_cursor(cursor: &str) -> Result<(String, i64)> {
    let parsed = cursor
        .split_once('.')
        .and_then(|(writer, seq)| Some((writer.to_owned(), seq.parse().ok()?)));
    parsed.ok_or_else(|| {
        Error::new(
            Code::InvalidCursor,
            "the cursor of records is not one that a page gave",
        )
    })
}

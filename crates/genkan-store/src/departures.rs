//! Departures: calls that have left the house to change something outside, and have not ended.
//!
//! Such a call is kept here, durably, before it leaves, and goes with the transaction that writes its
//! record. So a row whose process is not heard of any more is a call of which nobody knows how it
//! ended. Nothing here decides what to do about that.

use std::time::Duration;

use genkan_core::{
    Code, Error, Result, Timestamp,
    call::Door,
    id::{CorrelationId, ExecutionId, PrincipalId, TenantId},
    outcome::Disposition,
    record::{Personal, Record},
};
use sqlx::AssertSqlSafe;

use crate::{
    Earlier, Keyed, Lease, Store, SystemTx, TenantTx,
    db::{self, Link, execute, fetch_all, fetch_one, row},
    idempotency,
};

/// How many lost calls are taken at once.
const AT_ONCE: i64 = 100;

row! {
    struct Row {
        tenant: String,
        id: String,
        started: i64,
        principal: Option<String>,
        door: String,
        subject: Option<String>,
        correlation_id: String,
        arguments: Option<String>,
        source: Option<String>,
    }
}

impl Row {
    /// The record of a call of which nobody knows how it ended.
    fn record(self, now: Timestamp) -> Result<Record> {
        let corrupt = || Error::new(Code::StoreCorrupt, "a departure is not as it was written");
        let millis = now.as_millis() - self.started;
        Ok(Record {
            door: Door::parse(&self.door).ok_or_else(corrupt)?,
            tenant: TenantId::from_stored(self.tenant),
            id: ExecutionId::from_stored(self.id),
            started: Timestamp::from_millis(self.started),
            duration: Duration::from_millis(u64::try_from(millis).unwrap_or_default()),
            principal: self.principal.map(PrincipalId::from_stored),
            operation: "tools/call",
            subject: self.subject.map(Into::into),
            stage: "run",
            disposition: Disposition::Failed(Code::OutcomeUnknown),
            count: 1,
            correlation_id: CorrelationId::parse(&self.correlation_id).ok_or_else(corrupt)?,
            personal: Personal {
                arguments: self.arguments,
                source: self.source.map(Into::into),
            },
            has_departed: true,
            answer: None,
        })
    }
}

impl Store {
    /// Keeps the begun record of a call of a tool that is about to leave the house. Durable when this
    /// returns without an error, and gone again once its record is written.
    ///
    /// Where the call has an idempotency key that was used before, it is not kept and must not leave.
    pub async fn depart(
        &self,
        record: &Record,
        lease: &Lease,
        keyed: Option<Keyed>,
    ) -> Result<Option<Earlier>> {
        let (kept, lease) = (record.clone(), lease.clone());
        // In the lane that will write the record, so that the row is there before it goes.
        self.house_write(Some(record.tenant.clone()), move |tx| {
            let (record, lease, keyed) = (kept.clone(), lease.clone(), keyed.clone());
            Box::pin(async move {
                if let Some(keyed) = &keyed
                    && let Some(earlier) = tx.idempotency_take(&record, keyed).await?
                {
                    return Ok(Some(earlier));
                }
                tx.departure_create(&record, &lease).await?;
                Ok(None)
            })
        })
        .await
    }
}

impl SystemTx {
    async fn departure_create(&mut self, record: &Record, lease: &Lease) -> Result<()> {
        let sql = "INSERT INTO departure (tenant, id, writer, alive_until, started, principal, door, subject, \
                   correlation_id, arguments, source) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        execute!(
            self,
            sql,
            record.tenant.as_str(),
            record.id.as_str(),
            lease.writer.as_str(),
            lease.until.as_millis(),
            record.started.as_millis(),
            record.principal.as_ref().map(PrincipalId::as_str),
            record.door.as_str(),
            record.subject.as_deref(),
            record.correlation_id.as_str(),
            record.personal.arguments.as_deref(),
            record.personal.source.as_deref(),
        )?;
        Ok(())
    }

    /// Prolongs the lease on every call of this process that is away, and is not coming back just now.
    pub async fn departure_hold(&mut self, lease: &Lease) -> Result<()> {
        let sql = format!(
            "UPDATE departure SET alive_until = $2 WHERE (tenant, id) IN \
             (SELECT tenant, id FROM departure WHERE writer = $1 {})",
            self.dialect().skipping_locked()
        );
        let (writer, until) = (lease.writer.as_str(), lease.until.as_millis());
        execute!(self, AssertSqlSafe(sql), writer, until)?;
        Ok(())
    }

    /// How many calls are away whose process has not been heard of.
    pub async fn departure_count_lost(&mut self, now: Timestamp) -> Result<i64> {
        let sql = "SELECT COUNT(*) FROM departure WHERE alive_until < $1";
        let (count,): (i64,) = fetch_one!(self, sql, now.as_millis())?;
        Ok(count)
    }

    /// Takes over calls whose process has not been heard of, a hundred at most. Each is taken by one
    /// process, which leaves their records; should it die before, they are lost again.
    pub async fn departure_take_lost(
        &mut self,
        lease: &Lease,
        now: Timestamp,
    ) -> Result<Vec<Record>> {
        let sql = format!(
            "SELECT tenant, id, started, principal, door, subject, correlation_id, arguments, source \
             FROM departure WHERE alive_until < $1 ORDER BY tenant, id LIMIT $2 {}",
            self.dialect().skipping_locked()
        );
        let lost: Vec<Row> = fetch_all!(self, AssertSqlSafe(sql), now.as_millis(), AT_ONCE)?;
        let mut taken = Vec::new();
        for row in lost {
            let sql = "UPDATE departure SET writer = $3, alive_until = $4 \
                       WHERE tenant = $1 AND id = $2 AND alive_until < $5";
            let touched = execute!(
                self,
                sql,
                row.tenant.as_str(),
                row.id.as_str(),
                lease.writer.as_str(),
                lease.until.as_millis(),
                now.as_millis(),
            )?;
            if touched == 1 {
                taken.push(row.record(now)?);
            }
        }
        Ok(taken)
    }
}

impl TenantTx {
    /// Erases what names a person in the principal's calls that are away.
    pub(crate) async fn departure_erase_personal(&mut self, principal: &PrincipalId) -> Result<()> {
        let tenant = self.tenant().clone();
        let sql = "UPDATE departure SET arguments = NULL, source = NULL WHERE tenant = $1 AND principal = $2";
        execute!(self, sql, tenant.as_str(), principal.as_str())?;
        Ok(())
    }
}

/// Forgets those calls that were away, in the transaction that writes their records, and settles their
/// idempotency keys.
pub(crate) async fn close(link: &mut Link, records: &[&Record]) -> Result<(), db::Error> {
    for record in records.iter().filter(|record| record.has_departed) {
        idempotency::settle(link, record).await?;
        let sql = "DELETE FROM departure WHERE tenant = $1 AND id = $2";
        execute!(link, sql, record.tenant.as_str(), record.id.as_str())?;
    }
    Ok(())
}

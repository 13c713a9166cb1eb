//! Idempotency keys: a call that changes something outside and is sent again with the same key is made
//! once, and answered as it was the first time.
//!
//! A key belongs to one principal and one tool. It is taken in the transaction that keeps the call as
//! away, and settled in the one that writes its record.

use genkan_core::{
    Code, Result, Timestamp,
    digest::Digest,
    id::{IdempotencyKey, PrincipalId},
    outcome::Disposition,
    record::Record,
};

use crate::{
    SystemTx, TenantTx,
    db::{self, Link, execute, fetch_one},
};

/// A key that came with a call.
#[derive(Clone, Debug)]
pub struct Keyed {
    /// The key.
    pub key: IdempotencyKey,
    /// Over the arguments: the same key cannot stand for another call.
    pub arguments: Digest,
    /// The present time.
    pub now: Timestamp,
    /// How long the key is remembered.
    pub expires: Timestamp,
}

/// What is known of a call that had the same key before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// It had other arguments.
    Other,
    /// It is away.
    Away,
    /// It has ended, and nobody knows how, or what it answered.
    Unknown,
    /// It answered this.
    Answered(String),
}

impl SystemTx {
    /// Takes the key for this call, unless it was taken before.
    pub(crate) async fn idempotency_take(
        &mut self,
        record: &Record,
        keyed: &Keyed,
    ) -> Result<Option<Earlier>> {
        let tenant = record.tenant.as_str();
        let principal = record.principal.as_ref().map_or("", PrincipalId::as_str);
        let tool = record.subject.as_deref().unwrap_or_default();
        let (key, arguments) = (keyed.key.as_str(), keyed.arguments.to_hex());
        let sql = "DELETE FROM idempotency WHERE tenant = $1 AND principal = $2 AND tool = $3 AND key = $4 \
                   AND expires < $5";
        let now = keyed.now.as_millis();
        execute!(self, sql, tenant, principal, tool, key, now)?;
        let sql = "INSERT INTO idempotency (tenant, principal, tool, key, execution, arguments, expires) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
        let taken = execute!(
            self,
            sql,
            tenant,
            principal,
            tool,
            key,
            record.id.as_str(),
            arguments.as_str(),
            keyed.expires.as_millis(),
        )?;
        if taken == 1 {
            return Ok(None);
        }
        let sql = "SELECT arguments, answer FROM idempotency \
                   WHERE tenant = $1 AND principal = $2 AND tool = $3 AND key = $4";
        let (before, answer): (String, Option<String>) =
            fetch_one!(self, sql, tenant, principal, tool, key)?;
        Ok(Some(match answer {
            _ if before != arguments => Earlier::Other,
            None => Earlier::Away,
            Some(answer) if answer.is_empty() => Earlier::Unknown,
            Some(answer) => Earlier::Answered(answer),
        }))
    }

    /// Forgets keys that have expired. Returns how many.
    pub async fn idempotency_purge(&mut self, now: Timestamp) -> Result<u64> {
        let sql = "DELETE FROM idempotency WHERE expires < $1";
        Ok(execute!(self, sql, now.as_millis())?)
    }
}

impl TenantTx {
    /// Forgets the keys of a principal, with the answers that they stand for.
    pub(crate) async fn idempotency_erase(&mut self, principal: &PrincipalId) -> Result<()> {
        let tenant = self.tenant().clone();
        let sql = "DELETE FROM idempotency WHERE tenant = $1 AND principal = $2";
        execute!(self, sql, tenant.as_str(), principal.as_str())?;
        Ok(())
    }
}

/// Settles the key of a call that ends, if it had one: with its answer, as unknown, or free again where
/// nothing was done.
pub(crate) async fn settle(link: &mut Link, record: &Record) -> Result<(), db::Error> {
    let (tenant, execution) = (record.tenant.as_str(), record.id.as_str());
    match was_done(record.disposition) {
        Some(false) => {
            let sql = "DELETE FROM idempotency WHERE tenant = $1 AND execution = $2";
            execute!(link, sql, tenant, execution)?;
        }
        Some(true) => {
            let answer = record.answer.as_deref().unwrap_or_default();
            let sql = "UPDATE idempotency SET answer = $3 WHERE tenant = $1 AND execution = $2";
            execute!(link, sql, tenant, execution, answer)?;
        }
        None => {
            let sql = "UPDATE idempotency SET answer = '' WHERE tenant = $1 AND execution = $2";
            execute!(link, sql, tenant, execution)?;
        }
    }
    Ok(())
}

/// Whether a call that ended so did what was asked; `None` if nobody knows.
fn was_done(disposition: Disposition) -> Option<bool> {
    match disposition {
        Disposition::Ok => Some(true),
        Disposition::InputRequired | Disposition::Refused(_) => Some(false),
        Disposition::Failed(Code::OutcomeUnknown | Code::Internal)
        | Disposition::Panicked
        | Disposition::TimedOut
        | Disposition::Cancelled => None,
        Disposition::Failed(_) => Some(false),
    }
}

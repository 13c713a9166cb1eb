//! Migrating PostgreSQL: one instance at a time, by an advisory lock.

use genkan_core::{Clock, Error, Result};

use super::{SCHEMA_VERSION, applied, apply, pending, roles, run_script};
use crate::db::Link;

/// Held by whoever migrates this database; the number is arbitrary and ours.
const LOCK: &str =
    "SET lock_timeout = '60s'; SET statement_timeout = 0; SELECT pg_advisory_lock(704921337)";

pub(super) async fn run(link: &mut Link, clock: &dyn Clock) -> Result<Vec<&'static str>> {
    run_script(link, LOCK).await?;
    roles::ensure(link).await?;
    run_script(link, SCHEMA_VERSION).await?;
    let mut ran = Vec::new();
    for migration in pending(&applied(link).await?) {
        run_script(link, "BEGIN").await?;
        let done = async {
            apply(link, migration, clock).await?;
            run_script(link, "COMMIT").await?;
            Ok::<_, Error>(())
        }
        .await;
        if let Err(error) = done {
            // The connection closes next, which gives up the transaction and the lock.
            let _ = run_script(link, "ROLLBACK").await;
            return Err(error);
        }
        ran.push(migration.name);
    }
    Ok(ran)
}

//! Migrating a SQLite file: a copy first, then each migration under the write lock.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use genkan_core::{Clock, Code, Error, Result};

use super::{Before, SCHEMA_VERSION, applied, apply, pending, run_script};
use crate::db::{Driver, Link};

/// Tells the copies apart that one process writes.
static COPIES: AtomicU64 = AtomicU64::new(0);

pub(super) async fn run(
    link: &mut Link,
    file: &Path,
    clock: &dyn Clock,
    before: Before,
) -> Result<Vec<&'static str>> {
    let present = applied(link).await?;
    let waiting = pending(&present);
    let Some(first) = waiting.first() else {
        return Ok(Vec::new());
    };
    if before == Before::Copy && !present.is_empty() {
        copy_aside(link, file, first.version).await?;
    }
    let mut ran = Vec::new();
    for migration in waiting {
        run_script(link, "BEGIN IMMEDIATE").await?;
        let done = async {
            run_script(link, SCHEMA_VERSION).await?;
            // Another process may have run it while we waited for the lock.
            let present = applied(link).await?.contains(&migration.version);
            if !present {
                apply(link, migration, clock).await?;
            }
            run_script(link, "COMMIT").await?;
            Ok::<_, Error>(!present)
        }
        .await;
        match done {
            Ok(true) => ran.push(migration.name),
            Ok(false) => {}
            Err(error) => {
                // The connection closes next, which would undo the migration anyway.
                let _ = run_script(link, "ROLLBACK").await;
                return Err(error);
            }
        }
    }
    Ok(ran)
}

/// Writes a whole copy of the file as it was before the first migration to come.
async fn copy_aside(link: &mut Link, file: &Path, version: i64) -> Result<()> {
    let copy = beside(file, &format!("before-{version:04}"));
    if copy.exists() {
        return Ok(());
    }
    // Written under another name first, so that no half copy ever bears the final one. Others may do
    // the same at the same time, and a dead process of our number may have left its half.
    let number = COPIES.fetch_add(1, Ordering::Relaxed);
    let process = std::process::id();
    let partial = beside(file, &format!("before-{version:04}.{process}.{number}"));
    let _ = std::fs::remove_file(&partial);
    if let Driver::Sqlite(connection) = link.driver() {
        connection.copy_into(&partial)?;
    }
    if copy.exists() {
        // Whoever was first may have migrated since: then ours is of a later state.
        let _ = std::fs::remove_file(&partial);
        return Ok(());
    }
    std::fs::rename(&partial, &copy).map_err(|error| {
        Error::new(
            Code::DataDirUnusable,
            format!("cannot write the copy `{}`", copy.display()),
        )
        .source(error)
    })
}

/// `<file>.<suffix>` in the same folder.
fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

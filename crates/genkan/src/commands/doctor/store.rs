//! The store: reachable, of the right age, and under the right master key.

use std::fs;

use genkan_core::{Code, Error};
use genkan_identity::MasterKey;
use genkan_store::{Location, migrate};

use crate::{
    commands::doctor::finding::Report,
    data_folder::DataFolder,
    house::{Cellar, present_master_key},
    settings::Settings,
};

const CHECK: &str = "store";
const KEY_CHECK: &str = "master key";

/// Opens the store, if there is one that was started before.
pub(super) async fn open(
    settings: &Settings,
    folder: &DataFolder,
    report: &mut Report,
) -> Option<Cellar> {
    let location = report.take(CHECK, folder.store(settings))?;
    if let Location::Sqlite(file) = &location
        && !file.exists()
    {
        let message = format!("`{}` is not there yet", file.display());
        report.note(CHECK, message, "The first start makes it.");
        return None;
    }
    let pending = report.take(CHECK, migrate::pending_names(&location).await)?;
    let master = master_key(settings, folder, report);
    if !pending.is_empty() {
        behind(settings, &location, &pending, report);
        return None;
    }
    let looked = Box::pin(Cellar::look(settings, folder, master?)).await;
    let cellar = match looked {
        Err(error) if error.code() == Code::MasterKeyMismatch => {
            report.problem(KEY_CHECK, &error);
            return None;
        }
        looked => report.take(CHECK, looked)?,
    };
    let Some(cellar) = cellar else {
        report.note(
            CHECK,
            "migrated, and never started",
            "Start `genkan serve`.",
        );
        return None;
    };
    report.ok(KEY_CHECK, "the one with which this store was made");
    report.ok(CHECK, told(&cellar, &location).await);
    Some(cellar)
}

fn master_key(settings: &Settings, folder: &DataFolder, report: &mut Report) -> Option<MasterKey> {
    let key = report.take(KEY_CHECK, present_master_key(settings, folder))?;
    if key.is_none() {
        let path = folder.master_key();
        let message = format!(
            "the store is there, but its master key is not: `{}`",
            path.display()
        );
        let error = Error::new(Code::MasterKeyMismatch, message)
            .hint("Put the file back from a backup, or set `secrets.master_key`.");
        report.problem(KEY_CHECK, &error);
    }
    key
}

fn behind(settings: &Settings, location: &Location, pending: &[&str], report: &mut Report) {
    let message = format!("the schema lacks: {}", pending.join(", "));
    match location {
        Location::Sqlite(_) => {
            report.note(
                CHECK,
                message,
                "The next start brings it up to date, after a copy.",
            );
        }
        Location::Postgres(_) if settings.store.auto_migrate => {
            report.note(CHECK, message, "The next start brings it up to date.");
        }
        Location::Postgres(_) => {
            report.problem(CHECK, &Error::new(Code::StoreNotMigrated, message));
        }
    }
}

/// What it is, how large, and how fast it answers.
async fn told(cellar: &Cellar, location: &Location) -> String {
    let began = cellar.clock().monotonic();
    let answered = cellar.store.check().await;
    let took = cellar.clock().monotonic().saturating_duration_since(began);
    let answer = match answered {
        Ok(()) => format!("answers in {:.1} ms", took.as_secs_f64() * 1_000.0),
        Err(error) => error.message().to_owned(),
    };
    let kind = cellar.store.kind();
    match location {
        Location::Sqlite(file) => {
            let size_bytes = fs::metadata(file).map_or(0, |file| file.len());
            let size_mb = size_bytes / 1_048_576;
            format!("{kind}, {size_mb} MiB in `{}`, {answer}", file.display())
        }
        Location::Postgres(_) => format!("{kind}, {answer}"),
    }
}

//! `genkan migrate`: brings the schema of the store up to date.

use genkan_core::Result;
use genkan_store::migrate;
use serde_json::json;

use crate::{
    house,
    surroundings::Surroundings,
    telemetry::log::{self, Audience},
};

/// Bring the schema of the store up to date; SQLite is copied first
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {}

pub(crate) async fn run(_: Arguments, surroundings: &Surroundings) -> Result<()> {
    let folder = surroundings.folder()?;
    let settings = surroundings.settings(&folder, Vec::new())?;
    log::start(&settings, &surroundings.environment, Audience::Person)?;
    folder.prepare()?;
    let location = folder.store(&settings)?;
    let (clock, _) = house::system();
    let migrated = migrate::migrate(&location, &*clock).await?;
    let result = json!({ "version": migrated.version, "applied": migrated.applied });
    surroundings
        .output
        .result(&result, || match migrated.applied.as_slice() {
            [] => format!("The schema is up to date (version {}).", migrated.version),
            names => format!(
                "The schema is now at version {}. Applied: {}.",
                migrated.version,
                names.join(", ")
            ),
        });
    Ok(())
}

//! `genkan restore`: puts a backup in the place of the store. Never beneath a live server.

use std::path::PathBuf;

use genkan_core::Result;
use genkan_store::backup;
use serde_json::json;

use crate::{
    house,
    surroundings::Surroundings,
    telemetry::log::{self, Audience},
};

/// Put a backup in the place of the store; refuses while anyone uses it
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The file that `genkan backup` wrote
    path: PathBuf,
}

pub(crate) async fn run(arguments: Arguments, surroundings: &Surroundings) -> Result<()> {
    let folder = surroundings.folder()?;
    let settings = surroundings.settings(&folder, Vec::new())?;
    log::start(&settings, &surroundings.environment, Audience::Person)?;
    folder.prepare()?;
    let claim = folder.claim()?;
    let location = settings.store.location(&folder.database())?;
    let (clock, _) = house::system();
    let restored = backup::restore(&location, &arguments.path, &*clock).await?;
    drop(claim);
    let result = json!({
        "restored_from": arguments.path,
        "records": restored.records,
        "replaced": restored.replaced,
    });
    surroundings.output.result(&result, || {
        let restored_from = arguments.path.display();
        let told = format!(
            "The store is restored from {restored_from}, with {} records.",
            restored.records
        );
        match &restored.replaced {
            Some(old) => format!(
                "{told}\nWhat was there before is kept as {}.",
                old.display()
            ),
            None => told,
        }
    });
    Ok(())
}

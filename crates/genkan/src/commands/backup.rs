//! `genkan backup`: a copy of the store, while it is in use.

use std::path::{Path, PathBuf};

use genkan_core::{Code, Error, Result};
use genkan_store::Location;
use serde_json::json;

use crate::{
    data_folder::unusable,
    house,
    surroundings::Surroundings,
    telemetry::log::{self, Audience},
};

/// Copy the store into a file, also while it is in use
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The file to write; it must not exist
    path: PathBuf,
    /// Write JSON lines, from which SQLite and PostgreSQL can be restored; PostgreSQL always does
    #[arg(long)]
    dump: bool,
}

pub(crate) async fn run(arguments: Arguments, surroundings: &Surroundings) -> Result<()> {
    let folder = surroundings.folder()?;
    let settings = surroundings.settings(&folder, Vec::new())?;
    log::start(&settings, &surroundings.environment, Audience::Person)?;
    refuse_nothing(&folder.store(&settings)?)?;
    let path =
        std::path::absolute(&arguments.path).map_err(|error| unusable(&arguments.path, error))?;
    let cellar = Box::pin(house::Cellar::open(&settings, &folder)).await?;
    let written = match arguments.dump {
        true => cellar.store.dump(&path).await,
        false => cellar.store.backup(&path).await,
    };
    cellar.close().await;
    written?;
    surroundings
        .output
        .result(&json!({ "path": path }), || told(&path));
    Ok(())
}

/// Opening a store makes one where there is none; a copy of that would help nobody.
fn refuse_nothing(location: &Location) -> Result<()> {
    match location {
        Location::Sqlite(file) if !file.exists() => Err(Error::new(
            Code::NoSuchItem,
            format!("there is no store at `{}`", file.display()),
        )),
        _ => Ok(()),
    }
}

fn told(path: &Path) -> String {
    format!(
        "The store is copied to {}.\n\
         A restored copy needs the same master key: keep that too, in another place.",
        path.display()
    )
}

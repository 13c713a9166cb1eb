//! `genkan validate-config`: whether `serve` would accept the settings. Starts nothing.

use genkan_core::Result;
use genkan_identity::MasterKey;
use genkan_store::Redis;
use serde_json::json;

use crate::{
    data_folder::DataFolder,
    settings::{Override, Settings},
    surroundings::Surroundings,
};

pub(crate) fn run(surroundings: &Surroundings) -> Result<()> {
    let folder = surroundings.folder()?;
    let settings = check(surroundings, &folder, Vec::new())?;
    let result = json!({ "valid": true, "file": settings.file, "data_dir": folder.path() });
    surroundings
        .output
        .result(&result, || match &settings.file {
            Some(file) => format!("The settings are valid. File: {}", file.display()),
            None => "The settings are valid. There is no settings file.".to_owned(),
        });
    Ok(())
}

/// The settings, if `serve` would accept them.
pub(super) fn check(
    surroundings: &Surroundings,
    folder: &DataFolder,
    flags: Vec<Override>,
) -> Result<Settings> {
    let settings = surroundings.settings(folder, flags)?;
    settings.check(None)?;
    settings.store.location(&folder.database())?;
    if let Some(url) = &settings.redis.url {
        Redis::check_address(url)?;
    }
    if let Some(key) = &settings.secrets.master_key {
        MasterKey::parse(key)?;
    }
    Ok(settings)
}

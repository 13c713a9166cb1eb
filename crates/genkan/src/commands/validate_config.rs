//! `genkan validate-config`: whether `serve` would accept the settings. Starts nothing.

use genkan_core::Result;
use serde_json::json;

use crate::surroundings::Surroundings;

pub(crate) fn run(surroundings: &Surroundings) -> Result<()> {
    let folder = surroundings.folder()?;
    let settings = surroundings.valid_settings(&folder, Vec::new())?;
    let result = json!({ "valid": true, "file": settings.file, "data_dir": folder.path() });
    surroundings
        .output
        .result(&result, || match &settings.file {
            Some(file) => format!("The settings are valid. File: {}", file.display()),
            None => "The settings are valid. There is no settings file.".to_owned(),
        });
    Ok(())
}

//! `genkan validate-config`: whether `serve` would accept the settings. Starts nothing.

use genkan_core::Result;
use serde_json::json;

use crate::surroundings::Surroundings;

pub(crate) async fn run(surroundings: &Surroundings) -> Result<()> {
    let folder = surroundings.folder()?;
    let alone = surroundings.valid_settings(&folder, Vec::new(), &[])?;
    let stored = surroundings.stored(&folder, &alone).await;
    let stored = stored.inspect_err(|error| {
        let message = format!("what is stored is not checked: {}", error.message());
        surroundings.output.remark(&message);
    });
    let (settings, checked) = match stored {
        Ok(stored) => {
            let settings = surroundings.valid_settings(&folder, Vec::new(), &stored)?;
            (settings, Some(stored.len()))
        }
        Err(_) => (alone, None),
    };
    let result = json!({
        "valid": true, "file": settings.file, "data_dir": folder.path(), "stored": checked,
    });
    surroundings.output.result(&result, || {
        let stored = match checked {
            None | Some(0) => String::new(),
            Some(count) => format!(" Stored: {count}."),
        };
        match &settings.file {
            Some(file) => format!("The settings are valid. File: {}{stored}", file.display()),
            None => format!("The settings are valid. There is no settings file.{stored}"),
        }
    });
    Ok(())
}

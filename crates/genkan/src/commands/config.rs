//! `genkan config show`: every setting, its value, and where that came from.

use genkan_core::Result;
use serde_json::{Value, json};

use crate::{
    output,
    settings::{Entry, Settings},
    surroundings::Surroundings,
};

/// Look at the settings
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Print every setting, its value and where it came from; secrets are hidden
    Show,
}

pub(crate) fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<()> {
    let folder = surroundings.folder()?;
    let settings = surroundings.settings(&folder, Vec::new())?;
    match arguments.command {
        Command::Show => {
            let path = folder.path().display().to_string();
            surroundings
                .output
                .result(&as_json(&settings, &path), || as_text(&settings, &path));
        }
    }
    Ok(())
}

fn as_json(settings: &Settings, folder: &str) -> Value {
    let entry = |entry: &Entry| json!({ "key": entry.path, "value": entry.value, "origin": entry.origin.to_string() });
    json!({
        "data_dir": folder,
        "file": settings.file,
        "settings": settings.entries.iter().map(entry).collect::<Vec<_>>(),
    })
}

fn as_text(settings: &Settings, folder: &str) -> String {
    let file = settings
        .file
        .as_ref()
        .map_or("none".into(), |file| file.display().to_string());
    let mut rows = vec![
        vec!["data folder".into(), folder.into()],
        vec!["settings file".into(), file],
    ];
    rows.extend(settings.entries.iter().map(|entry| {
        let value = match &entry.value {
            Value::Null => "(not set)".to_owned(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        vec![entry.path.clone(), value, entry.origin.to_string()]
    }));
    output::columns(&rows)
}

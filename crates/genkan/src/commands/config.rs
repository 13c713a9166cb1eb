//! `genkan config …`: every setting, its value, and where that came from; and the settings that all
//! instances on a store have in common, which are changed through the tools of toolset `admin`.

use genkan_core::Result;
use genkan_store::StoredSetting;
use serde_json::{Value, json};

use crate::{
    local::Session,
    output,
    settings::{Entry, Origin, Settings, stored},
    surroundings::Surroundings,
};

/// Look at the settings, and store some for all instances
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Print every setting, its value and where it came from; secrets are hidden
    Show,
    /// Store a setting for all instances on this store; a file or a variable of one wins over it
    Set {
        /// The key, such as `limits.calls_per_minute`
        key: String,
        /// The value, written as in a variable: lists separated by commas
        #[arg(allow_hyphen_values = true)]
        value: String,
    },
    /// Forget a stored setting
    Unset {
        /// The key
        key: String,
    },
}

pub(crate) async fn run(arguments: Arguments, surroundings: &Surroundings) -> Result<()> {
    let (tool, call) = match arguments.command {
        Command::Show => return show(surroundings).await,
        Command::Set { key, value } => {
            // Before anything leaves this process: it may be a secret.
            stored::storable(&key)?;
            ("admin_setting_set", json!({ "key": key, "value": value }))
        }
        Command::Unset { key } => ("admin_setting_unset", json!({ "key": key })),
    };
    let answer = Session::ask_admin(surroundings, tool, call).await?;
    surroundings.output.result(&answer, || told(&answer));
    Ok(())
}

/// What became of a change.
fn told(answer: &Value) -> String {
    let text = |name: &str| answer[name].as_str().unwrap_or_default();
    let (key, origin, applies) = (text("key"), text("origin"), text("applies"));
    match answer["stored"].is_string() {
        false => format!("`{key}` is no longer stored; that applies {applies}."),
        true if origin == Origin::Stored.to_string() => {
            format!("`{key}` is stored for all instances; it applies {applies}.")
        }
        true => format!("`{key}` is stored for all instances. Here {origin} wins over it."),
    }
}

async fn show(surroundings: &Surroundings) -> Result<()> {
    let folder = surroundings.folder()?;
    let alone = surroundings.settings(&folder, Vec::new())?;
    let settings = match surroundings.stored(&folder, &alone).await {
        Ok(stored) => surroundings.settle(&folder, Vec::new(), alone, stored)?,
        Err(error) => {
            let message = format!("what is stored is not shown: {}", error.message());
            surroundings.output.remark(&message);
            alone
        }
    };
    for why in &settings.stored_refused {
        surroundings.output.remark(&format!("left aside: {why}"));
    }
    let path = folder.path().display().to_string();
    surroundings
        .output
        .result(&as_json(&settings, &path), || as_text(&settings, &path));
    Ok(())
}

/// What is stored under a key, in force or not.
fn kept<'s>(settings: &'s Settings, key: &str) -> Option<&'s str> {
    let mut all = settings.stored.iter();
    let found: Option<&StoredSetting> = all.find(|setting| setting.key == key);
    found.map(|setting| setting.value.as_str())
}

fn as_json(settings: &Settings, folder: &str) -> Value {
    let entry = |entry: &Entry| {
        let origin = entry.origin.to_string();
        let mut shown = json!({ "key": entry.path, "value": entry.value, "origin": origin });
        if let Some(value) = kept(settings, &entry.path) {
            shown["stored"] = value.into();
        }
        shown
    };
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
        let origin = match kept(settings, &entry.path) {
            Some(value) if entry.origin != Origin::Stored => {
                format!("{} (stored: {value})", entry.origin)
            }
            _ => entry.origin.to_string(),
        };
        vec![entry.path.clone(), value, origin]
    }));
    output::columns(&rows)
}

//! `genkan show-stats` and `genkan export-metrics`: the metrics of the server on this data folder,
//! to read or to keep. They are what `/metrics` shows.

mod exposition;
mod overview;

use std::path::{Path, PathBuf};

use genkan_core::{Code, Error, Result};
use serde_json::json;

use crate::{
    commands::stats::{exposition::Exposition, overview::Overview},
    local::Session,
    platform::files,
    surroundings::Surroundings,
};

/// Write the metrics of the server on this data folder to a file
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The file [default: standard output]
    file: Option<PathBuf>,
    /// In which form
    #[arg(long, value_enum, default_value = "prometheus")]
    format: Format,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    /// The Prometheus text format, as `/metrics` has it
    Prometheus,
    /// The same as one JSON object
    Json,
}

pub(crate) async fn show(surroundings: &Surroundings) -> Result<()> {
    let overview = Overview::of(&parsed(&read(surroundings).await?)?);
    surroundings.output.result(&overview, || overview.as_text());
    Ok(())
}

pub(crate) async fn export(arguments: Arguments, surroundings: &Surroundings) -> Result<()> {
    let text = read(surroundings).await?;
    let shown = match arguments.format {
        Format::Prometheus => text,
        Format::Json => {
            serde_json::to_string_pretty(&parsed(&text)?).map_err(Error::internal)? + "\n"
        }
    };
    let Some(file) = &arguments.file else {
        surroundings.output.text(&shown);
        return Ok(());
    };
    let written = files::write_private(file, shown.as_bytes());
    written.map_err(|error| unwritable(file, error))?;
    let size_bytes = shown.len();
    let result = json!({ "file": file, "size_bytes": size_bytes });
    surroundings.output.result(&result, || {
        format!("Wrote {size_bytes} bytes to {}.", file.display())
    });
    Ok(())
}

/// The text of the server's metrics.
async fn read(surroundings: &Surroundings) -> Result<String> {
    let folder = surroundings.folder()?;
    if !folder.is_served()? {
        let message = format!("no server runs on `{}`", folder.path().display());
        return Err(Error::new(Code::ServerUnreachable, message));
    }
    let mut answer = Session::ask_admin(surroundings, "admin_metrics_read", json!({})).await?;
    match answer.get_mut("text").map(serde_json::Value::take) {
        Some(serde_json::Value::String(text)) => Ok(text),
        _ => Err(Error::internal("the server answered without metrics")),
    }
}

fn parsed(text: &str) -> Result<Exposition> {
    Exposition::parse(text)
        .ok_or_else(|| Error::internal("the server's metrics are not in the Prometheus format"))
}

fn unwritable(file: &Path, error: std::io::Error) -> Error {
    let message = format!("`{}` cannot be written: {error}", file.display());
    Error::new(Code::InvalidArguments, message)
        .hint("Name a file in a folder that this user may write to.")
        .source(error)
}

//! `genkan knowledge export`: writes the entries of a scope into files that `import` reads.

use std::{fs, path::Path, process::ExitCode};

use genkan_core::{Code, Error, Result};
use genkan_toolsets::knowledge::transfer::{self, Draft, Format};
use serde_json::{Value, json};

use super::{Place, profile};
use crate::{
    data_folder::unusable,
    local::{Client, Session},
    platform::files,
    surroundings::Surroundings,
};

pub(super) async fn run(
    surroundings: &Surroundings,
    path: &Path,
    place: &Place,
    dry_run: bool,
) -> Result<ExitCode> {
    let format = Format::from(place.format);
    refuse_existing(path)?;
    let mut session = Session::open(surroundings, &profile()).await?;
    let drafts = fetch(session.client(), &place.scope).await;
    session.close().await;
    let drafts = drafts?;
    if !dry_run {
        write(path, format, &place.scope, &drafts)?;
    }
    let count = drafts.len();
    let result =
        json!({ "path": path, "scope": place.scope, "entries": count, "dry_run": dry_run });
    surroundings.output.result(&result, || match dry_run {
        true => format!("Nothing was written. It would be {count} entries."),
        false => format!("{count} entries written to {}.", path.display()),
    });
    Ok(ExitCode::SUCCESS)
}

/// Nothing that is there is overwritten, or mixed with what is not its own.
fn refuse_existing(path: &Path) -> Result<()> {
    let is_empty_folder = || fs::read_dir(path).is_ok_and(|mut inside| inside.next().is_none());
    match fs::symlink_metadata(path) {
        Ok(_) if !is_empty_folder() => Err(Error::new(
            Code::AlreadyExists,
            format!("`{}` is there already", path.display()),
        )
        .hint("Choose a path that does not exist yet.")),
        _ => Ok(()),
    }
}

/// Every entry of the scope, with the contents put together that came in pieces.
async fn fetch(client: &mut Client, scope: &str) -> Result<Vec<Draft>> {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut goes_on = false;
    let mut arguments = json!({ "scope": scope });
    loop {
        let mut page = client.ask("knowledge_export", arguments.clone()).await?;
        let entries = match page["entries"].take() {
            Value::Array(entries) => entries,
            _ => Vec::new(),
        };
        for entry in entries {
            let text = |name: &str| entry[name].as_str().map(str::to_owned);
            let content = text("content").unwrap_or_default();
            match drafts.last_mut().filter(|_| goes_on) {
                Some(draft) => draft.content.push_str(&content),
                None => drafts.push(Draft {
                    id: text("id"),
                    key: None,
                    context: text("context"),
                    task_size: text("task_size"),
                    suppressed_by: text("suppressed_by"),
                    content,
                }),
            }
            goes_on = entry["continues"] == true;
        }
        match page["next"].as_str() {
            Some(next) => arguments["cursor"] = json!(next),
            None => return Ok(drafts),
        }
    }
}

fn write(path: &Path, format: Format, scope: &str, drafts: &[Draft]) -> Result<()> {
    let written = |path: &Path, text: &str| {
        let mut file = files::create_private(path).map_err(|error| unusable(path, error))?;
        let done = std::io::Write::write_all(&mut file, text.as_bytes());
        done.map_err(|error| unusable(path, error))
    };
    if format != Format::Markdown {
        return written(path, &transfer::write(format, scope, drafts));
    }
    files::create_private_folder(path).map_err(|error| unusable(path, error))?;
    for draft in drafts {
        let name = format!("{}.md", draft.id.as_deref().unwrap_or_default());
        written(&path.join(name), &transfer::page(scope, draft))?;
    }
    Ok(())
}

//! `genkan knowledge import`: reads files and stores what they hold, in batches of one transaction
//! each.

use std::{path::Path, process::ExitCode};

use genkan_core::Result;
use genkan_toolsets::knowledge::transfer::Draft;
use serde_json::{Value, json};

use super::{
    Place,
    bar::Bar,
    profile,
    source::{self, Item},
};
use crate::{
    local::{Client, Session},
    surroundings::Surroundings,
};

/// How many entries one batch has.
const ENTRIES: usize = 100;
/// How many bytes of contents one batch has, beyond its first entry.
const BYTES: usize = 1024 * 1024;
/// How many entries are named that changed or failed.
const NAMED: usize = 100;

/// What became of an entry: where it stands in the files, and what the house says.
struct Outcome {
    place: String,
    told: Value,
}

pub(super) async fn run(
    surroundings: &Surroundings,
    path: &Path,
    place: &Place,
    dry_run: bool,
) -> Result<ExitCode> {
    let mut items = source::read(path, place.format.into())?;
    // An entry that lost a conflict comes after those that it may have lost against.
    items.sort_by_key(|item| {
        let draft = item.draft.as_ref();
        draft.is_ok_and(|draft| draft.suppressed_by.is_some())
    });
    let mut session = Session::open(surroundings, &profile()).await?;
    let stored = store(surroundings, session.client(), items, &place.scope, dry_run).await;
    session.close().await;
    Ok(tell(surroundings, &place.scope, dry_run, &stored?))
}

async fn store(
    surroundings: &Surroundings,
    client: &mut Client,
    items: Vec<Item>,
    scope: &str,
    dry_run: bool,
) -> Result<Vec<Outcome>> {
    let bar = Bar::new(items.len(), surroundings.global.json);
    let mut outcomes: Vec<Outcome> = Vec::new();
    let mut batch: Vec<(String, Draft)> = Vec::new();
    let mut bytes = 0;
    for item in items {
        let place = format!("{}:{}", item.file, item.line);
        match item.draft {
            Err(wrong) => outcomes.push(Outcome {
                place,
                told: json!({ "outcome": "failed", "error": wrong }),
            }),
            Ok(draft) => {
                let size = draft.content.len();
                if batch.len() >= ENTRIES || (!batch.is_empty() && bytes + size > BYTES) {
                    outcomes
                        .extend(send(client, std::mem::take(&mut batch), scope, dry_run).await?);
                    bar.fill(outcomes.len());
                    bytes = 0;
                }
                bytes += size;
                batch.push((place, draft));
            }
        }
    }
    if !batch.is_empty() {
        outcomes.extend(send(client, batch, scope, dry_run).await?);
    }
    bar.fill(outcomes.len());
    Ok(outcomes)
}

async fn send(
    client: &mut Client,
    batch: Vec<(String, Draft)>,
    scope: &str,
    dry_run: bool,
) -> Result<Vec<Outcome>> {
    let (places, drafts): (Vec<String>, Vec<Draft>) = batch.into_iter().unzip();
    let arguments = json!({ "scope": scope, "entries": drafts, "dry_run": dry_run });
    let mut answer = client.ask("knowledge_import", arguments).await?;
    let results = match answer["results"].take() {
        Value::Array(results) => results,
        _ => Vec::new(),
    };
    let outcomes = places.into_iter().zip(results);
    Ok(outcomes
        .map(|(place, told)| Outcome { place, told })
        .collect())
}

fn tell(surroundings: &Surroundings, scope: &str, dry_run: bool, outcomes: &[Outcome]) -> ExitCode {
    let count = |wanted: &str| {
        let outcomes = outcomes.iter();
        outcomes.filter(|one| one.told["outcome"] == wanted).count()
    };
    let [created, updated, unchanged, failed] =
        ["created", "updated", "unchanged", "failed"].map(count);
    let entries: Vec<Value> = outcomes
        .iter()
        .map(|one| {
            let mut shown = json!({ "place": one.place });
            for (name, value) in one.told.as_object().into_iter().flatten() {
                shown[name] = value.clone();
            }
            shown
        })
        .collect();
    let result = json!({
        "scope": scope, "dry_run": dry_run, "created": created, "updated": updated,
        "unchanged": unchanged, "failed": failed, "entries": entries,
    });
    surroundings.output.result(&result, || {
        let mut text = lines(outcomes);
        let would = if dry_run {
            "Nothing was stored. It would be: "
        } else {
            ""
        };
        text.push_str(&format!(
            "{would}{created} created, {updated} updated, {unchanged} unchanged, {failed} failed."
        ));
        text
    });
    match failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// The entries that changed or failed, one on a line.
fn lines(outcomes: &[Outcome]) -> String {
    let told = outcomes.iter().filter(|one| {
        let outcome = one.told["outcome"].as_str();
        matches!(outcome, Some("updated" | "failed"))
    });
    let mut text = String::new();
    for (number, one) in told.enumerate() {
        if number == NAMED {
            text.push_str("…\n");
            break;
        }
        let changes = one.told["changes"].as_array();
        let changes = changes.into_iter().flatten().filter_map(Value::as_str);
        let detail = match one.told["error"].as_str() {
            Some(error) => error.to_owned(),
            None => changes.collect::<Vec<_>>().join(", "),
        };
        let outcome = one.told["outcome"].as_str().unwrap_or_default();
        text.push_str(&format!("{outcome}: {}: {detail}\n", one.place));
    }
    text
}

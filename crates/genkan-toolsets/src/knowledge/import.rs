//! `knowledge_import`: many entries at once, each made, changed or left as it is. The same entries
//! again change nothing.

mod identity;
mod importing;
mod outcome;

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{
    CallContext, Code, Error, Result, Stop, Timestamp, permission::Action, toolset::Effect,
};
use genkan_store::{Store, TenantTx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::{
    importing::Importing,
    outcome::{Outcome, Told},
};
use super::{
    existing,
    name::ScopeName,
    profiled::profiled,
    search::Profile,
    task_size::TaskSize,
    text::{self, Words},
    write::write,
};
use crate::typed::{About, TypedTool};

/// The most entries of one call; each call is one transaction.
const ENTRIES: usize = 200;

/// Imports entries.
pub(super) struct Import(pub(super) Store);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// namespace:scope
    scope: String,
    /// 1-200
    entries: Vec<Imported>,
    /// Only say what would happen
    #[serde(default)]
    dry_run: bool,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(inline)]
#[serde(deny_unknown_fields)]
struct Imported {
    /// From an export
    #[serde(default)]
    #[schemars(with = "String")]
    id: Option<String>,
    /// Without an id: the same key again is the same entry again
    #[serde(default)]
    #[schemars(with = "String")]
    key: Option<String>,
    context: Words,
    content: String,
    #[serde(default)]
    #[schemars(with = "TaskSize")]
    task_size: Option<TaskSize>,
    /// The entry that it lost a conflict against
    #[serde(default)]
    #[schemars(with = "String")]
    suppressed_by: Option<String>,
}

#[derive(Default, Serialize, JsonSchema)]
pub(super) struct Answer {
    created: usize,
    updated: usize,
    unchanged: usize,
    failed: usize,
    /// One for each entry, in order
    results: Vec<Told>,
}

/// An entry that may be stored, as far as can be said without the store.
struct Incoming {
    imported: Imported,
    context: String,
    profile: Profile,
}

struct Batch {
    name: ScopeName,
    entries: Vec<Result<Incoming, Error>>,
    resolved_by: String,
    dry_run: bool,
}

#[async_trait]
impl TypedTool for Import {
    const ABOUT: About = About {
        name: "knowledge_import",
        title: "Import knowledge entries",
        description: "Stores many entries in a scope at once. Those that are there already are changed or left as \
                      they are; one that is refused leaves the others alone.",
        effect: Effect::Changes,
        idempotent: true,
        asks: false,
        permission: ("knowledge", Action::Write),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let count = arguments.entries.len();
        if !(1..=ENTRIES).contains(&count) {
            let message = format!("`entries` has {count}; 1–{ENTRIES} are allowed");
            return Err(Error::new(Code::InvalidArguments, message).into());
        }
        let batch = Batch {
            name: ScopeName::parse("scope", &arguments.scope)?,
            // Read before the write, so that the writer is not kept waiting.
            entries: arguments.entries.into_iter().map(read).collect(),
            resolved_by: ctx.principal.id.to_string(),
            dry_run: arguments.dry_run,
        };
        if batch.dry_run {
            let mut tx = self.0.read(ctx.tenant()).await?;
            return Ok(import(&mut tx, Arc::new(batch), ctx.clock.now()).await?);
        }
        let answer = write(&self.0, ctx, batch, |tx, batch, now| {
            Box::pin(import(tx, batch, now))
        })
        .await?;
        Ok(answer)
    }
}

/// The error is that of the entry alone.
fn read(imported: Imported) -> Result<Incoming, Error> {
    let context = text::context("context", &imported.context)?;
    text::content("content", &imported.content)?;
    if let Some(winner) = &imported.suppressed_by {
        identity::check("suppressed_by", winner)?;
    }
    if let Some(id) = &imported.id {
        identity::check("id", id)?;
    }
    let profile = profiled(&context, &imported.content);
    Ok(Incoming {
        imported,
        context,
        profile,
    })
}

async fn import(tx: &mut TenantTx, batch: Arc<Batch>, now: Timestamp) -> Result<Answer> {
    let scope = existing::scope(tx, "scope", &batch.name).await?;
    let mut importing = Importing::begin(tx, &scope, &batch, now).await?;
    let mut answer = Answer::default();
    for read in &batch.entries {
        let told = match read {
            Ok(incoming) => importing.one(incoming).await?,
            Err(error) => Told::failed(error),
        };
        answer.count(told);
    }
    importing.end().await?;
    Ok(answer)
}

impl Answer {
    fn count(&mut self, told: Told) {
        match told.outcome {
            Outcome::Created => self.created += 1,
            Outcome::Updated => self.updated += 1,
            Outcome::Unchanged => self.unchanged += 1,
            Outcome::Failed => self.failed += 1,
        }
        self.results.push(told);
    }
}

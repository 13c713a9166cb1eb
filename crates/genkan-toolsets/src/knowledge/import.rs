//! `knowledge_import`: many entries at once, each made, changed or left as it is. The same entries
//! again change nothing.

mod identity;
mod outcome;

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{
    CallContext, Code, Error, Result, Stop, Timestamp, permission::Action, toolset::Effect,
};
use genkan_store::{
    Store, TenantTx,
    knowledge::{NewEntry, Resolution, Scope},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::outcome::{Outcome, Told};
use super::{
    existing,
    name::ScopeName,
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

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    created: usize,
    updated: usize,
    unchanged: usize,
    failed: usize,
    /// One for each entry, in order
    results: Vec<Told>,
}

/// An entry that may be stored.
struct Checked {
    id: String,
    context: String,
    content: String,
    task_size: Option<i64>,
    suppressed_by: Option<String>,
}

struct Batch {
    name: ScopeName,
    entries: Vec<Imported>,
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
            entries: arguments.entries,
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

async fn import(tx: &mut TenantTx, batch: Arc<Batch>, now: Timestamp) -> Result<Answer> {
    let scope = existing::scope(tx, "scope", &batch.name).await?;
    let mut answer = Answer {
        created: 0,
        updated: 0,
        unchanged: 0,
        failed: 0,
        results: Vec::new(),
    };
    for imported in &batch.entries {
        let told = match check(tx, &scope, imported).await? {
            Ok(checked) => one(tx, &scope, &batch, checked, now).await?,
            Err(error) => Told::failed(&error),
        };
        answer.count(told);
    }
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

/// The inner error is that of the entry alone.
async fn check(
    tx: &mut TenantTx,
    scope: &Scope,
    imported: &Imported,
) -> Result<Result<Checked, Error>> {
    let checked = || {
        let context = text::context("context", &imported.context)?;
        text::content("content", &imported.content)?;
        if let Some(winner) = &imported.suppressed_by {
            identity::given("suppressed_by", winner)?;
        }
        Ok(context)
    };
    let context = match checked() {
        Ok(context) => context,
        Err(error) => return Ok(Err(error)),
    };
    let id = match (&imported.id, &imported.key) {
        (Some(id), _) => match identity::given("id", id) {
            Ok(id) => identity::within(tx, scope, id).await?,
            Err(error) => return Ok(Err(error)),
        },
        (None, Some(key)) => identity::of_key(scope, key),
        (None, None) => identity::of_key(scope, &imported.content),
    };
    Ok(Ok(Checked {
        id,
        context,
        content: imported.content.clone(),
        task_size: imported.task_size.map(TaskSize::stored),
        suppressed_by: imported.suppressed_by.clone(),
    }))
}

async fn one(
    tx: &mut TenantTx,
    scope: &Scope,
    batch: &Batch,
    wanted: Checked,
    now: Timestamp,
) -> Result<Told> {
    let found = tx.knowledge_find_entry(&wanted.id).await?;
    let (told, scope_id) = match &found {
        None => (Told::created(&wanted.id), scope.id.clone()),
        Some(entry) => {
            let text = tx.knowledge_get_entry_text(&entry.id).await?;
            let changes = outcome::changes(entry, &text, &wanted);
            (Told::compared(&wanted.id, changes), entry.scope.clone())
        }
    };
    if batch.dry_run || told.outcome == Outcome::Unchanged {
        return Ok(told);
    }
    let profile = Profile::of(&wanted.context, &wanted.content).into();
    let entry = NewEntry {
        id: wanted.id,
        content: wanted.content,
        context: wanted.context,
        task_size: wanted.task_size,
        profile,
    };
    match found {
        None => tx.knowledge_create_entry(&entry, &scope_id, now).await?,
        Some(_) => tx.knowledge_update_entry(&entry, &scope_id, now).await?,
    }
    if let Some(winner) = &wanted.suppressed_by
        && found.is_none_or(|entry| entry.suppressed == 0)
    {
        let resolution = Resolution {
            active: winner,
            suppressed: &entry.id,
            resolved_by: &batch.resolved_by,
            now,
        };
        tx.knowledge_suppress(resolution).await?;
    }
    Ok(told)
}

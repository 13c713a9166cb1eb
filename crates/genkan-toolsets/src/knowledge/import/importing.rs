//! The entries of one import, one after the other; those that are new are added together.

use std::collections::HashMap;

use genkan_core::{Result, Timestamp};
use genkan_store::{
    TenantTx,
    knowledge::{Entry, NewEntry, Resolution, Scope},
};

use super::{
    Batch, Incoming, identity,
    outcome::{self, Outcome, Told},
};
use crate::knowledge::task_size::TaskSize;

/// An import that has begun.
pub(super) struct Importing<'i> {
    tx: &'i mut TenantTx,
    scope: &'i Scope,
    batch: &'i Batch,
    /// What is in the store of those that are imported, by id.
    known: HashMap<String, Entry>,
    /// What is to be added.
    new: Vec<NewEntry>,
    now: Timestamp,
}

impl<'i> Importing<'i> {
    /// Looks up at once what is there already.
    pub(super) async fn begin(
        tx: &'i mut TenantTx,
        scope: &'i Scope,
        batch: &'i Batch,
        now: Timestamp,
    ) -> Result<Self> {
        let readable = batch.entries.iter().flatten();
        let ids: Vec<String> = readable
            .map(|incoming| identity::of(scope, &incoming.imported))
            .flat_map(|(id, copy)| [Some(id), copy])
            .flatten()
            .collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let known = tx.knowledge_entries_of(&ids).await?;
        Ok(Self {
            tx,
            scope,
            batch,
            known: known.into_iter().map(|e| (e.id.clone(), e)).collect(),
            new: Vec::new(),
            now,
        })
    }

    /// Makes or changes an entry, or leaves it as it is.
    pub(super) async fn one(&mut self, incoming: &Incoming) -> Result<Told> {
        let id = match identity::of(self.scope, &incoming.imported) {
            (id, Some(copy)) if self.is_elsewhere(&id) => copy,
            (id, _) => id,
        };
        if self.new.iter().any(|entry| entry.id == id) {
            self.add().await?;
        }
        let found = self.known.get(&id).cloned();
        let told = match &found {
            None => Told::created(&id),
            Some(entry) => {
                let text = self.tx.knowledge_get_entry_text(&id).await?;
                Told::compared(&id, outcome::changes(entry, &text, incoming))
            }
        };
        if self.batch.dry_run || told.outcome == Outcome::Unchanged {
            return Ok(told);
        }
        let is_suppressed = found.as_ref().is_some_and(|found| found.suppressed != 0);
        match found {
            None => self.new.push(made_of(id.clone(), incoming)),
            Some(found) => self.change(found, incoming).await?,
        }
        if let Some(winner) = &incoming.imported.suppressed_by
            && !is_suppressed
        {
            self.suppress(&id, winner).await?;
        }
        Ok(told)
    }

    /// Adds what has not been added yet.
    pub(super) async fn end(mut self) -> Result<()> {
        self.add().await
    }

    fn is_elsewhere(&self, id: &str) -> bool {
        let entry = self.known.get(id);
        entry.is_some_and(|entry| entry.scope != self.scope.id)
    }

    async fn add(&mut self) -> Result<()> {
        let new = std::mem::take(&mut self.new);
        self.tx
            .knowledge_create_entries(&new, &self.scope.id, self.now)
            .await?;
        self.known.extend(new.into_iter().map(|entry| {
            let added = Entry {
                id: entry.id.clone(),
                scope: self.scope.id.clone(),
                task_size: entry.task_size,
                suppressed: 0,
            };
            (entry.id, added)
        }));
        Ok(())
    }

    async fn change(&mut self, found: Entry, incoming: &Incoming) -> Result<()> {
        let entry = made_of(found.id.clone(), incoming);
        self.tx
            .knowledge_update_entry(&entry, &found.scope, self.now)
            .await?;
        let changed = Entry {
            task_size: entry.task_size,
            ..found
        };
        self.known.insert(entry.id, changed);
        Ok(())
    }

    async fn suppress(&mut self, id: &str, winner: &str) -> Result<()> {
        self.add().await?;
        let resolution = Resolution {
            active: winner,
            suppressed: id,
            resolved_by: &self.batch.resolved_by,
            now: self.now,
        };
        self.tx.knowledge_suppress(resolution).await?;
        if let Some(entry) = self.known.get_mut(id) {
            entry.suppressed = 1;
        }
        Ok(())
    }
}

/// What the store is to keep.
fn made_of(id: String, incoming: &Incoming) -> NewEntry {
    NewEntry {
        id,
        content: incoming.imported.content.clone(),
        context: incoming.context.clone(),
        task_size: incoming.imported.task_size.map(TaskSize::stored),
        profile: incoming.profile.clone().into(),
    }
}

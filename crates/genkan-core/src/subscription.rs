//! What a client wants to hear of (MCP 2026-07-28 `subscriptions/listen`).

use std::{collections::HashSet, sync::Arc};

use crate::{
    Principal,
    change::{Change, Heard, Listener},
};

/// What is to be told, and what is not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interest {
    /// Which tools there are.
    pub tools: bool,
    /// Which prompts there are.
    pub prompts: bool,
    /// Which resources there are.
    pub resources: bool,
    /// What these resources hold, by URI.
    pub uris: HashSet<Arc<str>>,
    /// How far these tasks are, by id.
    pub tasks: HashSet<Arc<str>>,
}

impl Interest {
    /// Whether the change is one to be told.
    pub fn includes(&self, change: &Change) -> bool {
        match change {
            Change::Tools => self.tools,
            Change::Prompts => self.prompts,
            Change::Resources => self.resources,
            Change::Resource(uri) => self.uris.contains(uri),
            Change::Task(id) => self.tasks.contains(id),
        }
    }

    /// Everything that may have changed for who missed something.
    pub fn everything(&self) -> Vec<Change> {
        let lists = [
            (self.tools, Change::Tools),
            (self.prompts, Change::Prompts),
            (self.resources, Change::Resources),
        ];
        let lists = lists
            .into_iter()
            .filter_map(|(wanted, change)| wanted.then_some(change));
        let uris = self.uris.iter().cloned().map(Change::Resource);
        let tasks = self.tasks.iter().cloned().map(Change::Task);
        lists.chain(uris).chain(tasks).collect()
    }
}

/// A subscription that the engine granted.
#[derive(Debug)]
pub struct Subscription {
    /// Who listens.
    pub principal: Arc<Principal>,
    /// The part of what was wanted that will be told.
    pub accepted: Interest,
    /// Hears every change of the tenant.
    pub listener: Listener,
}

impl Subscription {
    /// The next changes that are to be told; never empty. To drop the future loses nothing.
    pub async fn next(&mut self) -> Vec<Change> {
        loop {
            match self.listener.next().await {
                Heard::Changes(changes) => {
                    let told = changes.iter().filter(|one| self.accepted.includes(one));
                    let told: Vec<_> = told.cloned().collect();
                    if !told.is_empty() {
                        return told;
                    }
                }
                Heard::Missed => {
                    let all = self.accepted.everything();
                    if !all.is_empty() {
                        return all;
                    }
                }
            }
        }
    }
}

//! All tools with their digests, and what each profile and role sees of them.
//!
//! Built once at start. A [`View`] joins two decisions that never change between policy versions:
//! what the profile selects and what the role allows. A tool outside the view does not exist for
//! the caller, in lists and in calls alike.

mod entry;
mod page;
mod profile;

use std::{collections::HashMap, sync::Arc};

use genkan_core::{
    Code, Error, Result, Role, Toolset,
    digest::{Digest, Hasher},
    id::ProfileName,
};

pub(crate) use entry::Entry;
pub(crate) use page::Pages;
use profile::Profile;
pub use profile::ProfileInfo;

/// Every tool of every toolset, in the order of their names.
pub struct Catalog {
    profiles: HashMap<ProfileName, Profile>,
    version: Digest,
}

/// What one role sees through one profile.
pub(crate) struct View {
    tools: HashMap<Arc<str>, Arc<Entry>>,
    pages: Arc<Pages>,
}

impl View {
    /// Its lists.
    pub(crate) fn pages(&self) -> &Arc<Pages> {
        &self.pages
    }

    /// Finds a tool by its wire name.
    pub(crate) fn find(&self, name: &str) -> Option<&Arc<Entry>> {
        self.tools.get(name)
    }
}

impl Catalog {
    /// Reads all definitions and prepares everything that calls need of them.
    pub(crate) fn new(toolsets: &[Arc<dyn Toolset>]) -> Result<Self> {
        let mut entries = Vec::new();
        for toolset in toolsets {
            for tool in toolset.tools() {
                entries.push(Arc::new(Entry::new(&**toolset, tool)?));
            }
        }
        entries.sort_by(|a, b| a.definition.name.cmp(&b.definition.name));
        if let Some(pair) = entries
            .windows(2)
            .find(|pair| pair[0].definition.name == pair[1].definition.name)
        {
            let message = format!("two tools are named `{}`", pair[0].definition.name);
            return Err(Error::internal(message));
        }
        let version = version_of(&entries);
        let profiles = profile::builtin(toolsets)
            .into_iter()
            .map(|(info, selected)| {
                let name = info.name.clone();
                (
                    name,
                    Profile::new(info, |role| view(&entries, &selected, role)),
                )
            })
            .collect();
        Ok(Self { profiles, version })
    }

    /// What the profile is, if there is one of that name.
    pub fn profile(&self, name: &ProfileName) -> Option<&ProfileInfo> {
        self.profiles.get(name).map(|profile| &profile.info)
    }

    /// Changes whenever any tool's definition does.
    pub fn version(&self) -> Digest {
        self.version
    }

    /// What the role sees through the profile.
    pub(crate) fn view(&self, profile: &ProfileName, role: Role) -> Result<&View> {
        let found = self.profiles.get(profile).ok_or_else(|| {
            Error::new(
                Code::NotFound,
                format!("there is no profile `{}`", profile.as_str()),
            )
        })?;
        Ok(found.view(role))
    }
}

fn view(entries: &[Arc<Entry>], selected: &[String], role: Role) -> View {
    let seen: Vec<_> = entries
        .iter()
        .filter(|entry| {
            selected.contains(&entry.toolset) && role.allows(&entry.definition.permission)
        })
        .cloned()
        .collect();
    let tools = seen
        .iter()
        .map(|entry| (entry.definition.name.shared(), Arc::clone(entry)))
        .collect();
    View {
        tools,
        pages: Arc::new(Pages::new(seen)),
    }
}

fn version_of(entries: &[Arc<Entry>]) -> Digest {
    let mut hasher = Hasher::new();
    for entry in entries {
        hasher.field(entry.digest.as_bytes());
    }
    hasher.finish()
}

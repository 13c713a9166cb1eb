//! All tools with their digests, and what each profile and role sees of them.
//!
//! Built once at start. A [`View`] joins two decisions that never change between policy versions:
//! what the profile selects and what the role allows. A tool outside the view does not exist for
//! the caller, in lists and in calls alike.

mod entry;
pub(crate) mod mirrored;
mod page;
mod profile;
mod prompt;
pub(crate) mod schema;
mod skills;
mod source;
mod view;

use std::{collections::HashMap, sync::Arc};

use genkan_core::{
    Code, Error, Result, Role, Toolset,
    digest::{Digest, Hasher},
    id::ProfileName,
};

pub(crate) use entry::Entry;
use page::Listed;
pub(crate) use page::{PAGE, Pages, invalid_cursor, list_members};
use profile::Profile;
pub use profile::{Offers, ProfileInfo};
pub(crate) use prompt::PromptEntry;
pub(crate) use skills::SkillSource;
pub(crate) use source::{Source, TemplateEntry, wire_form as resource_form};
pub(crate) use view::View;

/// Every tool of every toolset, in the order of their names.
pub struct Catalog {
    profiles: HashMap<ProfileName, Profile>,
    version: Digest,
}

/// Everything that the toolsets offer, each kind in the order of its names.
pub(crate) struct Offered {
    tools: Vec<Arc<Entry>>,
    prompts: Vec<Arc<PromptEntry>>,
    sources: Vec<Arc<Source>>,
    skills: Vec<Arc<SkillSource>>,
}

impl Catalog {
    /// Reads all definitions and prepares everything that calls need of them.
    pub(crate) fn new(toolsets: &[Arc<dyn Toolset>]) -> Result<Self> {
        let offered = Offered::read(toolsets)?;
        let version = offered.version();
        let profiles = profile::builtin(toolsets)
            .into_iter()
            .map(|(info, selection)| {
                let name = info.name.clone();
                let view = |role| View::new(&offered, &selection, role);
                (name, Profile::new(info, view))
            })
            .collect();
        Ok(Self { profiles, version })
    }

    /// What the profile is, if there is one of that name.
    pub fn profile(&self, name: &ProfileName) -> Option<&ProfileInfo> {
        self.profiles.get(name).map(|profile| &profile.info)
    }

    /// The names of all profiles, in their order.
    pub(crate) fn profile_names(&self) -> Vec<&ProfileName> {
        let mut names: Vec<_> = self.profiles.keys().collect();
        names.sort_by_key(|name| name.as_str());
        names
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

impl Offered {
    fn read(toolsets: &[Arc<dyn Toolset>]) -> Result<Self> {
        let mut offered = Self {
            tools: Vec::new(),
            prompts: Vec::new(),
            sources: Vec::new(),
            skills: Vec::new(),
        };
        for toolset in toolsets {
            for tool in toolset.tools() {
                offered.tools.push(Arc::new(Entry::new(&**toolset, tool)?));
            }
            for prompt in toolset.prompts() {
                let entry = PromptEntry::new(&**toolset, prompt)?;
                offered.prompts.push(Arc::new(entry));
            }
            if let Some(resources) = toolset.resources() {
                let source = Source::new(&**toolset, resources);
                offered.sources.push(Arc::new(source));
            }
            if let Some(skills) = toolset.skills() {
                let source = SkillSource::new(&**toolset, skills);
                offered.skills.push(Arc::new(source));
            }
        }
        sort("tools", &mut offered.tools)?;
        sort("prompts", &mut offered.prompts)?;
        offered.sources.sort_by(|a, b| a.toolset.cmp(&b.toolset));
        offered.skills.sort_by(|a, b| a.toolset.cmp(&b.toolset));
        Ok(offered)
    }

    fn version(&self) -> Digest {
        let mut hasher = Hasher::new();
        let tools = self.tools.iter().map(|entry| entry.digest);
        let prompts = self.prompts.iter().map(|entry| entry.digest);
        for digest in tools.chain(prompts) {
            hasher.field(digest.as_bytes());
        }
        hasher.finish()
    }
}

/// Puts entries in the order of their names, which are unique.
fn sort<T: Listed>(kind: &str, entries: &mut [Arc<T>]) -> Result<()> {
    entries.sort_by(|a, b| a.key().cmp(b.key()));
    let same = entries
        .windows(2)
        .find(|pair| pair[0].key() == pair[1].key());
    match same {
        Some(pair) => Err(Error::internal(format!(
            "two {kind} are named `{}`",
            pair[0].key()
        ))),
        None => Ok(()),
    }
}

//! What one role sees through one profile.

use std::{collections::HashMap, sync::Arc};

use genkan_core::{Permission, Role};

use super::{
    Entry, Offered, Pages, PromptEntry, SkillSource, Source, TemplateEntry, page::Listed,
    profile::Selection,
};

/// What one role sees through one profile. What is not in it does not exist for the caller.
pub(crate) struct View {
    tools: HashMap<Arc<str>, Arc<Entry>>,
    tool_pages: Arc<Pages<Entry>>,
    prompts: HashMap<Arc<str>, Arc<PromptEntry>>,
    prompt_pages: Pages<PromptEntry>,
    templates: Vec<Arc<TemplateEntry>>,
    template_pages: Pages<TemplateEntry>,
    /// In the order of their toolsets' names.
    sources: Vec<Arc<Source>>,
    /// In the order of their toolsets' names.
    skills: Vec<Arc<SkillSource>>,
}

impl View {
    pub(super) fn new(offered: &Offered, selection: &Selection, role: Role) -> Self {
        let sees = |toolset: &String, permission: &Permission| {
            selection.toolsets.contains(toolset) && role.allows(permission)
        };
        let tools = seen(&offered.tools, |entry| {
            sees(&entry.toolset, &entry.definition.permission)
                && (selection.is_full || !entry.is_further)
        });
        let prompts = seen(&offered.prompts, |entry| {
            sees(&entry.toolset, &entry.definition.permission)
        });
        let sources = seen(&offered.sources, |source| {
            sees(&source.toolset, &source.permission)
        });
        let skills = seen(&offered.skills, |source| {
            sees(&source.toolset, &source.permission)
        });
        let templates: Vec<_> = sources.iter().flat_map(TemplateEntry::of).collect();
        Self {
            tools: by_name(&tools),
            tool_pages: Arc::new(Pages::new(tools)),
            prompts: by_name(&prompts),
            prompt_pages: Pages::new(prompts),
            template_pages: Pages::new(templates.clone()),
            templates,
            sources,
            skills,
        }
    }

    /// The names of all tools, in no order.
    pub(crate) fn tool_names(&self) -> impl Iterator<Item = &str> {
        self.tools.keys().map(|name| &**name)
    }

    /// The list of tools.
    pub(crate) fn tool_pages(&self) -> &Arc<Pages<Entry>> {
        &self.tool_pages
    }

    /// The list of prompts.
    pub(crate) fn prompt_pages(&self) -> &Pages<PromptEntry> {
        &self.prompt_pages
    }

    /// The list of templates.
    pub(crate) fn template_pages(&self) -> &Pages<TemplateEntry> {
        &self.template_pages
    }

    /// What can be read.
    pub(crate) fn sources(&self) -> &[Arc<Source>] {
        &self.sources
    }

    /// What offers skills.
    pub(crate) fn skills(&self) -> &[Arc<SkillSource>] {
        &self.skills
    }

    /// Finds in whose skills a URI lies.
    pub(crate) fn skill_source(&self, uri: &str) -> Option<&Arc<SkillSource>> {
        self.skills.iter().find(|source| source.skills.owns(uri))
    }

    /// Finds a tool by its wire name.
    pub(crate) fn tool(&self, name: &str) -> Option<&Arc<Entry>> {
        self.tools.get(name)
    }

    /// Finds a prompt by its wire name.
    pub(crate) fn prompt(&self, name: &str) -> Option<&Arc<PromptEntry>> {
        self.prompts.get(name)
    }

    /// Finds whose a URI is.
    pub(crate) fn source(&self, uri: &str) -> Option<&Arc<Source>> {
        self.sources
            .iter()
            .find(|source| source.resources.owns(uri))
    }

    /// Finds a template by its text.
    pub(crate) fn template(&self, text: &str) -> Option<&Arc<TemplateEntry>> {
        self.templates.iter().find(|entry| entry.key() == text)
    }
}

fn seen<T>(offered: &[Arc<T>], sees: impl Fn(&T) -> bool) -> Vec<Arc<T>> {
    let seen = offered.iter().filter(|one| sees(one));
    seen.cloned().collect()
}

fn by_name<T: Listed>(entries: &[Arc<T>]) -> HashMap<Arc<str>, Arc<T>> {
    entries
        .iter()
        .map(|entry| (entry.key().into(), Arc::clone(entry)))
        .collect()
}

//! Team knowledge for assistants: namespaces, scopes that inherit, entries, and their search.
//!
//! One file per tool, one line per tool in [`KnowledgeToolset::tools`]. The other files hold what
//! several tools share: names, texts, search. Rules live here, statements in the store.

mod cache;
mod candidates;
mod change;
mod complete;
mod conflicts;
mod culprit;
pub mod embed;
mod existing;
mod extent;
mod name;
mod near;
mod observed;
mod parents;
mod profiled;
mod prompts;
mod resources;
mod rewriting;
mod search;
mod semantic;
mod skills;
mod synonyms;
mod task_size;
mod text;
pub mod transfer;
mod watch;
mod write;

mod add_synonyms;
mod create_namespace;
mod create_scope;
mod delete_knowledge;
mod delete_namespace;
mod delete_scope;
mod dismiss_conflict;
mod export;
mod get_history;
mod get_namespaces;
mod get_search_analytics;
mod get_statistics;
mod get_task_context;
mod import;
mod inspect_conflict;
mod list_conflicts;
mod list_synonyms;
mod remove_synonyms;
mod resolve_knowledge_conflict;
mod restore_knowledge;
mod set_search_privacy;
mod undo_conflict;
mod update_knowledge;
mod update_namespace;
mod update_scope;
mod write_knowledge;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use genkan_core::{Prompt, Resources, SharedCache, Skills, Tool, Toolset};
use genkan_store::Store;

use self::{cache::Answers, embed::Embedder};
use crate::typed::tool;

/// How the toolset is set.
#[derive(Clone)]
pub struct Options {
    /// Whether answers of searches are kept as long as they hold.
    pub cache: bool,
    /// Where other instances find them too, if there are any.
    pub shared: Option<Arc<dyn SharedCache>>,
    /// Finds by nearness beside words, if there is one. Somebody must keep it [reading](embed::Reading).
    pub embedder: Option<Arc<dyn Embedder>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cache: true,
            shared: None,
            embedder: None,
        }
    }
}

/// The toolset `knowledge`.
pub struct KnowledgeToolset {
    store: Store,
    answers: Answers,
    embedder: Option<Arc<dyn Embedder>>,
}

impl KnowledgeToolset {
    /// The toolset over this store.
    pub fn new(store: Store, options: Options) -> Self {
        Self {
            store,
            answers: Answers::new(&options),
            embedder: options.embedder,
        }
    }
}

impl Toolset for KnowledgeToolset {
    fn name(&self) -> &'static str {
        "knowledge"
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        let store = &self.store;
        vec![
            tool(get_namespaces::GetNamespaces(store.clone())),
            tool(create_namespace::CreateNamespace(store.clone())),
            tool(update_namespace::UpdateNamespace(store.clone())),
            tool(delete_namespace::DeleteNamespace(store.clone())),
            tool(create_scope::CreateScope(store.clone())),
            tool(update_scope::UpdateScope(store.clone())),
            tool(delete_scope::DeleteScope(store.clone())),
            tool(write_knowledge::WriteKnowledge(store.clone())),
            tool(update_knowledge::UpdateKnowledge(store.clone())),
            tool(delete_knowledge::DeleteKnowledge(store.clone())),
            tool(resolve_knowledge_conflict::ResolveKnowledgeConflict(
                store.clone(),
            )),
            tool(get_task_context::GetTaskContext {
                store: store.clone(),
                answers: self.answers.clone(),
                embedder: self.embedder.clone(),
            }),
            tool(get_history::GetHistory(store.clone())),
            tool(restore_knowledge::RestoreKnowledge(store.clone())),
            tool(import::Import(store.clone())),
            tool(export::Export(store.clone())),
            tool(list_conflicts::ListConflicts(store.clone())),
            tool(inspect_conflict::InspectConflict(store.clone())),
            tool(dismiss_conflict::DismissConflict(store.clone())),
            tool(undo_conflict::UndoConflict(store.clone())),
            tool(list_synonyms::ListSynonyms(store.clone())),
            tool(add_synonyms::AddSynonyms(store.clone())),
            tool(remove_synonyms::RemoveSynonyms(store.clone())),
            tool(get_statistics::GetStatistics(store.clone())),
            tool(get_search_analytics::GetSearchAnalytics(store.clone())),
            tool(set_search_privacy::SetSearchPrivacy(store.clone())),
        ]
    }

    fn prompts(&self) -> Vec<Arc<dyn Prompt>> {
        prompts::all(&self.store)
    }

    fn resources(&self) -> Option<Arc<dyn Resources>> {
        Some(Arc::new(resources::KnowledgeResources(self.store.clone())))
    }

    fn forget_oldest(&self) {
        self.answers.forget_oldest();
    }

    fn skills(&self) -> Option<Arc<dyn Skills>> {
        Some(Arc::new(skills::KnowledgeSkills(self.store.clone())))
    }
}

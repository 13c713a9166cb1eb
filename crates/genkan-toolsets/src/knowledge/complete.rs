//! What may come next in an argument of a prompt, or in a variable of a URI template.

use genkan_core::{
    Result,
    completion::{Argument, Completion},
};
use genkan_store::{TenantTx, knowledge::Scope};
use serde_json::Value;

use super::{name::ScopeName, task_size::TaskSize};

/// How many ids are offered.
const IDS: i64 = 100;

/// A variable of a URI template: `namespace`, `scope` or `id`.
pub(super) async fn variable(tx: &mut TenantTx, argument: &Argument) -> Result<Completion> {
    let set = |name: &str| argument.context.get(name).and_then(Value::as_str);
    let typed = argument.value.as_str();
    match argument.name.as_str() {
        "namespace" => {
            let namespaces = tx.knowledge_namespaces().await?;
            let names = namespaces.iter().map(|one| one.name.as_str());
            Ok(Completion::among(names, typed))
        }
        "scope" => {
            let scopes = tx.knowledge_scopes().await?;
            let within = |scope: &&Scope| set("namespace").is_none_or(|one| one == scope.namespace);
            let mut names: Vec<&str> = scopes
                .iter()
                .filter(within)
                .map(|one| one.name.as_str())
                .collect();
            names.sort_unstable();
            names.dedup();
            Ok(Completion::among(names, typed))
        }
        "id" => {
            let name = set("namespace").zip(set("scope"));
            let name = name.map(|(namespace, scope)| format!("{namespace}:{scope}"));
            let Some(Ok(name)) = name.map(|name| ScopeName::parse("scope", &name)) else {
                return Ok(Completion::default());
            };
            ids(tx, &name, typed).await
        }
        _ => Ok(Completion::default()),
    }
}

/// An argument of a prompt: a complete scope name, or a size of tasks. Others are free text.
pub(super) async fn of_prompt(tx: &mut TenantTx, argument: &Argument) -> Result<Completion> {
    match argument.name.as_str() {
        "scope" => {
            let scopes = tx.knowledge_scopes().await?;
            let mut names: Vec<String> = scopes.iter().map(Scope::full_name).collect();
            names.sort_unstable();
            let names = names.iter().map(String::as_str);
            Ok(Completion::among(names, &argument.value))
        }
        "task_size" => {
            let words = TaskSize::ALL.map(TaskSize::as_str);
            Ok(Completion::among(words, &argument.value))
        }
        _ => Ok(Completion::default()),
    }
}

async fn ids(tx: &mut TenantTx, scope: &ScopeName, typed: &str) -> Result<Completion> {
    let found = tx
        .knowledge_find_scope(&scope.namespace, &scope.scope)
        .await?;
    let entries = match &found {
        Some(scope) => tx.knowledge_newest_of(&scope.id, IDS).await?,
        None => Vec::new(),
    };
    let ids = entries.iter().map(|entry| entry.id.as_str());
    Ok(Completion {
        // There may be more than were looked at.
        total: None,
        ..Completion::among(ids, typed)
    })
}

//! Finds what an argument names, or says what is not there and what may have been meant.

use genkan_core::{Code, Error, Result};
use genkan_store::{
    TenantTx,
    knowledge::{Entry, Namespace, Scope},
};

use super::{
    culprit::quoted,
    name::{NamespaceName, ScopeName},
    near::near,
};

/// The namespace of this name.
pub(crate) async fn namespace(
    tx: &mut TenantTx,
    argument: &str,
    name: &NamespaceName,
) -> Result<Namespace> {
    if let Some(namespace) = tx.knowledge_find_namespace(name.as_str()).await? {
        return Ok(namespace);
    }
    Err(no_namespace(tx, argument, name.as_str()).await?)
}

/// The scope of this name.
pub(crate) async fn scope(tx: &mut TenantTx, argument: &str, name: &ScopeName) -> Result<Scope> {
    if let Some(scope) = tx
        .knowledge_find_scope(&name.namespace, &name.scope)
        .await?
    {
        return Ok(scope);
    }
    Err(no_scope(tx, argument, name).await?)
}

/// The entry of this id.
pub(crate) async fn entry(tx: &mut TenantTx, argument: &str, id: &str) -> Result<Entry> {
    // Nothing else is an id, and PostgreSQL would choke on some of it.
    let found = match id.len() <= 64 && id.bytes().all(|b| b.is_ascii_graphic()) {
        true => tx.knowledge_find_entry(id).await?,
        false => None,
    };
    found.ok_or_else(|| {
        Error::new(
            Code::NoSuchItem,
            format!("`{argument}`: there is no knowledge entry {}", quoted(id)),
        )
        .hint("Find its id with `knowledge_get_task_context`; it may have been deleted.")
    })
}

/// The error for a namespace that is not there.
pub(crate) async fn no_namespace(tx: &mut TenantTx, argument: &str, name: &str) -> Result<Error> {
    let namespaces = tx.knowledge_namespaces().await?;
    let near = near(
        name,
        namespaces.iter().map(|namespace| namespace.name.as_str()),
    );
    Ok(Error::new(
        Code::NoSuchItem,
        format!("`{argument}`: there is no namespace {}", quoted(name)),
    )
    .hint(hint(&near, "create it with `knowledge_create_namespace`")))
}

/// The error for a scope that is not there.
pub(crate) async fn no_scope(tx: &mut TenantTx, argument: &str, name: &ScopeName) -> Result<Error> {
    let name = name.to_string();
    let names: Vec<String> = tx
        .knowledge_scopes()
        .await?
        .iter()
        .map(Scope::full_name)
        .collect();
    let near = near(&name, names.iter().map(String::as_str));
    Ok(Error::new(
        Code::NoSuchItem,
        format!("`{argument}`: there is no scope {}", quoted(&name)),
    )
    .hint(hint(&near, "create it with `knowledge_create_scope`")))
}

fn hint(near: &[&str], create: &str) -> String {
    let list = "see what exists with `knowledge_get_namespaces`";
    if near.is_empty() {
        return format!("Either {list} (style `long`), or {create}.");
    }
    let near: Vec<String> = near.iter().map(|name| quoted(name)).collect();
    format!(
        "Did you mean {}? Else {list} (style `long`), or {create}.",
        near.join(" or ")
    )
}

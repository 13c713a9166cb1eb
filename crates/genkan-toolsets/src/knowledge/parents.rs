//! The parents of a scope: found, and checked for cycles.

use genkan_core::{Code, Error, Result};
use genkan_store::{TenantTx, knowledge::Scope};

use super::{existing, name::ScopeName};

/// The most parents that one scope may have.
const PARENTS: usize = 20;

/// Reads the names of parents.
pub(crate) fn parse(parents: &[String]) -> Result<Vec<ScopeName>> {
    if parents.len() > PARENTS {
        let message = format!(
            "`parents` has {} scopes; at most {PARENTS} are allowed",
            parents.len()
        );
        return Err(Error::new(Code::InvalidArguments, message));
    }
    let parse =
        |(place, name): (usize, &String)| ScopeName::parse(&format!("parents[{place}]"), name);
    parents.iter().enumerate().map(parse).collect()
}

/// Replaces the parents of a scope, unless that closed a circle.
pub(crate) async fn set(
    tx: &mut TenantTx,
    id: &str,
    name: &ScopeName,
    parents: &[ScopeName],
) -> Result<()> {
    let mut ids = Vec::with_capacity(parents.len());
    for (place, parent) in parents.iter().enumerate() {
        let argument = format!("parents[{place}]");
        let found = existing::scope(tx, &argument, parent).await?;
        refuse_cycle(tx, &argument, id, name, &found).await?;
        ids.push(found.id);
    }
    tx.knowledge_set_parents(id, &ids).await
}

async fn refuse_cycle(
    tx: &mut TenantTx,
    argument: &str,
    id: &str,
    name: &ScopeName,
    parent: &Scope,
) -> Result<()> {
    let parent_name = parent.full_name();
    if parent.id == id {
        let message = format!("`{argument}`: the scope `{name}` cannot inherit from itself");
        return Err(Error::new(Code::Cycle, message));
    }
    if tx.knowledge_ancestors(&parent.id).await?.contains_key(id) {
        let message = format!("`{argument}`: `{parent_name}` inherits from `{name}` already");
        return Err(Error::new(Code::Cycle, message).hint(format!(
            "Remove `{name}` from what `{parent_name}` inherits first, or leave this parent out."
        )));
    }
    Ok(())
}

/// The complete names of a scope's parents.
pub(crate) async fn names(tx: &mut TenantTx, id: &str) -> Result<Vec<String>> {
    Ok(tx
        .knowledge_parents_of(id)
        .await?
        .iter()
        .map(Scope::full_name)
        .collect())
}

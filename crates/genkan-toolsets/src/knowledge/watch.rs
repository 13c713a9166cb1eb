//! Tells clients who watch what a write changed: the entry, its scope, and every scope that inherits
//! from it; and nobody else.
//!
//! What is to be told is found out only while somebody listens, from how things were before the
//! write and how they are after it. Failing to find out does no harm to the write, which is done by
//! then: listeners then learn that the list of resources changed.

use std::collections::{BTreeSet, HashMap};

use genkan_core::{CallContext, Change, Result};
use genkan_store::{
    Store,
    knowledge::{Scope, ScopeParent, Touched},
};
use tracing::warn;

use super::{
    name::{DEFAULT, GLOBAL},
    resources::address,
};

/// Every scope as it was before a write, if anybody listens.
pub(super) struct Before(Option<Tree>);

/// Notes how things are.
pub(super) async fn before(store: &Store, ctx: &CallContext) -> Before {
    match ctx.is_heard() {
        // Boxed here and below, since it is rare, and would make every write's future larger.
        true => Before(Box::pin(Tree::read(store, ctx)).await.ok()),
        false => Before(None),
    }
}

/// Tells what was touched. Only after it is committed.
pub(super) async fn tell(store: &Store, ctx: &CallContext, before: Before, touched: &[Touched]) {
    if touched.is_empty() || !ctx.is_heard() {
        return;
    }
    let mut uris = BTreeSet::new();
    let mut is_listed = false;
    match Box::pin(Tree::read(store, ctx)).await {
        Ok(after) => {
            for tree in before.0.iter().chain([&after]) {
                for one in touched {
                    uris.extend(tree.uris(one));
                }
            }
        }
        Err(error) => {
            warn!(%error, "cannot find out who watches what was written");
            is_listed = true;
        }
    }
    is_listed |= touched
        .iter()
        .any(|one| !matches!(one, Touched::Entry { .. }));
    let mut changes: Vec<_> = uris
        .into_iter()
        .map(|uri| Change::Resource(uri.into()))
        .collect();
    if is_listed {
        changes.push(Change::Resources);
    }
    ctx.announce_all(changes);
}

/// Every scope, and which inherit from which.
struct Tree {
    scopes: Vec<Scope>,
    /// Who inherits by people's choice, by the id of the parent.
    children: HashMap<String, Vec<String>>,
}

impl Tree {
    async fn read(store: &Store, ctx: &CallContext) -> Result<Self> {
        let mut tx = store.read(ctx.tenant()).await?;
        let mut children: HashMap<String, Vec<String>> = HashMap::new();
        for ScopeParent { scope, parent } in tx.knowledge_scope_parents().await? {
            children.entry(parent).or_default().push(scope);
        }
        Ok(Self {
            scopes: tx.knowledge_scopes().await?,
            children,
        })
    }

    /// The URIs of everything that shows what was touched.
    fn uris(&self, touched: &Touched) -> Vec<String> {
        match touched {
            Touched::Entry { scope, id } | Touched::Listed { scope, id } => {
                let Some(scope) = self.scopes.iter().find(|one| one.id == *scope) else {
                    return Vec::new();
                };
                let mut uris = self.dependants(&[scope]);
                uris.push(address::of_entry(&scope.full_name(), id));
                uris
            }
            Touched::Scope { id } => self.dependants(&self.scopes_where(|one| one.id == *id)),
            Touched::Namespace { id } => {
                self.dependants(&self.scopes_where(|one| one.namespace_id == *id))
            }
        }
    }

    fn scopes_where(&self, is_one: impl Fn(&Scope) -> bool) -> Vec<&Scope> {
        self.scopes.iter().filter(|one| is_one(one)).collect()
    }

    /// The URIs of these scopes and of all in whose line one of them is.
    fn dependants(&self, scopes: &[&Scope]) -> Vec<String> {
        let inherits = |one: &&Scope| {
            scopes.iter().any(|scope| {
                let is_default = scope.name == DEFAULT;
                let is_near = one.namespace_id == scope.namespace_id || scope.namespace == GLOBAL;
                one.id == scope.id || (is_default && is_near)
            })
        };
        let mut open: Vec<&str> = self
            .scopes
            .iter()
            .filter(inherits)
            .map(|one| one.id.as_str())
            .collect();
        let mut reached: BTreeSet<&str> = open.iter().copied().collect();
        while let Some(id) = open.pop() {
            for child in self.children.get(id).into_iter().flatten() {
                if reached.insert(child) {
                    open.push(child);
                }
            }
        }
        self.scopes
            .iter()
            .filter(|one| reached.contains(one.id.as_str()))
            .map(|one| address::of_scope(&one.full_name()))
            .collect()
    }
}

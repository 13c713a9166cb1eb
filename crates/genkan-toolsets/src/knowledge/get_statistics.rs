//! `knowledge_get_statistics`: how much is known where, and how much of it is new.

use std::collections::BTreeMap;

use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, Timestamp, permission::Action, toolset::Effect};
use genkan_store::{Store, TenantTx, knowledge::ScopeSize};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::extent::Asked;
use crate::typed::{About, TypedTool};

/// How many scopes are shown one by one, those with the most entries.
const SHOWN: usize = 200;

/// Shows statistics.
pub(super) struct GetStatistics(pub(super) Store);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    #[serde(default)]
    #[schemars(with = "String")]
    namespace: Option<String>,
    /// namespace:scope
    #[serde(default)]
    #[schemars(with = "String")]
    scope: Option<String>,
    /// How far `written` and `changed` look back; 30 if absent
    #[serde(default)]
    #[schemars(with = "u32")]
    days: Option<u32>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    pub(super) days: u32,
    pub(super) total: Size,
    pub(super) namespaces: BTreeMap<String, Size>,
    /// The 200 with the most entries
    pub(super) scopes: BTreeMap<String, Size>,
}

// How much is known. It is no description, since the schema has it three times.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub(super) struct Size {
    pub(super) entries: i64,
    pub(super) suppressed: i64,
    pub(super) size_bytes: i64,
    pub(super) written: i64,
    pub(super) changed: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub(super) last_change: Option<String>,
}

#[async_trait]
impl TypedTool for GetStatistics {
    const ABOUT: About = About {
        name: "knowledge_get_statistics",
        title: "Show knowledge statistics",
        description: "Shows how many entries there are and how large they are, per namespace and scope, and how many were written and changed lately.",
        effect: Effect::ReadOnly,
        idempotent: true,
        asks: false,
        permission: ("knowledge", Action::Read),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let (namespace, scope) = (arguments.namespace.as_deref(), arguments.scope.as_deref());
        let asked = Asked::read(namespace, scope, arguments.days)?;
        let mut tx = self.0.read(ctx.tenant()).await?;
        Ok(measure(&mut tx, &asked, ctx.clock.now()).await?)
    }
}

/// Measures what is asked about.
pub(super) async fn measure(tx: &mut TenantTx, asked: &Asked, now: Timestamp) -> Result<Answer> {
    let scopes = asked.scopes(tx).await?;
    let sizes = tx.knowledge_scope_sizes(asked.since(now)).await?;
    let mut sizes: BTreeMap<String, ScopeSize> = sizes
        .into_iter()
        .map(|size| (size.scope.clone(), size))
        .collect();
    let (mut total, mut namespaces) = (Size::default(), BTreeMap::<String, Size>::new());
    let mut named = Vec::new();
    for (id, name) in scopes.each() {
        let size = sizes.remove(id).map(Size::from).unwrap_or_default();
        let namespace = name.split(':').next().unwrap_or(name);
        namespaces
            .entry(namespace.to_owned())
            .or_default()
            .add(&size);
        total.add(&size);
        named.push((name.to_owned(), size));
    }
    named.sort_by(|(a, of_a), (b, of_b)| of_b.entries.cmp(&of_a.entries).then_with(|| a.cmp(b)));
    named.truncate(SHOWN);
    Ok(Answer {
        days: asked.days,
        total,
        namespaces,
        scopes: named.into_iter().collect(),
    })
}

impl Size {
    fn add(&mut self, other: &Self) {
        self.entries += other.entries;
        self.suppressed += other.suppressed;
        self.size_bytes += other.size_bytes;
        self.written += other.written;
        self.changed += other.changed;
        // The form of times sorts as they do.
        self.last_change = self.last_change.take().max(other.last_change.clone());
    }
}

impl From<ScopeSize> for Size {
    fn from(stored: ScopeSize) -> Self {
        Self {
            entries: stored.entries,
            suppressed: stored.suppressed,
            size_bytes: stored.size_bytes,
            written: stored.written,
            changed: stored.changed,
            last_change: Some(Timestamp::from_millis(stored.updated).to_string()),
        }
    }
}

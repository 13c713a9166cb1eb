//! `knowledge_get_namespaces`: what there is to search in and to write to.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use genkan_store::{
    Store, TenantTx,
    knowledge::{Namespace, Scope},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{existing, name::NamespaceName};
use crate::typed::{About, TypedTool};

/// Lists namespaces and their scopes.
pub(super) struct GetNamespaces(pub(super) Store);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// Only this namespace
    #[serde(default)]
    #[schemars(with = "String")]
    namespace: Option<String>,
    /// short: descriptions; long: and scopes; details: and their parents
    #[serde(default)]
    style: Style,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Style {
    #[default]
    Short,
    Long,
    Details,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    namespaces: BTreeMap<String, ShownNamespace>,
}

#[derive(Serialize, JsonSchema)]
struct ShownNamespace {
    description: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "BTreeMap<String, ShownScope>")]
    scopes: Option<BTreeMap<String, ShownScope>>,
}

#[derive(Serialize, JsonSchema)]
struct ShownScope {
    description: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<String>")]
    parents: Option<Vec<String>>,
}

#[async_trait]
impl TypedTool for GetNamespaces {
    const ABOUT: About = About {
        name: "knowledge_get_namespaces",
        title: "List knowledge namespaces",
        description: "Lists the namespaces of team knowledge, and with style `long` or `details` their scopes \
                      as `namespace:scope`. Call it before choosing a scope.",
        effect: Effect::ReadOnly,
        idempotent: true,
        asks: false,
        permission: ("knowledge", Action::Read),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let only = arguments
            .namespace
            .map(|name| NamespaceName::parse("namespace", &name))
            .transpose()?;
        let mut tx = self.0.read(ctx.tenant()).await?;
        let namespaces = chosen(&mut tx, only.as_ref()).await?;
        let mut shown = show_namespaces(&namespaces);
        if arguments.style != Style::Short {
            add_scopes(&mut tx, &mut shown, arguments.style).await?;
        }
        Ok(Answer { namespaces: shown })
    }
}

async fn chosen(tx: &mut TenantTx, only: Option<&NamespaceName>) -> Result<Vec<Namespace>> {
    let all = tx.knowledge_namespaces().await?;
    let Some(name) = only else { return Ok(all) };
    match all
        .into_iter()
        .find(|namespace| namespace.name == name.as_str())
    {
        Some(namespace) => Ok(vec![namespace]),
        None => Err(existing::no_namespace(tx, "namespace", name.as_str()).await?),
    }
}

fn show_namespaces(namespaces: &[Namespace]) -> BTreeMap<String, ShownNamespace> {
    let show = |namespace: &Namespace| {
        let shown = ShownNamespace {
            description: namespace.description.clone(),
            scopes: None,
        };
        (namespace.name.clone(), shown)
    };
    namespaces.iter().map(show).collect()
}

async fn add_scopes(
    tx: &mut TenantTx,
    shown: &mut BTreeMap<String, ShownNamespace>,
    style: Style,
) -> Result<()> {
    let scopes = tx.knowledge_scopes().await?;
    let mut parents = match style {
        Style::Details => parents(tx, &scopes).await?,
        Style::Short | Style::Long => HashMap::new(),
    };
    for scope in scopes {
        let Some(namespace) = shown.get_mut(&scope.namespace) else {
            continue;
        };
        let name = scope.full_name();
        let parents =
            (style == Style::Details).then(|| parents.remove(&scope.id).unwrap_or_default());
        let shown = ShownScope {
            description: scope.description,
            parents,
        };
        namespace.scopes.get_or_insert_default().insert(name, shown);
    }
    Ok(())
}

/// The complete names of the parents that people gave, by the id of the scope.
async fn parents(tx: &mut TenantTx, scopes: &[Scope]) -> Result<HashMap<String, Vec<String>>> {
    let names: HashMap<&str, String> = scopes
        .iter()
        .map(|scope| (scope.id.as_str(), scope.full_name()))
        .collect();
    let mut parents: HashMap<String, Vec<String>> = HashMap::new();
    for edge in tx.knowledge_scope_parents().await? {
        if let Some(parent) = names.get(edge.parent.as_str()) {
            parents.entry(edge.scope).or_default().push(parent.clone());
        }
    }
    parents.values_mut().for_each(|names| names.sort_unstable());
    Ok(parents)
}

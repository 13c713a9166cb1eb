//! `knowledge_get_task_context`: what the team knows about a task, most relevant first.

use std::{borrow::Cow, collections::HashMap};

use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use genkan_store::{Store, TenantTx};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap};

use super::{
    candidates::{self, MOST, Request},
    existing,
    name::ScopeName,
    search::Query,
    task_size::TaskSize,
    text::{self, CONTENT_CHARACTERS, Words},
};
use crate::typed::{About, TypedTool};

/// The most entries that are returned.
const RETURNED: usize = 50;

/// Finds knowledge for a task.
pub(super) struct GetTaskContext(pub(super) Store);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// 1-15 focused queries of 1-10 keywords each
    queries: Vec<Words>,
    /// namespace:scope
    scope: String,
    /// Leaves out entries for smaller tasks
    #[serde(default)]
    #[schemars(with = "TaskSize")]
    task_size: Option<TaskSize>,
}

/// `{scope: {id: content}}` and the ranking, both most relevant first. No scope is named `ranking`,
/// since their names have a colon.
#[derive(Default)]
pub(super) struct Answer {
    scopes: Vec<(String, Entries)>,
    ranking: Vec<Place>,
}

#[derive(Default)]
struct Entries(Vec<(String, String)>);

#[derive(Serialize, JsonSchema)]
struct Place {
    id: String,
    scope: String,
    score: f64,
}

#[async_trait]
impl TypedTool for GetTaskContext {
    const ABOUT: About = About {
        name: "knowledge_get_task_context",
        title: "Find knowledge for a task",
        description: "Finds what the team knows, in a scope and all it inherits from. Call it before every \
                      task with several focused queries. Returns {scope: {id: content}} and a ranking, most \
                      relevant first.",
        effect: Effect::ReadOnly,
        idempotent: true,
        asks: false,
        permission: ("knowledge", Action::Read),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let scope = ScopeName::parse("scope", &arguments.scope)?;
        let queries: Vec<Query> = text::queries("queries", &arguments.queries)?
            .iter()
            .map(|query| Query::of(query))
            .filter(|query| !query.is_empty())
            .collect();
        let mut tx = self.0.read(ctx.tenant()).await?;
        let answer = find(&mut tx, &scope, &queries, arguments.task_size).await?;
        Ok(answer)
    }
}

async fn find(
    tx: &mut TenantTx,
    name: &ScopeName,
    queries: &[Query],
    task_size: Option<TaskSize>,
) -> Result<Answer> {
    let scope = match tx
        .knowledge_find_scope(&name.namespace, &name.scope)
        .await?
    {
        Some(scope) => scope,
        // Nothing was ever written here.
        None if name.is_global_default() => return Ok(Answer::default()),
        None => return Err(existing::no_scope(tx, "scope", name).await?),
    };
    if queries.is_empty() {
        return Ok(Answer::default());
    }
    let line = tx.knowledge_line(&scope).await?;
    let found = candidates::search(
        tx,
        &Request {
            line: &line,
            queries,
            task_size,
            most: MOST,
        },
    )
    .await?;
    let best = &found.ranked[..found.ranked.len().min(RETURNED)];
    let ids: Vec<&str> = best.iter().map(|ranked| ranked.id.as_str()).collect();
    let contents = match ids.is_empty() {
        true => Vec::new(),
        false => {
            tx.knowledge_contents(&ids, i64::try_from(CONTENT_CHARACTERS).unwrap_or(i64::MAX))
                .await?
        }
    };
    let mut contents: HashMap<String, String> =
        contents.into_iter().map(|c| (c.id, c.content)).collect();
    let mut answer = Answer::default();
    for ranked in best {
        let Some((_, scope)) = found.candidates.get(&ranked.id) else {
            continue;
        };
        answer.add(
            scope,
            ranked.id.clone(),
            contents.remove(&ranked.id).unwrap_or_default(),
            ranked.score,
        );
    }
    Ok(answer)
}

impl Answer {
    fn add(&mut self, scope: &str, id: String, content: String, score: f64) {
        // Four digits are enough to compare by; the order itself is exact.
        let score = (score * 10_000.0).round() / 10_000.0;
        self.ranking.push(Place {
            id: id.clone(),
            scope: scope.to_owned(),
            score,
        });
        let place = self
            .scopes
            .iter()
            .position(|(name, _)| name == scope)
            .unwrap_or_else(|| {
                self.scopes.push((scope.to_owned(), Entries::default()));
                self.scopes.len() - 1
            });
        self.scopes[place].1.0.push((id, content));
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.scopes.len() + 1))?;
        for (scope, entries) in &self.scopes {
            map.serialize_entry(scope, entries)?;
        }
        map.serialize_entry("ranking", &self.ranking)?;
        map.end()
    }
}

impl Serialize for Entries {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(id, content)| (id, content)))
    }
}

impl JsonSchema for Answer {
    fn schema_name() -> Cow<'static, str> {
        "Answer".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "properties": {"ranking": generator.subschema_for::<Vec<Place>>()},
            "required": ["ranking"],
            "additionalProperties": {"type": "object", "additionalProperties": {"type": "string"}},
        })
    }
}

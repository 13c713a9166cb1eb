//! `knowledge_get_task_context`: what the team knows about a task, most relevant first.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect, trace::TARGET};
use genkan_store::{Store, TenantTx, knowledge::Scope};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap};
use tracing::trace_span;

use super::{
    cache::{Answers, Kept, Key},
    candidates::{self, Found, MOST, Request},
    embed::Embedder,
    existing,
    name::ScopeName,
    observed::Observed,
    rewriting::{self, Rewritten},
    search::{
        Query,
        rank::{self, Candidate, Ranked, Ranking},
    },
    semantic::{self, Near, Wish},
    task_size::TaskSize,
    text::{self, CONTENT_CHARACTERS, Words},
};
use crate::typed::{About, TypedTool};

/// The most entries that are returned.
const RETURNED: usize = 50;

/// Finds knowledge for a task.
pub(super) struct GetTaskContext {
    pub(super) store: Store,
    pub(super) answers: Answers,
    /// Finds what is near beside what has the words, if there is one.
    pub(super) embedder: Option<Arc<dyn Embedder>>,
}

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

/// Entries by their scopes and the ranking, both most relevant first.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Answer {
    scopes: Vec<(String, Vec<(String, String)>)>,
    ranking: Vec<Place>,
    /// What was looked for beside the words of the queries.
    rewritten: Rewritten,
}

/// An answer as clients read it: `{scope: {id: content}}`, the ranking, and what was rewritten if
/// anything was. No scope is named `ranking` or `rewritten`, since their names have a colon.
#[derive(Default)]
pub(super) struct Shown(Arc<Answer>);

#[derive(Serialize, Deserialize, JsonSchema)]
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
    const IS_HEAVY: bool = true;
    type Arguments = Arguments;
    type Answer = Shown;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Shown, Stop> {
        let begun = ctx.clock.monotonic();
        let name = ScopeName::parse("scope", &arguments.scope)?;
        let queries = text::queries("queries", &arguments.queries)?;
        let mut tx = self.store.read(ctx.tenant()).await?;
        let Some(scope) = find_scope(&mut tx, &name).await? else {
            return Ok(Shown::default());
        };
        if queries.is_empty() {
            return Ok(Shown::default());
        }
        let key = Key {
            tenant: ctx.tenant().clone(),
            line: tx.knowledge_line(&scope).await?,
            queries,
            task_size: arguments.task_size,
        };
        let kept = match self.answers.find(&key, &*ctx.clock).await {
            Some(kept) => kept,
            None => {
                let embedder = self.embedder.as_deref();
                let Some((answer, observed)) = find(&mut tx, &key, embedder).await? else {
                    return Ok(Shown::default());
                };
                // Others may have the reader while this one is kept.
                drop(tx);
                let kept = Kept::new(answer, observed, ctx.clock.now());
                self.answers.keep(key, &kept).await;
                kept
            }
        };
        let search = kept.observed.search(ctx, scope.id, begun);
        self.store.note_search(ctx.tenant(), search);
        Ok(Shown(kept.answer))
    }
}

/// The scope of this name; `None` where nothing was ever written.
async fn find_scope(tx: &mut TenantTx, name: &ScopeName) -> Result<Option<Scope>> {
    match tx
        .knowledge_find_scope(&name.namespace, &name.scope)
        .await?
    {
        None if !name.is_global_default() => Err(existing::no_scope(tx, "scope", name).await?),
        found => Ok(found),
    }
}

/// Searches for what the key asks; `None` where the queries hold no word.
async fn find(
    tx: &mut TenantTx,
    key: &Key,
    embedder: Option<&dyn Embedder>,
) -> Result<Option<(Answer, Observed)>> {
    let queries = {
        let _span = trace_span!(target: TARGET, "parse");
        rewriting::read(tx, &key.queries).await?
    };
    if queries.is_empty() {
        return Ok(None);
    }
    let request = Request {
        line: &key.line,
        queries: &queries,
        task_size: key.task_size,
        most: MOST,
    };
    let found = candidates::search(tx, &request).await?;
    let wish = Wish {
        line: &key.line,
        queries: &key.queries,
        task_size: key.task_size,
    };
    let near = match embedder {
        Some(embedder) => semantic::nearest(tx, embedder, &wish).await?,
        None => Vec::new(),
    };
    answer(tx, found, &near, &queries).await.map(Some)
}

/// The texts of entries, by id: the context and the content.
type Texts = HashMap<String, (String, String)>;

/// Reads the best entries, puts them into their last order and hands them out.
async fn answer(
    tx: &mut TenantTx,
    mut found: Found,
    near: &[Near],
    queries: &[Query],
) -> Result<(Answer, Observed)> {
    let mut answer = Answer {
        rewritten: rewriting::shown(queries, &found.corpus),
        ..Answer::default()
    };
    let mut best = std::mem::take(&mut found.ranked);
    best.truncate(RETURNED);
    let mut texts = Texts::new();
    read(tx, &best, &mut texts).await?;
    let mut observed = rank_with_texts(&mut best, &found, &texts, queries);
    if !near.is_empty() {
        best = semantic::fused(best, near);
        best.truncate(RETURNED);
        read(tx, &best, &mut texts).await?;
        observed.also_found(best.iter().map(|ranked| ranked.id.as_str()));
    }
    for ranked in best {
        let nearby = || near.iter().find(|(near, _)| near.id == ranked.id);
        let candidate = found.candidates.get(&ranked.id).map(|(_, scope)| scope);
        let Some(scope) = candidate.or_else(|| nearby().map(|(_, scope)| scope)) else {
            continue;
        };
        let (_, content) = texts.remove(&ranked.id).unwrap_or_default();
        answer.add(scope, ranked.id, content, ranked.score);
    }
    Ok((answer, observed))
}

/// Reads those texts that have not been read.
async fn read(tx: &mut TenantTx, entries: &[Ranked], texts: &mut Texts) -> Result<()> {
    let ids = entries.iter().map(|ranked| ranked.id.as_str());
    let missing: Vec<&str> = ids.filter(|id| !texts.contains_key(*id)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let most = i64::try_from(CONTENT_CHARACTERS).unwrap_or(i64::MAX);
    let read = tx.knowledge_contents(&missing, most).await?;
    texts.extend(
        read.into_iter()
            .map(|text| (text.id, (text.context, text.content))),
    );
    Ok(())
}

/// Ranks the best once more, by their texts too, and notes what was found.
fn rank_with_texts(
    best: &mut [Ranked],
    found: &Found,
    texts: &Texts,
    queries: &[Query],
) -> Observed {
    let _span = trace_span!(target: TARGET, "rank");
    let ranking = Ranking::new(queries, &found.corpus);
    for ranked in best.iter_mut() {
        if let (Some((candidate, _)), Some((context, content))) =
            (found.candidates.get(&ranked.id), texts.get(&ranked.id))
        {
            ranked.score = ranking.score_with_text(candidate, [context, content]);
        }
    }
    best.sort_unstable_by(rank::order);
    let known = best
        .iter()
        .filter_map(|ranked| found.candidates.get(&ranked.id));
    let known: Vec<&Candidate> = known.map(|(candidate, _)| candidate).collect();
    Observed::of(queries, &ranking, &known)
}

impl Answer {
    /// How many bytes it has in memory, about.
    pub(super) fn size(&self) -> usize {
        let entries = self.scopes.iter().flat_map(|(_, entries)| entries);
        let contents: usize = entries
            .map(|(id, content)| 96 + id.len() + content.len())
            .sum();
        // What is noted of the search holds the ids again.
        contents + self.ranking.len() * 240 + 512
    }

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
                self.scopes.push((scope.to_owned(), Vec::new()));
                self.scopes.len() - 1
            });
        self.scopes[place].1.push((id, content));
    }
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let answer = &*self.0;
        let mut map = serializer.serialize_map(None)?;
        for (scope, entries) in &answer.scopes {
            map.serialize_entry(scope, &Entries(entries))?;
        }
        map.serialize_entry("ranking", &answer.ranking)?;
        if !answer.rewritten.is_empty() {
            map.serialize_entry("rewritten", &answer.rewritten)?;
        }
        map.end()
    }
}

/// `{id: content}`.
struct Entries<'a>(&'a [(String, String)]);

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(id, content)| (id, content)))
    }
}

impl JsonSchema for Shown {
    fn schema_name() -> Cow<'static, str> {
        "Answer".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "properties": {
                "ranking": generator.subschema_for::<Vec<Place>>(),
                "rewritten": generator.subschema_for::<Rewritten>(),
            },
            "required": ["ranking"],
            "additionalProperties": {"type": "object", "additionalProperties": {"type": "string"}},
        })
    }
}

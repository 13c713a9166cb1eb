//! `knowledge_get_search_analytics`: what the team searches for, what it does not find, and what
//! nobody ever finds.

use std::collections::BTreeSet;

use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, Timestamp, permission::Action, toolset::Effect};
use genkan_store::{
    Store, TenantTx,
    knowledge::{Suggestion, UsageDay},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tracing::warn;

use super::{
    extent::{Asked, Scopes},
    search::{Query, Synonyms},
};
use crate::typed::{About, TypedTool};

/// How many of each list are shown.
const SHOWN: usize = 20;
/// How many suggestions are looked at, of which some are keywords by now.
const SUGGESTED: i64 = 200;

/// Shows how knowledge is searched.
pub(super) struct GetSearchAnalytics(pub(super) Store);

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
    /// 30 if absent
    #[serde(default)]
    #[schemars(with = "u32")]
    days: Option<u32>,
}

/// How the schema describes most lists: every client pays for each word of it.
type Rows = Vec<serde_json::Map<String, serde_json::Value>>;

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    pub(super) days: u32,
    pub(super) searches: i64,
    pub(super) found_nothing: i64,
    pub(super) mean_ms: f64,
    pub(super) slowest_ms: f64,
    #[schemars(with = "Rows")]
    pub(super) per_day: Vec<Day>,
    pub(super) top_terms: Vec<Term>,
    pub(super) zero_hit_terms: Vec<Term>,
    #[schemars(with = "Rows")]
    pub(super) slow_queries: Vec<Slow>,
    #[schemars(with = "Rows")]
    pub(super) suggested_keywords: Vec<Suggested>,
    pub(super) unused: i64,
    #[schemars(with = "Rows")]
    pub(super) unused_entries: Vec<UnusedEntry>,
}

#[derive(Serialize)]
pub(super) struct Day {
    pub(super) date: String,
    pub(super) searches: i64,
    pub(super) found_nothing: i64,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Term {
    pub(super) term: String,
    pub(super) searches: i64,
}

#[derive(Serialize)]
pub(super) struct Slow {
    pub(super) queries: String,
    pub(super) scope: String,
    pub(super) date: String,
    pub(super) ms: f64,
}

#[derive(Serialize)]
pub(super) struct Suggested {
    pub(super) id: String,
    pub(super) scope: String,
    pub(super) keyword: String,
    pub(super) searches: i64,
}

#[derive(Serialize)]
pub(super) struct UnusedEntry {
    pub(super) id: String,
    pub(super) scope: String,
    pub(super) context: String,
}

#[async_trait]
impl TypedTool for GetSearchAnalytics {
    const ABOUT: About = About {
        name: "knowledge_get_search_analytics",
        title: "Show how knowledge is searched",
        description: "Shows what is searched for most, what is not found, which searches are slow, which keywords entries could have, and which entries no search finds.",
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
        let mut tx = up_to_date(&self.0, ctx).await?;
        Ok(analyse(&mut tx, &asked, ctx.clock.now()).await?)
    }
}

/// A transaction that sees the searches up to now. What cannot be counted yet is counted later.
pub(super) async fn up_to_date(store: &Store, ctx: &CallContext) -> Result<TenantTx> {
    if let Err(error) = store.write_usage().await {
        warn!(?error, "the latest searches could not be counted yet");
    }
    store.read(ctx.tenant()).await
}

/// Analyses the searches that are asked about.
pub(super) async fn analyse(tx: &mut TenantTx, asked: &Asked, now: Timestamp) -> Result<Answer> {
    let since = asked.since(now);
    let scopes = asked.scopes(tx).await?;
    let ids = scopes.ids();
    let most = i64::try_from(SHOWN).unwrap_or(i64::MAX);
    let days = tx.knowledge_usage_days(&ids, since).await?;
    let searched = tx.knowledge_usage_words(&ids, since, false, most).await?;
    let missed = tx.knowledge_usage_words(&ids, since, true, most).await?;
    let slow = tx.knowledge_slow_searches(&ids, since, most).await?;
    let suggestions = tx.knowledge_suggestions(&ids, since, SUGGESTED).await?;
    let (unused, unused_entries) = tx.knowledge_unused(&ids, since, most).await?;
    let sum = |of: fn(&UsageDay) -> i64| days.iter().map(of).sum::<i64>();
    let searches = sum(|day| day.searches);
    Ok(Answer {
        days: asked.days,
        searches,
        found_nothing: sum(|day| day.empty),
        mean_ms: milliseconds(sum(|day| day.took).checked_div(searches).unwrap_or(0)),
        slowest_ms: milliseconds(days.iter().map(|day| day.slowest).max().unwrap_or(0)),
        top_terms: searched
            .into_iter()
            .map(|word| term(word.word, word.searches))
            .collect(),
        zero_hit_terms: missed
            .into_iter()
            .map(|word| term(word.word, word.missed))
            .collect(),
        slow_queries: slow
            .into_iter()
            .map(|one| Slow {
                scope: scopes.name(&one.scope),
                date: date(one.begun()),
                ms: milliseconds(one.slowest),
                queries: one.queries,
            })
            .collect(),
        suggested_keywords: suggested(suggestions, &scopes),
        unused,
        unused_entries: unused_entries
            .into_iter()
            .map(|one| UnusedEntry {
                scope: scopes.name(&one.scope),
                id: one.id,
                context: one.context,
            })
            .collect(),
        per_day: days
            .into_iter()
            .map(|day| Day {
                date: date(day.begun()),
                searches: day.searches,
                found_nothing: day.empty,
            })
            .collect(),
    })
}

fn term(term: String, searches: i64) -> Term {
    Term { term, searches }
}

/// The suggestions that are no keywords of their entries by now.
fn suggested(suggestions: Vec<Suggestion>, scopes: &Scopes) -> Vec<Suggested> {
    let terms = |text: &str| {
        let query = Query::of(text, &Synonyms::none());
        let terms: BTreeSet<String> = query.terms().map(str::to_owned).collect();
        terms
    };
    let is_new = |one: &Suggestion| terms(&one.context).is_disjoint(&terms(&one.word));
    let shown = suggestions.into_iter().filter(is_new).take(SHOWN);
    let suggested = shown.map(|one| Suggested {
        scope: scopes.name(&one.scope),
        id: one.entry,
        keyword: one.word,
        searches: one.searches,
    });
    suggested.collect()
}

/// The date of a moment, such as `2026-07-28`.
fn date(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}

/// Microseconds in milliseconds, to two digits.
#[allow(
    clippy::cast_precision_loss,
    reason = "a time of centuries would still be exact"
)]
fn milliseconds(micros: i64) -> f64 {
    (micros as f64 / 10.0).round() / 100.0
}

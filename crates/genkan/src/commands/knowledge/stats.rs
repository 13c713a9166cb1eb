//! `genkan knowledge stats`: how much is known where, and how it is searched.

use std::process::ExitCode;

use genkan_core::Result;
use serde_json::{Value, json};

use super::profile;
use crate::{
    local::{Client, Session},
    output,
    surroundings::Surroundings,
};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Only this namespace
    #[arg(long, conflicts_with = "scope")]
    namespace: Option<String>,
    /// Only this scope, such as team:shop
    #[arg(long, value_name = "NAMESPACE:SCOPE")]
    scope: Option<String>,
    /// How many days to look back
    #[arg(long, default_value = "30")]
    days: u32,
}

pub(super) async fn run(surroundings: &Surroundings, arguments: Arguments) -> Result<ExitCode> {
    let mut wanted = json!({ "days": arguments.days });
    for (name, value) in [
        ("namespace", arguments.namespace),
        ("scope", arguments.scope),
    ] {
        if let Some(value) = value {
            wanted[name] = json!(value);
        }
    }
    let mut session = Session::open(surroundings, &profile()).await?;
    let told = ask(session.client(), wanted).await;
    session.close().await;
    let told = told?;
    surroundings.output.result(&told, || text(&told));
    Ok(ExitCode::SUCCESS)
}

async fn ask(client: &mut Client, wanted: Value) -> Result<Value> {
    let statistics = client
        .ask("knowledge_get_statistics", wanted.clone())
        .await?;
    let searches = client.ask("knowledge_get_search_analytics", wanted).await?;
    Ok(json!({ "statistics": statistics, "searches": searches }))
}

fn text(told: &Value) -> String {
    let (statistics, searches) = (&told["statistics"], &told["searches"]);
    let mut tables = vec![sizes(statistics)];
    tables.push(format!(
        "{} searches in {} days, {} found nothing; {} ms on average, {} ms at most.",
        searches["searches"],
        searches["days"],
        searches["found_nothing"],
        searches["mean_ms"],
        searches["slowest_ms"],
    ));
    for (head, list, columns) in [
        ("SEARCHED FOR", "top_terms", &["term", "searches"][..]),
        ("NOT FOUND", "zero_hit_terms", &["term", "searches"]),
        ("SLOW", "slow_queries", &["queries", "scope", "date", "ms"]),
        (
            "KEYWORD TO ADD",
            "suggested_keywords",
            &["keyword", "id", "scope", "searches"],
        ),
        (
            "FOUND BY NO SEARCH",
            "unused_entries",
            &["context", "id", "scope"],
        ),
    ] {
        tables.extend(table(head, &searches[list], columns));
    }
    tables.join("\n\n")
}

/// Every scope with what is in it, the sum last.
fn sizes(statistics: &Value) -> String {
    let columns = ["entries", "suppressed", "size_bytes", "written", "changed"];
    let row = |name: &str, size: &Value| {
        let numbers = columns.iter().map(|column| size[column].to_string());
        std::iter::once(name.to_owned()).chain(numbers).collect()
    };
    let head = [
        "SCOPE",
        "ENTRIES",
        "SUPPRESSED",
        "BYTES",
        "WRITTEN",
        "CHANGED",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    let scopes = statistics["scopes"].as_object().into_iter().flatten();
    rows.extend(scopes.map(|(name, size)| row(name, size)));
    rows.push(row("all", &statistics["total"]));
    output::columns(&rows)
}

/// A table of some columns of a list, unless that is empty. The first column has this head.
fn table(head: &str, list: &Value, columns: &[&str]) -> Option<String> {
    let list = list.as_array().filter(|list| !list.is_empty())?;
    let shown = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let names = columns.iter().skip(1).map(|name| name.to_uppercase());
    let mut rows = vec![
        std::iter::once(head.to_owned())
            .chain(names)
            .collect::<Vec<_>>(),
    ];
    rows.extend(
        list.iter()
            .map(|one| columns.iter().map(|column| shown(&one[column])).collect()),
    );
    Some(output::columns(&rows))
}

//! How a scope is used, as Markdown: what `knowledge_get_statistics` and
//! `knowledge_get_search_analytics` say of its last 30 days.

use genkan_core::{CallContext, Result};
use genkan_store::Store;

use super::{address, entry_page::MARKDOWN, find_scope};
use crate::knowledge::{
    extent::Asked,
    get_search_analytics::{self as analytics, Term},
    get_statistics as statistics,
    name::ScopeName,
};

/// The page of the scope of this name, if there is one.
pub(super) async fn read(
    store: &Store,
    ctx: &CallContext,
    name: ScopeName,
) -> Result<Option<(String, &'static str)>> {
    let mut tx = analytics::up_to_date(store, ctx).await?;
    if find_scope(&mut tx, &name).await?.is_none() {
        return Ok(None);
    }
    let title = name.to_string();
    let (asked, now) = (Asked::of_scope(name), ctx.clock.now());
    let size = statistics::measure(&mut tx, &asked, now).await?.total;
    let used = analytics::analyse(&mut tx, &asked, now).await?;
    let mut page = format!(
        "# Statistics of {title}\n\n{} entries of {} bytes, {} more lost a conflict. In the last {} days \
         {} were written and {} changed.\n\n{} searches, of which {} found nothing; {} ms on average, \
         {} ms at most.\n",
        size.entries,
        size.size_bytes,
        size.suppressed,
        used.days,
        size.written,
        size.changed,
        used.searches,
        used.found_nothing,
        used.mean_ms,
        used.slowest_ms,
    );
    let terms = |terms: Vec<Term>| -> Vec<String> {
        let line = |one: Term| format!("{} ({})", one.term, one.searches);
        terms.into_iter().map(line).collect()
    };
    list(&mut page, "Searched for most", terms(used.top_terms));
    list(&mut page, "Not found", terms(used.zero_hit_terms));
    let slow = used.slow_queries.into_iter();
    let slow = slow.map(|one| format!("{} ms on {}: {}", one.ms, one.date, one.queries));
    list(&mut page, "Slowest", slow.collect());
    let keywords = used.suggested_keywords.into_iter().map(|one| {
        let uri = address::of_entry(&one.scope, &one.id);
        format!("<{uri}>: {} ({})", one.keyword, one.searches)
    });
    list(&mut page, "Suggested keywords", keywords.collect());
    let unused = used.unused_entries.into_iter();
    let unused = unused.map(|one| {
        format!(
            "<{}> ({})",
            address::of_entry(&one.scope, &one.id),
            one.context
        )
    });
    list(
        &mut page,
        &format!("Found by no search: {}", used.unused),
        unused.collect(),
    );
    Ok(Some((page, MARKDOWN)))
}

fn list(page: &mut String, heading: &str, lines: Vec<String>) {
    if lines.is_empty() {
        return;
    }
    page.push_str(&format!("\n## {heading}\n\n"));
    for line in lines {
        page.push_str(&format!("- {line}\n"));
    }
}

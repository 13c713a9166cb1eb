//! The tables of a dump, and their columns as the database has them.

use genkan_core::{Code, Error, Result};

use crate::db::{self, Link, fetch_all};

/// Every table that holds data, those first that others refer to. A test compares the list with
/// the schema. Indexes for search keep themselves, and `authority` counts changes of one store.
pub(super) const TABLES: &[&str] = &[
    "tenant",
    "principal",
    "api_key",
    "nonce",
    "meta",
    "stored_setting",
    "disabled_tool",
    "record",
    "head",
    "checkpoint",
    "knowledge_namespace",
    "knowledge_scope",
    "knowledge_scope_parent",
    "knowledge_entry",
    "knowledge_conflict",
    "knowledge_history",
    "knowledge_likely_conflict",
    "knowledge_synonym",
    "knowledge_vector",
    "knowledge_term",
    "knowledge_statistics",
    "knowledge_usage_day",
    "knowledge_usage_word",
    "knowledge_usage_slow",
    "knowledge_usage_suggestion",
    "knowledge_usage_entry",
    "knowledge_usage_private",
    "task",
    "departure",
    "idempotency",
];

/// One column, by the two types that our tables have.
pub(super) struct Column {
    pub(super) name: String,
    pub(super) is_number: bool,
}

/// The columns of a table, in order. Those of other types are derived and not dumped.
pub(super) async fn columns(link: &mut Link, table: &str) -> Result<Vec<Column>> {
    let sql = link.dialect().pick(
        "SELECT name, lower(type) FROM pragma_table_info($1) ORDER BY cid",
        "SELECT CAST(column_name AS text), CAST(data_type AS text) FROM information_schema.columns \
         WHERE table_schema = current_schema() AND table_name = $1 AND is_generated = 'NEVER' \
         ORDER BY ordinal_position",
    );
    let found: Vec<(String, String)> =
        fetch_all!(link, sql, table).map_err(|error: db::Error| Error::from(error))?;
    let columns: Vec<_> = found
        .into_iter()
        .filter(|(_, kind)| kind == "text" || kind == "bigint")
        .map(|(name, kind)| Column {
            name,
            is_number: kind == "bigint",
        })
        .collect();
    if columns.is_empty() {
        return Err(Error::new(
            Code::StoreCorrupt,
            format!("the store has no table `{table}`"),
        ));
    }
    Ok(columns)
}

/// The names, separated by commas.
pub(super) fn names<'a>(columns: impl IntoIterator<Item = &'a Column>) -> String {
    columns
        .into_iter()
        .map(|column| column.name.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

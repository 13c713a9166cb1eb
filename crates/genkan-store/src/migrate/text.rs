//! Turns the one text of a migration into the words of one database.
//!
//! - `{text}` is a text column that sorts by bytes; `{clustered}` follows a table whose rows live
//!   in its primary key (SQLite's `WITHOUT ROWID`).
//! - `-- [sqlite]`, `-- [postgres]` and `-- [both]` say for whom the lines after them are.
//! - `-- [tenant_table NAME RIGHTS]` gives a table with a column `tenant` its row-level security:
//!   `genkan_app` has the rights on rows of its tenant, `genkan_system` every right on all rows.
//! - The first line is `-- min_binary VERSION`: the oldest binary that may use the schema after it.

use crate::db::Dialect;

/// The statements for one database.
pub(super) fn for_dialect(text: &str, dialect: Dialect) -> String {
    let mut out = String::with_capacity(text.len());
    let mut for_whom = None;
    for line in text.lines() {
        match line
            .trim()
            .strip_prefix("-- [")
            .and_then(|rest| rest.strip_suffix(']'))
        {
            Some("both") => for_whom = None,
            Some("sqlite") => for_whom = Some(Dialect::Sqlite),
            Some("postgres") => for_whom = Some(Dialect::Postgres),
            Some(directive) => {
                if let Some(rest) = directive.strip_prefix("tenant_table ")
                    && dialect == Dialect::Postgres
                {
                    let (table, rights) = rest
                        .split_once(' ')
                        .unwrap_or((rest, "SELECT, INSERT, UPDATE, DELETE"));
                    tenant_table(&mut out, table, rights);
                }
            }
            None if for_whom.is_none_or(|whom| whom == dialect) => {
                out.push_str(&words(line, dialect));
                out.push('\n');
            }
            None => {}
        }
    }
    out
}

/// The oldest binary that may use the schema.
pub(super) fn min_binary(text: &str) -> &str {
    let first = text.lines().next().unwrap_or_default();
    first
        .strip_prefix("-- min_binary ")
        .map(str::trim)
        .expect("BUG: a migration begins with its min_binary")
}

fn words(line: &str, dialect: Dialect) -> String {
    line.replace("{text}", dialect.pick("TEXT", "TEXT COLLATE \"C\""))
        .replace("{clustered}", dialect.pick(" WITHOUT ROWID", ""))
}

fn tenant_table(out: &mut String, table: &str, rights: &str) {
    out.push_str(&format!(
        "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;\n\
         ALTER TABLE {table} FORCE ROW LEVEL SECURITY;\n\
         CREATE POLICY own_tenant ON {table} TO genkan_app\n\
         \x20 USING (tenant = current_setting('genkan.tenant', true))\n\
         \x20 WITH CHECK (tenant = current_setting('genkan.tenant', true));\n\
         CREATE POLICY house ON {table} TO genkan_system USING (true) WITH CHECK (true);\n\
         GRANT {rights} ON {table} TO genkan_app;\n\
         GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO genkan_system;\n"
    ));
}

#[cfg(test)]
mod tests;

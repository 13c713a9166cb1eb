//! What was found in a scope before no longer counts: the scope gets another version, which no state of
//! this store, of a copy of it, or of what a backup brings back, has had or will have.

use std::collections::BTreeSet;

use genkan_core::{Error, Result};

use crate::db::{Dialect, Link, execute};

/// Outdates what was found in these scopes (by ids) and in those that inherit from them.
pub(super) async fn scopes(link: &mut Link, tenant: &str, scopes: &BTreeSet<&str>) -> Result<()> {
    let dialect = link.dialect();
    let ids = serde_json::to_string(scopes).map_err(Error::internal)?;
    let sql = format!(
        "UPDATE knowledge_scope SET version = {} WHERE tenant = $1 AND {}",
        fresh(dialect),
        dialect.among("id", 2)
    );
    execute!(link, sqlx::AssertSqlSafe(sql), tenant, ids.as_str())?;
    Ok(())
}

/// Outdates what was found anywhere: `global:default` is in every line.
pub(super) async fn everything(link: &mut Link, tenant: &str) -> Result<()> {
    let sql = format!(
        "UPDATE knowledge_scope SET version = {} WHERE tenant = $1 AND name = 'default' \
         AND namespace = (SELECT n.id FROM knowledge_namespace n WHERE n.tenant = $1 AND n.name = 'global')",
        fresh(link.dialect())
    );
    execute!(link, sqlx::AssertSqlSafe(sql), tenant)?;
    Ok(())
}

/// A number by chance, of 53 bits or more.
const fn fresh(dialect: Dialect) -> &'static str {
    dialect.pick(
        "random()",
        "CAST(floor(random() * 9007199254740992) AS BIGINT)",
    )
}

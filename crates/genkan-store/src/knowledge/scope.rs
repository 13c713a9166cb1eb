//! The tables `knowledge_scope` and `knowledge_scope_parent`.

use genkan_core::{Result, Timestamp};

use super::noted::Touched;
use crate::{
    TenantTx,
    db::{execute, fetch_all, fetch_one, fetch_optional, row},
};

/// What `global:default` is called where nobody wrote a description.
pub(super) const GLOBAL_DEFAULT_DESCRIPTION: &str = "Inherited by every scope";

/// The columns of a [`Scope`].
const SCOPE: &str = "SELECT s.id, s.namespace AS namespace_id, n.name AS namespace, s.name, s.description, \
    s.version FROM knowledge_scope s JOIN knowledge_namespace n ON n.tenant = s.tenant AND n.id = s.namespace \
    WHERE s.tenant = $1";

row! {
    /// A scope.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Scope {
        /// The id; everything refers to it.
        pub id: String,
        /// The id of its namespace.
        pub namespace_id: String,
        /// The name of its namespace.
        pub namespace: String,
        /// The name, unique in its namespace.
        pub name: String,
        /// One line about it.
        pub description: String,
        /// Rises whenever what can be found in it is another.
        pub version: i64,
    }
}

impl Scope {
    /// The complete name: `namespace:scope`.
    pub fn full_name(&self) -> String {
        format!("{}:{}", self.namespace, self.name)
    }
}

row! {
    /// A scope and one of the parents that people gave it, by ids.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ScopeParent {
        /// The scope that inherits.
        pub scope: String,
        /// The scope it inherits from.
        pub parent: String,
    }
}

/// What a scope is made or changed to.
#[derive(Clone, Copy, Debug)]
pub struct NewScope<'a> {
    /// The id.
    pub id: &'a str,
    /// The id of its namespace.
    pub namespace_id: &'a str,
    /// The name.
    pub name: &'a str,
    /// One line about it.
    pub description: &'a str,
}

impl TenantTx {
    /// Every scope, by namespace and name. `global:default` is there even before the first write.
    pub async fn knowledge_scopes(&mut self) -> Result<Vec<Scope>> {
        let tenant = self.tenant().clone();
        let sql = sqlx::AssertSqlSafe(format!("{SCOPE} ORDER BY n.name, s.name"));
        let mut scopes: Vec<Scope> = fetch_all!(self, sql, tenant.as_str())?;
        if scopes.is_empty() {
            scopes.push(Scope {
                id: String::new(),
                namespace_id: String::new(),
                namespace: "global".to_owned(),
                name: "default".to_owned(),
                description: GLOBAL_DEFAULT_DESCRIPTION.to_owned(),
                version: 0,
            });
        }
        Ok(scopes)
    }

    /// The scope with this complete name.
    pub async fn knowledge_find_scope(
        &mut self,
        namespace: &str,
        name: &str,
    ) -> Result<Option<Scope>> {
        let tenant = self.tenant().clone();
        let sql = sqlx::AssertSqlSafe(format!("{SCOPE} AND n.name = $2 AND s.name = $3"));
        Ok(fetch_optional!(
            self,
            sql,
            tenant.as_str(),
            namespace,
            name
        )?)
    }

    /// The scope with this id, which exists.
    pub async fn knowledge_get_scope(&mut self, id: &str) -> Result<Scope> {
        let tenant = self.tenant().clone();
        let sql = sqlx::AssertSqlSafe(format!("{SCOPE} AND s.id = $2"));
        Ok(fetch_one!(self, sql, tenant.as_str(), id)?)
    }

    /// The scopes of a namespace.
    pub async fn knowledge_scopes_of(&mut self, namespace_id: &str) -> Result<Vec<Scope>> {
        let tenant = self.tenant().clone();
        let sql = sqlx::AssertSqlSafe(format!("{SCOPE} AND s.namespace = $2 ORDER BY s.name"));
        Ok(fetch_all!(self, sql, tenant.as_str(), namespace_id)?)
    }

    /// Every parent that people gave a scope, in the order of ids.
    pub async fn knowledge_scope_parents(&mut self) -> Result<Vec<ScopeParent>> {
        let tenant = self.tenant().clone();
        let sql = "SELECT scope, parent FROM knowledge_scope_parent WHERE tenant = $1 ORDER BY scope, parent";
        Ok(fetch_all!(self, sql, tenant.as_str())?)
    }

    /// The parents that people gave this scope, by complete name.
    pub async fn knowledge_parents_of(&mut self, id: &str) -> Result<Vec<Scope>> {
        let tenant = self.tenant().clone();
        let sql = sqlx::AssertSqlSafe(format!(
            "{SCOPE} AND s.id IN (SELECT parent FROM knowledge_scope_parent WHERE tenant = $1 AND scope = $2) \
             ORDER BY n.name, s.name"
        ));
        Ok(fetch_all!(self, sql, tenant.as_str(), id)?)
    }

    /// Adds a scope, without parents.
    pub async fn knowledge_create_scope(
        &mut self,
        scope: NewScope<'_>,
        now: Timestamp,
    ) -> Result<()> {
        let sql = "INSERT INTO knowledge_scope (tenant, id, namespace, name, description, created, updated) \
                   VALUES ($1, $2, $3, $4, $5, $6, $6)";
        self.knowledge_put_scope(sql, scope, now).await
    }

    /// Gives the scope with this id another namespace, name and description.
    pub async fn knowledge_update_scope(
        &mut self,
        scope: NewScope<'_>,
        now: Timestamp,
    ) -> Result<()> {
        let sql = "UPDATE knowledge_scope SET namespace = $3, name = $4, description = $5, updated = $6 \
                   WHERE tenant = $1 AND id = $2";
        self.knowledge_put_scope(sql, scope, now).await
    }

    /// Runs a statement that takes everything a scope is made of.
    async fn knowledge_put_scope(
        &mut self,
        sql: &'static str,
        scope: NewScope<'_>,
        now: Timestamp,
    ) -> Result<()> {
        let tenant = self.tenant().clone();
        let NewScope {
            id,
            namespace_id,
            name,
            description,
        } = scope;
        self.knowledge_touch(Touched::Scope { id: id.to_owned() });
        execute!(
            self,
            sql,
            tenant.as_str(),
            id,
            namespace_id,
            name,
            description,
            now.as_millis()
        )?;
        Ok(())
    }

    /// Replaces the parents of a scope.
    pub async fn knowledge_set_parents(&mut self, id: &str, parents: &[String]) -> Result<()> {
        self.knowledge_touch(Touched::Scope { id: id.to_owned() });
        let tenant = self.tenant().clone();
        let sql = "DELETE FROM knowledge_scope_parent WHERE tenant = $1 AND scope = $2";
        execute!(self, sql, tenant.as_str(), id)?;
        for parent in parents {
            let sql = "INSERT INTO knowledge_scope_parent (tenant, scope, parent) VALUES ($1, $2, $3) \
                       ON CONFLICT (tenant, scope, parent) DO NOTHING";
            execute!(self, sql, tenant.as_str(), id, parent.as_str())?;
        }
        Ok(())
    }

    /// Removes a scope with its entries and returns how many entries there were. Scopes that
    /// inherited from it no longer do.
    pub async fn knowledge_delete_scope(&mut self, id: &str) -> Result<u64> {
        self.knowledge_touch(Touched::Scope { id: id.to_owned() });
        let tenant = self.tenant().clone();
        let entries = self.knowledge_delete_entries_of(id).await?;
        execute!(
            self,
            "DELETE FROM knowledge_scope WHERE tenant = $1 AND id = $2",
            tenant.as_str(),
            id
        )?;
        Ok(entries)
    }
}

//! The table `knowledge_namespace`.

use genkan_core::{Result, Timestamp};

use super::noted::Touched;
use crate::{
    TenantTx,
    db::{execute, fetch_all, fetch_optional, row},
};

/// What `global` is called where nobody wrote a description.
pub(super) const GLOBAL_DESCRIPTION: &str = "What holds everywhere";

row! {
    /// A namespace.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Namespace {
        /// The id; everything refers to it.
        pub id: String,
        /// The name, unique in the tenant.
        pub name: String,
        /// One line about it.
        pub description: String,
    }
}

impl TenantTx {
    /// Every namespace, by name. `global` is there even before the first write.
    pub async fn knowledge_namespaces(&mut self) -> Result<Vec<Namespace>> {
        let tenant = self.tenant().clone();
        let sql =
            "SELECT id, name, description FROM knowledge_namespace WHERE tenant = $1 ORDER BY name";
        let mut namespaces: Vec<Namespace> = fetch_all!(self, sql, tenant.as_str())?;
        if namespaces.is_empty() {
            let description = GLOBAL_DESCRIPTION.to_owned();
            namespaces.push(Namespace {
                id: String::new(),
                name: "global".to_owned(),
                description,
            });
        }
        Ok(namespaces)
    }

    /// The namespace with this name.
    pub async fn knowledge_find_namespace(&mut self, name: &str) -> Result<Option<Namespace>> {
        let tenant = self.tenant().clone();
        let sql =
            "SELECT id, name, description FROM knowledge_namespace WHERE tenant = $1 AND name = $2";
        Ok(fetch_optional!(self, sql, tenant.as_str(), name)?)
    }

    /// Adds a namespace, without scopes.
    pub async fn knowledge_create_namespace(
        &mut self,
        namespace: &Namespace,
        now: Timestamp,
    ) -> Result<()> {
        let sql = "INSERT INTO knowledge_namespace (tenant, id, name, description, created, updated) \
                   VALUES ($1, $2, $3, $4, $5, $5)";
        self.knowledge_put_namespace(sql, namespace, now).await
    }

    /// Gives the namespace with this id another name and description.
    pub async fn knowledge_update_namespace(
        &mut self,
        namespace: &Namespace,
        now: Timestamp,
    ) -> Result<()> {
        let sql = "UPDATE knowledge_namespace SET name = $3, description = $4, updated = $5 \
                   WHERE tenant = $1 AND id = $2";
        self.knowledge_put_namespace(sql, namespace, now).await
    }

    /// Runs a statement that takes everything a namespace is made of.
    async fn knowledge_put_namespace(
        &mut self,
        sql: &'static str,
        namespace: &Namespace,
        now: Timestamp,
    ) -> Result<()> {
        let tenant = self.tenant().clone();
        let Namespace {
            id,
            name,
            description,
        } = namespace;
        self.knowledge_touch(Touched::Namespace { id: id.clone() });
        execute!(
            self,
            sql,
            tenant.as_str(),
            id.as_str(),
            name.as_str(),
            description.as_str(),
            now.as_millis()
        )?;
        Ok(())
    }

    /// Removes a namespace that has no scopes.
    pub async fn knowledge_delete_namespace(&mut self, id: &str) -> Result<()> {
        self.knowledge_touch(Touched::Namespace { id: id.to_owned() });
        let tenant = self.tenant().clone();
        execute!(
            self,
            "DELETE FROM knowledge_namespace WHERE tenant = $1 AND id = $2",
            tenant.as_str(),
            id
        )?;
        Ok(())
    }
}

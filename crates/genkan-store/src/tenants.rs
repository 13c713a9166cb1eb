//! Tenants: the walls between teams.

use genkan_core::{Result, Timestamp, id::TenantId};

use crate::{
    SystemTx,
    db::{execute, fetch_all, fetch_optional, row},
};

/// A team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// The id, which stands in every row of the team.
    pub id: TenantId,
    /// The name that people see.
    pub name: String,
    /// When it was made.
    pub created: Timestamp,
}

row! {
    struct Row {
        id: String,
        name: String,
        created: i64,
    }
}

impl From<Row> for Tenant {
    fn from(row: Row) -> Self {
        Self {
            id: TenantId::from_stored(row.id),
            name: row.name,
            created: Timestamp::from_millis(row.created),
        }
    }
}

impl SystemTx {
    /// Makes a tenant. Error: `already_exists`.
    pub async fn tenant_create(&mut self, tenant: &Tenant) -> Result<()> {
        let sql = "INSERT INTO tenant (id, name, created) VALUES ($1, $2, $3)";
        execute!(
            self,
            sql,
            tenant.id.as_str(),
            tenant.name.as_str(),
            tenant.created.as_millis()
        )?;
        Ok(())
    }

    /// Finds a tenant by its id.
    pub async fn tenant_find(&mut self, id: &TenantId) -> Result<Option<Tenant>> {
        let sql = "SELECT id, name, created FROM tenant WHERE id = $1";
        let row: Option<Row> = fetch_optional!(self, sql, id.as_str())?;
        Ok(row.map(Tenant::from))
    }

    /// Lists every tenant, by id.
    pub async fn tenant_list(&mut self) -> Result<Vec<Tenant>> {
        let rows: Vec<Row> = fetch_all!(self, "SELECT id, name, created FROM tenant ORDER BY id")?;
        Ok(rows.into_iter().map(Tenant::from).collect())
    }
}

//! Tools that an admin switched off for a tenant.

use genkan_core::{Result, Timestamp};

use crate::{
    TenantTx,
    db::{execute, fetch_all},
};

impl TenantTx {
    /// Switches a tool off. One that is off stays so since then.
    pub async fn tool_disable(&mut self, tool: &str, now: Timestamp) -> Result<()> {
        let tenant = self.tenant().clone();
        let sql = "INSERT INTO disabled_tool (tenant, tool, since) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        execute!(self, sql, tenant.as_str(), tool, now.as_millis())?;
        Ok(())
    }

    /// Switches a tool on again. One that is on stays so.
    pub async fn tool_enable(&mut self, tool: &str) -> Result<()> {
        let tenant = self.tenant().clone();
        execute!(
            self,
            "DELETE FROM disabled_tool WHERE tenant = $1 AND tool = $2",
            tenant.as_str(),
            tool
        )?;
        Ok(())
    }

    /// Lists the tools that are off, by name.
    pub async fn tool_disabled_list(&mut self) -> Result<Vec<String>> {
        let tenant = self.tenant().clone();
        let sql = "SELECT tool FROM disabled_tool WHERE tenant = $1 ORDER BY tool";
        let rows: Vec<(String,)> = fetch_all!(self, sql, tenant.as_str())?;
        Ok(rows.into_iter().map(|(tool,)| tool).collect())
    }
}

//! Toolset `admin`: every administrative act is a tool here; the command line and REST project them.
//!
//! It is shown by profile `admin` alone, never by the default one.

mod audit_report;
mod audit_verify;
mod key;
mod key_create;
mod key_list;
mod key_revoke;
mod key_rotate;
mod metrics_read;
mod setting;
mod tool_switch;

use std::{collections::BTreeSet, sync::Arc};

use genkan_core::{Tool, Toolset};
use genkan_identity::ApiKeys;
use genkan_store::Store;

pub use setting::{JudgeSetting, SettingChange, SettingInForce};

use crate::typed::tool;

/// The toolset.
pub struct AdminToolset {
    store: Store,
    api_keys: ApiKeys,
    metrics: Option<RenderMetrics>,
    judge: Option<JudgeSetting>,
    known: Arc<BTreeSet<String>>,
}

/// Renders metrics in the Prometheus text format.
pub type RenderMetrics = Arc<dyn Fn() -> String + Send + Sync>;

impl AdminToolset {
    /// Builds it for a house with these other toolsets.
    pub fn new(
        store: Store,
        api_keys: ApiKeys,
        metrics: Option<RenderMetrics>,
        judge: Option<JudgeSetting>,
        others: &[Arc<dyn Toolset>],
    ) -> Self {
        let name = |tool: Arc<dyn Tool>| tool.definition().name.as_str().to_owned();
        let known = others
            .iter()
            .flat_map(|toolset| toolset.tools())
            .map(name)
            .collect();
        let mut toolset = Self {
            store,
            api_keys,
            metrics,
            judge,
            known: Arc::new(known),
        };
        let own = toolset.tools().into_iter().map(name);
        toolset.known = Arc::new(toolset.known.iter().cloned().chain(own).collect());
        toolset
    }
}

impl Toolset for AdminToolset {
    fn name(&self) -> &str {
        "admin"
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        let (store, api_keys) = (&self.store, &self.api_keys);
        let switch = tool_switch::Switch {
            store: store.clone(),
            known: Arc::clone(&self.known),
        };
        let settings = setting::Settings {
            store: store.clone(),
            judge: self.judge.clone(),
        };
        vec![
            tool(audit_report::AuditReport(store.clone())),
            tool(audit_verify::AuditVerify(store.clone())),
            tool(key_create::KeyCreate(api_keys.clone())),
            tool(key_list::KeyList(api_keys.clone())),
            tool(key_revoke::KeyRevoke(api_keys.clone())),
            tool(key_rotate::KeyRotate(api_keys.clone())),
            tool(metrics_read::MetricsRead(self.metrics.clone())),
            tool(setting::SettingSet(settings.clone())),
            tool(setting::SettingUnset(settings)),
            tool(tool_switch::ToolDisable(switch.clone())),
            tool(tool_switch::ToolDisabled(switch.clone())),
            tool(tool_switch::ToolEnable(switch)),
        ]
    }
}

//! Tasks: calls that go on after they were answered (MCP extension `io.modelcontextprotocol/tasks`).
//!
//! A task is a row of the store, bound to its principal and found by nobody else; every process may
//! answer for it. Work runs in the process that holds its lease. A task that waits for answers is
//! not held by anybody: it goes on, as another attempt of the same call, where its answers arrive.
//! Every attempt passes all stages and leaves a record, like any call.

mod act;
mod keeping;
mod outliving;
mod settle;
mod work;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use genkan_core::{
    Call, Code, Error, Lifecycle, Operation, Toolset,
    call::{Abilities, Door},
    id::{TenantId, WriterId},
    task::TaskSupport,
};
use serde_json::json;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

pub(crate) use self::{
    act::{act, owned},
    keeping::{beat, lease, start},
    outliving::{Outliving, Seed},
    work::outlive,
};

/// The name of the extension.
const EXTENSION: &str = "io.modelcontextprotocol/tasks";

/// How long the work of one attempt may take, unless its tool says otherwise.
pub(crate) const LONGEST: Duration = Duration::from_secs(60 * 60);

/// How often a client may ask how far a task is (`pollIntervalMs`).
const POLL: Duration = Duration::from_secs(1);

/// The tasks of one process.
pub(crate) struct Tasks {
    lifecycle: Lifecycle,
    /// This process, as leases name it.
    worker: WriterId,
    /// Tools that allow tasks.
    tools: HashSet<String>,
    running: Mutex<HashMap<TaskKey, CancellationToken>>,
    /// Another process changed a task that this one works on.
    changed: Arc<Notify>,
}

/// Which task of which tenant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TaskKey {
    pub(crate) tenant: TenantId,
    pub(crate) id: Arc<str>,
}

impl Tasks {
    pub(crate) fn new(
        toolsets: &[Arc<dyn Toolset>],
        worker: WriterId,
        lifecycle: &Lifecycle,
    ) -> Self {
        let tools = toolsets.iter().flat_map(|toolset| toolset.tools());
        let tools = tools.map(|tool| tool.definition());
        Self {
            lifecycle: lifecycle.clone(),
            worker,
            tools: tools
                .filter(|tool| tool.task != TaskSupport::Never)
                .map(|tool| tool.name.as_str().to_owned())
                .collect(),
            running: Mutex::default(),
            changed: Arc::default(),
        }
    }

    /// Another process says that it changed a task: whether to go on with it is looked up at once.
    pub(crate) fn heed(&self, tenant: &TenantId, id: &Arc<str>) {
        let (tenant, id) = (tenant.clone(), Arc::clone(id));
        if self.running().contains_key(&TaskKey { tenant, id }) {
            self.changed.notify_one();
        }
    }

    /// Whether the call may go on after it was answered: its client and its tool both allow it.
    pub(crate) fn may_outlive(&self, call: &Call) -> bool {
        call.abilities.tasks
            && call.door != Door::Internal
            && matches!(&call.operation, Operation::CallTool(tool) if self.tools.contains(&tool.name))
    }

    fn running(&self) -> MutexGuard<'_, HashMap<TaskKey, CancellationToken>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Refuses who does not know tasks (MCP 2026-07-28, missing required capability).
pub(crate) fn check_declared(abilities: &Abilities) -> genkan_core::Result<()> {
    if abilities.tasks {
        return Ok(());
    }
    let message = format!("this needs a client that declares the extension `{EXTENSION}`");
    let needed = json!({ "requiredCapabilities": { "extensions": { EXTENSION: {} } } });
    Err(Error::new(Code::MissingCapability, message).data(needed))
}

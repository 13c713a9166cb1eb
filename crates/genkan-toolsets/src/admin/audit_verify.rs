//! `admin_audit_verify`: recomputes the audit chain and says whether it is whole.

use async_trait::async_trait;
use genkan_core::{CallContext, Stop, id::TenantId, permission::Action, toolset::Effect};
use genkan_store::{Store, audit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::typed::{About, TypedTool};

/// The tool.
pub(super) struct AuditVerify(pub(super) Store);

/// Nothing.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {}

/// What was found, in the caller's tenant and in the house's own.
#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    /// Whether every record is as it was written.
    intact: bool,
    /// How many records there are.
    records: u64,
    /// How many runs of processes wrote them.
    writers: u64,
    /// How many signed checkpoints there are.
    checkpoints: u64,
    /// What is wrong, at most a hundred per tenant.
    faults: Vec<Fault>,
}

#[derive(Serialize, JsonSchema)]
struct Fault {
    tenant: String,
    /// changed, removed, reordered, cut_off, bad_head or bad_checkpoint.
    kind: &'static str,
    /// In whose chain; empty for a checkpoint.
    writer: String,
    /// The place in the chain, or the number of the checkpoint.
    seq: i64,
    /// The execution at that place, if there is one.
    execution: Option<String>,
}

#[async_trait]
impl TypedTool for AuditVerify {
    const ABOUT: About = About {
        name: "admin_audit_verify",
        title: "Verify the audit chain",
        description: "Recomputes the hash chain of all records and reports any that were changed, removed, reordered or cut off.",
        effect: Effect::ReadOnly,
        idempotent: true,
        asks: false,
        permission: ("audit", Action::Read),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, _arguments: Arguments) -> Result<Answer, Stop> {
        let mut answer = Answer {
            intact: true,
            records: 0,
            writers: 0,
            checkpoints: 0,
            faults: Vec::new(),
        };
        for tenant in [ctx.tenant(), &TenantId::system()] {
            let report = self.0.verify_audit(tenant).await?;
            answer.records += report.records;
            answer.writers += report.writers;
            answer.checkpoints += report.checkpoints;
            answer
                .faults
                .extend(report.faults.into_iter().map(|fault| shown(tenant, fault)));
        }
        answer.intact = answer.faults.is_empty();
        Ok(answer)
    }
}

fn shown(tenant: &TenantId, fault: audit::Fault) -> Fault {
    Fault {
        tenant: tenant.as_str().to_owned(),
        kind: fault.kind.as_str(),
        writer: fault.writer,
        seq: fault.seq,
        execution: fault.execution,
    }
}

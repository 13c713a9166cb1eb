//! `admin_audit_report`: the records of calls, in pages.

use std::collections::HashMap;

use async_trait::async_trait;
use genkan_core::{
    CallContext, Code, Error, Principal, Result, Stop, Timestamp, id::TenantId, permission::Action,
    toolset::Effect,
};
use genkan_store::{
    Store,
    audit::{Entry, Filter, Order},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::typed::{About, TypedTool};

/// How many records a page has unless asked otherwise.
const PAGE: u32 = 100;

/// The tool.
pub(super) struct AuditReport(pub(super) Store);

/// Which records.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// Calls that began at this moment or later (milliseconds since 1970-01-01 UTC).
    since_ms: Option<i64>,
    /// Calls that began before this moment.
    until_ms: Option<i64>,
    /// Calls of one principal: its id, or the name of its key.
    principal: Option<String>,
    /// Calls of one tool.
    tool: Option<String>,
    /// Calls that ended in one way.
    #[schemars(extend("enum" = ["ok", "input_required", "refused", "failed", "panicked", "timed_out", "cancelled", null]))]
    disposition: Option<String>,
    /// Which end comes first; newest if absent.
    #[schemars(extend("enum" = ["newest", "oldest", null]))]
    order: Option<String>,
    /// How many; 100 if absent.
    #[schemars(range(min = 1, max = 1000))]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Records of the house instead: refused sign-ins. For the local user alone.
    house: Option<bool>,
}

/// One page.
#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    records: Vec<Record>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// One call.
#[derive(Serialize, JsonSchema)]
struct Record {
    id: String,
    started_at: String,
    duration_us: i64,
    principal: Option<String>,
    /// The name of the principal's key, or `local`.
    name: Option<String>,
    door: String,
    operation: String,
    subject: Option<String>,
    /// The stage that the call reached.
    stage: String,
    disposition: String,
    code: Option<String>,
    /// How many like events this stands for.
    count: i64,
    correlation_id: String,
    /// Masked and cut; null once erased.
    arguments: Value,
    source: Option<String>,
    /// The chain: who wrote it, its place, and its hash.
    writer: String,
    seq: i64,
    hash: String,
}

#[async_trait]
impl TypedTool for AuditReport {
    const ABOUT: About = About {
        name: "admin_audit_report",
        title: "List records of calls",
        description: "Lists the records of calls of this tenant, filtered and in pages.",
        effect: Effect::ReadOnly,
        idempotent: true,
        asks: false,
        permission: ("audit", Action::Read),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let order = order(arguments.order.as_deref())?;
        let filter = Filter {
            since: arguments.since_ms.map(Timestamp::from_millis),
            until: arguments.until_ms.map(Timestamp::from_millis),
            principal: arguments.principal,
            subject: arguments.tool,
            disposition: arguments.disposition,
        };
        let tenant = whose(ctx, arguments.house.unwrap_or_default())?;
        let mut tx = self.0.read(&tenant).await?;
        let limit = arguments.limit.unwrap_or(PAGE);
        let page = tx
            .record_list(&filter, order, arguments.cursor.as_deref(), limit)
            .await?;
        let names = tx.api_key_names().await?;
        let records = page.entries.into_iter();
        Ok(Answer {
            records: records.map(|entry| shown(entry, &names)).collect(),
            next: page.next,
        })
    }
}

/// Whose records. Who was refused, and from where, belongs to no tenant: that is for who has the
/// machine of the house.
fn whose(ctx: &CallContext, is_house: bool) -> Result<TenantId> {
    match is_house {
        false => Ok(ctx.tenant().clone()),
        true if ctx.principal.is_local() => Ok(TenantId::system()),
        true => {
            let message = "the records of the house are for its local user";
            Err(Error::new(Code::Forbidden, message)
                .hint("Run `genkan audit report --house` on a machine of the server."))
        }
    }
}

fn order(word: Option<&str>) -> Result<Order> {
    match word {
        None | Some("newest") => Ok(Order::NewestFirst),
        Some("oldest") => Ok(Order::OldestFirst),
        Some(other) => {
            let message = format!(
                "`order` is `newest` or `oldest`, not `{}`",
                other.escape_debug()
            );
            Err(Error::new(Code::InvalidArguments, message))
        }
    }
}

fn shown(entry: Entry, names: &HashMap<String, String>) -> Record {
    let arguments = entry
        .arguments
        .and_then(|text| serde_json::from_str(&text).ok());
    let name = entry.principal.as_ref().and_then(|id| match id.as_str() {
        Principal::LOCAL => Some(id.clone()),
        id => names.get(id).cloned(),
    });
    Record {
        id: entry.id,
        started_at: entry.started.to_string(),
        duration_us: entry.duration_us,
        principal: entry.principal,
        name,
        door: entry.door,
        operation: entry.operation,
        subject: entry.subject,
        stage: entry.stage,
        disposition: entry.disposition,
        code: entry.code,
        count: entry.count,
        correlation_id: entry.correlation_id,
        arguments: arguments.unwrap_or_default(),
        source: entry.source,
        writer: entry.writer,
        seq: entry.seq,
        hash: entry.hash,
    }
}

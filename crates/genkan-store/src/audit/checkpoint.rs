//! Checkpoints: signed lists of the heads that moved, each signed over the one before it.

use genkan_core::{Result, Timestamp, id::TenantId};

use super::Signer;
use crate::{
    SystemTx,
    db::{execute, fetch_all, fetch_optional},
};

/// One head in the list of a checkpoint.
#[derive(serde::Serialize, serde::Deserialize)]
pub(super) struct Listed {
    pub(super) writer: String,
    pub(super) seq: i64,
    pub(super) hash: String,
}

/// Adds a checkpoint of the heads that moved since the last one, if any did.
pub(crate) async fn write(
    tx: &mut SystemTx,
    tenant: &TenantId,
    signer: &Signer,
    now: Timestamp,
) -> Result<()> {
    let tenant = tenant.as_str();
    let moved: Vec<(String, i64, String)> = fetch_all!(
        tx,
        "SELECT writer, seq, hash FROM head WHERE tenant = $1 AND seq > checkpointed ORDER BY writer",
        tenant,
    )?;
    if moved.is_empty() {
        return Ok(());
    }
    let last: Option<(i64, String)> = fetch_optional!(
        tx,
        "SELECT seq, mac FROM checkpoint WHERE tenant = $1 ORDER BY seq DESC LIMIT 1",
        tenant
    )?;
    let (seq, prev) = last.map_or((1, String::new()), |(seq, mac)| (seq + 1, mac));
    let heads: Vec<_> = moved
        .into_iter()
        .map(|(writer, seq, hash)| Listed { writer, seq, hash })
        .collect();
    let text = serde_json::to_string(&heads).map_err(genkan_core::Error::internal)?;
    let made = now.as_millis();
    let mac = signer.checkpoint(tenant, seq, made, &text, &prev);
    execute!(
        tx,
        "INSERT INTO checkpoint (tenant, seq, made, heads, prev, mac) VALUES ($1, $2, $3, $4, $5, $6)",
        tenant,
        seq,
        made,
        text.as_str(),
        prev.as_str(),
        mac.as_str(),
    )?;
    for head in &heads {
        execute!(
            tx,
            "UPDATE head SET checkpointed = $3 WHERE tenant = $1 AND writer = $2",
            tenant,
            head.writer.as_str(),
            head.seq,
        )?;
    }
    Ok(())
}

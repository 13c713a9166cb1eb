//! Marks that each user has on messages.

use genkan_core::Result;
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{acting::Acting, client::Form};

/// The most messages of one request.
pub(super) const MOST: usize = 1_000;

/// A mark.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(super) enum Flag {
    Read,
    Starred,
    Collapsed,
}

/// Whether it is set or taken away.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(super) enum Operation {
    Add,
    Remove,
}

/// Sets or takes away a mark.
pub(super) async fn set(
    acting: &Acting,
    ids: &[u64],
    flag: Flag,
    operation: Operation,
) -> Result<()> {
    let flag = match flag {
        Flag::Read => "read",
        Flag::Starred => "starred",
        Flag::Collapsed => "collapsed",
    };
    let operation = match operation {
        Operation::Add => "add",
        Operation::Remove => "remove",
    };
    let form = Form::new()
        .json("messages", &ids)
        .text("op", operation)
        .text("flag", flag);
    acting
        .change(Method::POST, &["messages", "flags"], form)
        .await?;
    Ok(())
}

//! `server/discover`: what this endpoint is (MCP 2026-07-28 discovery).

use bytes::Bytes;
use genkan_core::{Code, Error, Result};

use super::{meta, shape};
use crate::{
    house::House,
    mcp::{message::RequestId, visitor::Visitor, wire},
};

/// The method.
pub(crate) const METHOD: &str = "server/discover";

/// What the server can do, in both eras. Later parts of the protocol add their member here.
pub(crate) const CAPABILITIES: &str = r#"{"tools":{}}"#;

/// Answers `server/discover`.
pub(super) async fn answer(house: &House, visitor: Visitor, id: &RequestId) -> Result<Bytes> {
    visitor.principal(house).await?;
    let instructions = instructions(house, &visitor)?;
    Ok(wire::result(id, 1024, |out| {
        shape::complete(out);
        shape::caching(out);
        out.extend_from_slice(b"\"supportedVersions\":");
        wire::json(out, &meta::supported());
        out.extend_from_slice(b",\"capabilities\":");
        out.extend_from_slice(CAPABILITIES.as_bytes());
        if !instructions.is_empty() {
            out.extend_from_slice(b",\"instructions\":");
            wire::json(out, &instructions);
        }
        shape::meta(out, house, None);
    }))
}

/// What a model should know of the profile, or that there is no such profile.
pub(crate) fn instructions(house: &House, visitor: &Visitor) -> Result<String> {
    let profile = house.engine.profile(&visitor.profile);
    profile
        .map(|profile| profile.instructions.clone())
        .ok_or_else(|| {
            Error::new(
                Code::NotFound,
                format!("there is no profile `{}`", visitor.profile.as_str()),
            )
        })
}

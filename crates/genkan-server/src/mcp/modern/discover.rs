//! `server/discover`: what this endpoint is (MCP 2026-07-28 discovery).

use bytes::Bytes;
use genkan_core::{Code, Error, Result, Revision};
use genkan_engine::ProfileInfo;

use super::{meta, shape};
use crate::{
    house::House,
    mcp::{capabilities, message::RequestId, visitor::Visitor, wire},
};

/// The method.
pub(crate) const METHOD: &str = "server/discover";

/// Answers `server/discover`.
pub(super) async fn answer(house: &House, visitor: Visitor, id: &RequestId) -> Result<Bytes> {
    visitor.principal(house).await?;
    let profile = profile(house, &visitor)?;
    Ok(wire::result(id, 1024, |out| {
        shape::complete(out);
        shape::caching(out);
        out.extend_from_slice(b"\"supportedVersions\":");
        wire::json(out, &meta::supported());
        out.extend_from_slice(b",\"capabilities\":");
        wire::json(
            out,
            &capabilities::offered(profile.offers, Revision::V2026_07_28),
        );
        if !profile.instructions.is_empty() {
            out.extend_from_slice(b",\"instructions\":");
            wire::json(out, &profile.instructions);
        }
        shape::meta(out, house, None);
    }))
}

/// What the profile of the address is, or that there is no such profile.
pub(crate) fn profile<'h>(house: &'h House, visitor: &Visitor) -> Result<&'h ProfileInfo> {
    house.engine.profile(&visitor.profile).ok_or_else(|| {
        Error::new(
            Code::NotFound,
            format!("there is no profile `{}`", visitor.profile.as_str()),
        )
    })
}

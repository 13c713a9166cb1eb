//! Expose: what the profile selects and the role allows exists; nothing else does.
//!
//! A tool that the role may not use is answered like one that is not there, so that nobody learns
//! of tools by asking.

use std::sync::Arc;

use genkan_core::{Code, Error, Principal, Result, id::ProfileName};

use crate::{
    Engine,
    catalog::{Entry, View},
};

pub(super) fn view<'e>(
    engine: &'e Engine,
    profile: &ProfileName,
    principal: &Principal,
) -> Result<&'e View> {
    engine.catalog.view(profile, principal.role)
}

pub(super) fn tool(view: &View, name: &str) -> Result<Arc<Entry>> {
    view.find(name).cloned().ok_or_else(|| {
        let shown = &name[..name.floor_char_boundary(64)];
        Error::new(
            Code::UnknownTool,
            format!("there is no tool `{}` here", shown.escape_debug()),
        )
    })
}

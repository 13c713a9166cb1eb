//! Expose: what the profile selects, the role allows and no admin switched off exists; nothing else
//! does.
//!
//! A tool that the role may not use is answered like one that is not there, so that nobody learns
//! of tools by asking.

use std::sync::Arc;

use genkan_core::{Code, Error, Outcome, Principal, Result, Revision, id::ProfileName};

use crate::{
    Engine,
    catalog::{Entry, View},
    switches::Disabled,
};

/// What exists for this caller at this endpoint.
pub(super) struct Exposed<'e> {
    engine: &'e Engine,
    view: &'e View,
    disabled: Arc<Disabled>,
}

/// Finds out what exists for the principal.
pub(super) async fn to<'e>(
    engine: &'e Engine,
    profile: &ProfileName,
    principal: &Principal,
) -> Result<Exposed<'e>> {
    let view = engine.catalog.view(profile, principal.role)?;
    let disabled = engine.switches.of(&principal.tenant).await?;
    Ok(Exposed {
        engine,
        view,
        disabled,
    })
}

impl Exposed<'_> {
    /// One page of the list.
    pub(super) fn page(
        &self,
        principal: &Principal,
        profile: &ProfileName,
        revision: Revision,
        cursor: Option<&str>,
    ) -> Result<Outcome> {
        let pages = self.engine.switches.list(
            self.view,
            &self.disabled,
            &principal.tenant,
            profile,
            principal.role,
        );
        Ok(Outcome::List(pages.page(revision, cursor)?))
    }

    /// The tool of that name.
    pub(super) fn tool(&self, name: &str) -> Result<Arc<Entry>> {
        let found = self
            .view
            .find(name)
            .filter(|_| !self.disabled.contains(name));
        found.cloned().ok_or_else(|| {
            let shown = &name[..name.floor_char_boundary(64)];
            Error::new(
                Code::UnknownTool,
                format!("there is no tool `{}` here", shown.escape_debug()),
            )
        })
    }
}

//! Explain: whether a caller may use a tool, and if not, why. Calls nothing and changes nothing.
//!
//! The decision is that of the stages themselves; the reason, which they keep from callers, is found
//! afterwards by asking for one thing less after the other. It is for operators alone.

use std::{collections::BTreeSet, sync::Arc};

use genkan_core::{
    Error, Operation, Principal, Result, Role,
    call::{Credential, ToolCall},
    id::{ProfileName, TenantId},
};

use super::{
    authorize,
    expose::{self, Found},
};
use crate::{Engine, catalog::Entry};

/// What would become of a call.
#[derive(Debug)]
pub enum Verdict {
    /// It would run, if its arguments fit.
    Allowed {
        /// The role that allows it.
        role: Role,
    },
    /// It would be refused.
    Refused {
        /// What the caller is told.
        error: Error,
        /// What the caller is not told.
        why: Why,
    },
}

/// Why a call would be refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The caller is nobody.
    Caller,
    /// There is no profile of that name, but these.
    NoProfile(Vec<String>),
    /// No toolset has a tool of that name, but these.
    NoTool(Vec<String>),
    /// The profile does not show it, but these do.
    NotInProfile(Vec<String>),
    /// An admin switched it off.
    SwitchedOff,
    /// The role does not allow it.
    Role {
        /// The role of the caller.
        has: Role,
        /// The permission that is lacking.
        needs: String,
        /// The roles that have it.
        roles: Vec<Role>,
    },
}

impl Engine {
    /// Tells what would become of a call of the tool by the holder of this key (its id or its name),
    /// or by the local user.
    ///
    /// Errors: those of the store.
    pub async fn explain(
        &self,
        key: Option<&str>,
        profile: &ProfileName,
        tool: &str,
    ) -> Result<Verdict> {
        let known = match key {
            Some(key) => {
                let tenant = TenantId::default_tenant();
                self.identity.authenticate_named(&tenant, key).await
            }
            None => self.identity.authenticate(&Credential::Local).await,
        };
        let refused = |error: Error, why: Why| Ok(Verdict::Refused { error, why });
        let principal = match known {
            Ok(principal) => principal,
            Err(error) if is_of_the_house(&error) => return Err(error),
            Err(error) => return refused(error, Why::Caller),
        };
        match self.decide(&principal, profile, tool).await {
            Ok(()) => Ok(Verdict::Allowed {
                role: principal.role,
            }),
            Err(error) if is_of_the_house(&error) => Err(error),
            Err(error) => refused(error, self.reason(&principal, profile, tool)),
        }
    }

    /// The stages that decide, as every call passes them.
    async fn decide(
        &self,
        principal: &Arc<Principal>,
        profile: &ProfileName,
        tool: &str,
    ) -> Result<()> {
        let call = Operation::CallTool(ToolCall {
            name: tool.to_owned(),
            ..ToolCall::default()
        });
        let exposed = expose::to(self, profile, principal).await?;
        match exposed.find(principal, profile, call)? {
            Found::Asked(asked) => authorize::role(principal, &asked.target),
            _ => Err(Error::internal(
                "a call of a tool was taken for something else",
            )),
        }
    }

    fn reason(&self, principal: &Principal, profile: &ProfileName, tool: &str) -> Why {
        let names = self.catalog.profile_names();
        let text = |name: &&ProfileName| name.as_str().to_owned();
        if self.catalog.profile(profile).is_none() {
            return Why::NoProfile(names.iter().map(text).collect());
        }
        let Some(entry) = self.shown_to_admins(profile, tool) else {
            let shows = |name: &&&ProfileName| self.shown_to_admins(name, tool).is_some();
            let profiles: Vec<_> = names.iter().filter(shows).map(text).collect();
            return if profiles.is_empty() {
                Why::NoTool(self.every_tool())
            } else {
                Why::NotInProfile(profiles)
            };
        };
        let needs = &entry.definition.permission;
        if principal.may(needs) {
            return Why::SwitchedOff;
        }
        let roles = Role::ALL.into_iter().filter(|role| role.allows(needs));
        Why::Role {
            has: principal.role,
            needs: needs.to_string(),
            roles: roles.collect(),
        }
    }

    fn shown_to_admins(&self, profile: &ProfileName, tool: &str) -> Option<&Arc<Entry>> {
        self.catalog.view(profile, Role::Admin).ok()?.tool(tool)
    }

    fn every_tool(&self) -> Vec<String> {
        let names = self.catalog.profile_names();
        let views = names
            .iter()
            .flat_map(|profile| self.catalog.view(profile, Role::Admin));
        let tools: BTreeSet<_> = views.flat_map(|view| view.tool_names()).collect();
        tools.into_iter().map(str::to_owned).collect()
    }
}

/// Whether the house could not decide, rather than decided against the caller.
fn is_of_the_house(error: &Error) -> bool {
    error.code().http_status() >= 500
}

//! Who is calling: a user, a service or an agent, known by issuer and subject.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    Permission, Role,
    id::{PrincipalId, TenantId},
};

/// What kind of caller a principal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A person.
    User,
    /// A program with a key of its own.
    Service,
    /// A model acting for someone.
    Agent,
}

impl Kind {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Service => "service",
            Self::Agent => "agent",
        }
    }
}

/// An authenticated caller. Cheap to clone behind its `Arc`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The tenant, taken from the credential and from nowhere else.
    pub tenant: TenantId,
    /// The id, unique within the tenant.
    pub id: PrincipalId,
    /// What kind of caller this is.
    pub kind: Kind,
    /// Who vouches for the subject: `genkan:key`, `genkan:local`, or an OAuth issuer.
    pub issuer: Arc<str>,
    /// The name by which the issuer knows the caller.
    pub subject: Arc<str>,
    /// What the caller is to its tenant.
    pub role: Role,
}

impl Principal {
    /// The id of the user of this machine, for whom the operating system vouches.
    pub const LOCAL: &str = "local";
    /// Who vouches for that user.
    pub const LOCAL_ISSUER: &str = "genkan:local";

    /// Whether it is the user of this machine.
    pub fn is_local(&self) -> bool {
        *self.issuer == *Self::LOCAL_ISSUER
    }

    /// Whether the principal may do this. The only question that code asks about roles.
    pub fn may(&self, permission: &Permission) -> bool {
        self.role.allows(permission)
    }
}

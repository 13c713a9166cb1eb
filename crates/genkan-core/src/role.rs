//! Roles: named sets of permissions. Whatever no role names is denied.

use serde::{Deserialize, Serialize};

use crate::{Code, Error, Permission, Result, permission::Action};

/// What a principal is to its tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads what toolsets offer.
    Viewer,
    /// Reads and writes through toolsets.
    User,
    /// Watches the house: metrics and audit; reads through toolsets.
    Operator,
    /// A user who also sets up toolsets and sees metrics.
    Developer,
    /// May do everything within the tenant.
    Admin,
}

impl Role {
    /// Every role, from the least to the most able.
    pub const ALL: [Self; 5] = [
        Self::Viewer,
        Self::User,
        Self::Operator,
        Self::Developer,
        Self::Admin,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::User => "user",
            Self::Operator => "operator",
            Self::Developer => "developer",
            Self::Admin => "admin",
        }
    }

    /// Reads a role's word.
    pub fn parse(text: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| {
                Error::new(
                    Code::InvalidArguments,
                    format!("`{}` is not a role", text.escape_debug()),
                )
                .hint("Roles are viewer, user, operator, developer and admin.")
            })
    }

    /// Actions allowed in every toolset.
    const fn in_toolsets(self) -> &'static [Action] {
        match self {
            Self::Viewer | Self::Operator => &[Action::Read],
            Self::User => &[Action::Read, Action::Write],
            Self::Developer | Self::Admin => &[Action::Read, Action::Write, Action::Manage],
        }
    }

    /// Permissions over the house itself.
    const fn in_house(self) -> &'static [(&'static str, Action)] {
        match self {
            Self::Viewer | Self::User => &[],
            Self::Operator => &[
                ("audit", Action::Read),
                ("metrics", Action::Read),
                ("settings", Action::Read),
            ],
            Self::Developer => &[("metrics", Action::Read), ("settings", Action::Read)],
            Self::Admin => &[
                ("audit", Action::Read),
                ("audit", Action::Manage),
                ("keys", Action::Read),
                ("keys", Action::Manage),
                ("metrics", Action::Read),
                ("settings", Action::Read),
                ("settings", Action::Manage),
            ],
        }
    }

    /// Whether this role carries the permission.
    pub fn allows(self, permission: &Permission) -> bool {
        if permission.is_house() {
            self.in_house()
                .contains(&(permission.area(), permission.action()))
        } else {
            self.in_toolsets().contains(&permission.action())
        }
    }
}

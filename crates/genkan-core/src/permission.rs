//! What may be done: `area.action`, such as `knowledge.read` or `metrics.read`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Code, Error, Result};

/// What kind of thing is done within an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Look, without changing anything.
    Read,
    /// Change the content of the area.
    Write,
    /// Change how the area is set up or who may use it.
    Manage,
}

impl Action {
    const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Manage];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Manage => "manage",
        }
    }
}

/// The areas of the house itself. Any other area is a toolset.
pub const HOUSE_AREAS: [&str; 4] = ["audit", "keys", "metrics", "settings"];

/// One permission: an area and an action in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Permission {
    area: String,
    action: Action,
}

impl Permission {
    /// Reads `area.action`; an area is 1–32 of `[a-z0-9_-]`.
    pub fn parse(text: &str) -> Result<Self> {
        let malformed = || {
            Error::new(
                Code::InvalidName,
                "a permission is `area.action` with action read, write or manage",
            )
        };
        let (area, action) = text.split_once('.').ok_or_else(malformed)?;
        let area_fits = (1..=32).contains(&area.len())
            && area
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
        let action = Action::ALL.into_iter().find(|a| a.as_str() == action);
        match action {
            Some(action) if area_fits => Ok(Self {
                area: area.to_owned(),
                action,
            }),
            _ => Err(malformed()),
        }
    }

    /// The permission of this action in this area of the code's own choosing.
    pub fn new(area: &str, action: Action) -> Self {
        Self {
            area: area.to_owned(),
            action,
        }
    }

    /// The area, such as `knowledge`.
    pub fn area(&self) -> &str {
        &self.area
    }

    /// The action.
    pub const fn action(&self) -> Action {
        self.action
    }

    /// Whether the area belongs to the house rather than to a toolset.
    pub fn is_house(&self) -> bool {
        HOUSE_AREAS.contains(&self.area.as_str())
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.area, self.action.as_str())
    }
}

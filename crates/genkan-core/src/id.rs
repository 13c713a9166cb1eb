//! Ids and checked names: one newtype each, parsed once at the edge.
//!
//! Ids are UUIDv7 in text form (RFC 9562 §5.7), so that they sort by creation time on every
//! database. Names carry their rule; a value that exists obeys it.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{Clock, Code, Error, Random, Result};

/// Makes a UUIDv7 from the given clock and randomness.
pub fn uuid_v7(clock: &dyn Clock, random: &dyn Random) -> String {
    fresh(clock, random).as_ref().to_owned()
}

fn fresh(clock: &dyn Clock, random: &dyn Random) -> Arc<str> {
    let mut bits = [0_u8; 10];
    random.fill(&mut bits);
    let millis = u64::try_from(clock.now().as_millis()).unwrap_or(0);
    let uuid = uuid::Builder::from_unix_timestamp_millis(millis, &bits).into_uuid();
    let mut text = uuid::Uuid::encode_buffer();
    Arc::from(&*uuid.hyphenated().encode_lower(&mut text))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes text that already is such an id, as read from the store.
            pub fn from_stored(text: impl Into<Arc<str>>) -> Self {
                Self(text.into())
            }

            /// Makes a fresh id.
            pub fn generate(clock: &dyn Clock, random: &dyn Random) -> Self {
                Self(fresh(clock, random))
            }

            /// The text form.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
    )*};
}

ids! {
    /// A tenant: the wall between teams. It comes only from the credential.
    TenantId;
    /// A principal: a user, a service or an agent, unique within its tenant.
    PrincipalId;
    /// An execution: one call and its record.
    ExecutionId;
    /// One run of one writing process; names a chain of records.
    WriterId;
}

impl TenantId {
    /// The tenant that a first start creates.
    pub fn default_tenant() -> Self {
        Self("default".into())
    }

    /// The tenant of the house itself: failed sign-ins and the like.
    pub fn system() -> Self {
        Self("system".into())
    }
}

/// Ties everything one request caused together; in = out in `X-Correlation-ID`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CorrelationId(Arc<str>);

impl CorrelationId {
    /// Accepts 1–128 visible ASCII characters; anything else is not worth carrying into logs.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        fits.then(|| Self(text.into()))
    }

    /// Makes a fresh one.
    pub fn generate(clock: &dyn Clock, random: &dyn Random) -> Self {
        Self(fresh(clock, random))
    }

    /// The text form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a client gives to a call that it may have to send again, so that it is made once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(Arc<str>);

impl IdempotencyKey {
    /// Accepts 1–128 visible ASCII characters.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        fits.then(|| Self(text.into()))
    }

    /// The text form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name of a profile: 1–64 of `[a-z0-9-]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct ProfileName(Arc<str>);

impl ProfileName {
    /// Checks and takes a profile name.
    pub fn parse(text: &str) -> Result<Self> {
        let fits = (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !fits {
            return Err(Error::new(
                Code::InvalidName,
                "a profile name is 1–64 of a–z, 0–9 and `-`",
            ));
        }
        Ok(Self(text.into()))
    }

    /// The profile that `/mcp` shows.
    pub fn default_profile() -> Self {
        Self("default".into())
    }

    /// The text form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! wire_names {
    ($($(#[$doc:meta])* $name:ident $what:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Checks and takes such a name.
            pub fn parse(text: &str) -> Result<Self> {
                let fits = (1..=64).contains(&text.len())
                    && text
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
                if !fits {
                    return Err(Error::new(
                        Code::InvalidName,
                        concat!("a ", $what, " name is 1–64 of A–Z, a–z, 0–9, `_` and `-`"),
                    ));
                }
                Ok(Self(text.into()))
            }

            /// The text form.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text form, shared.
            pub fn shared(&self) -> Arc<str> {
                Arc::clone(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

wire_names! {
    /// The name of a tool on the wire: `<toolset>_<tool>`, 1–64 of `[A-Za-z0-9_-]`.
    ///
    /// Several clients refuse dots and longer names.
    ToolName "tool";
    /// The name of a prompt on the wire: `<toolset>_<prompt>`, 1–64 of `[A-Za-z0-9_-]`.
    PromptName "prompt";
}

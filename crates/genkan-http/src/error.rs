//! What can go wrong on the way, told apart by what a caller does differently.

use std::{net::IpAddr, time::Duration};

use genkan_core::{Code, Error as Outward};

/// The result of everything here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why there is no answer. No variant holds a credential, a path or a body.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The address is none that may be requested.
    #[error("the address {0}")]
    Address(&'static str),
    /// The name leads to addresses that may not be reached.
    #[error("`{host}` is at {address}, where Genkan may not go")]
    Refused {
        /// The name or address that was asked for.
        host: String,
        /// Where it leads.
        address: IpAddr,
    },
    /// No connection; nothing was sent.
    #[error("`{origin}` cannot be reached: {why}")]
    Unreachable {
        /// Whom.
        origin: String,
        /// What the system or TLS says.
        why: String,
    },
    /// A limit of time was over; the request may have been carried out.
    #[error("`{origin}` did not answer within {} ms", limit.as_millis())]
    Slow {
        /// Who.
        origin: String,
        /// The limit.
        limit: Duration,
    },
    /// The answer broke off or is no HTTP; the request may have been carried out.
    #[error("`{origin}` gave no whole answer: {why}")]
    Broken {
        /// Who.
        origin: String,
        /// In what way.
        why: String,
    },
    /// The answer is longer than what was allowed.
    #[error("the answer of `{origin}` is longer than {limit} bytes")]
    TooLarge {
        /// Who.
        origin: String,
        /// The limit.
        limit: u64,
    },
    /// The answer leads elsewhere, and it is not followed.
    #[error("the redirect of `{origin}` {why}")]
    Redirect {
        /// Who.
        origin: String,
        /// Why it is not followed.
        why: &'static str,
    },
    /// It failed so often that it is left alone for a while; nothing was sent.
    #[error("`{origin}` failed repeatedly and is left alone for now")]
    Suspended {
        /// Who.
        origin: String,
        /// For how long still.
        retry_after: Duration,
    },
    /// Too much waits for it already, or its limit leaves no room in time; nothing was sent.
    #[error("too many requests to `{origin}` wait already")]
    Busy {
        /// Who.
        origin: String,
    },
}

impl Error {
    /// Whether it is certain that the request never left the house.
    pub fn is_unsent(&self) -> bool {
        matches!(
            self,
            Self::Address(_)
                | Self::Refused { .. }
                | Self::Unreachable { .. }
                | Self::Suspended { .. }
                | Self::Busy { .. }
        )
    }

    /// The word for it in metrics.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Address(_) | Self::Refused { .. } => "refused",
            Self::Unreachable { .. } => "unreachable",
            Self::Slow { .. } => "slow",
            Self::Broken { .. } => "broken",
            Self::TooLarge { .. } => "too_large",
            Self::Redirect { .. } => "redirect",
            Self::Suspended { .. } => "suspended",
            Self::Busy { .. } => "busy",
        }
    }

    /// Whether it says that the other side is in a bad state.
    pub(crate) fn is_failure_of_host(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::Slow { .. } | Self::Broken { .. }
        )
    }
}

impl From<Error> for Outward {
    fn from(error: Error) -> Self {
        let code = match error {
            Error::Address(_) => Code::InvalidAddress,
            Error::Refused { .. } => Code::AddressRefused,
            Error::Unreachable { .. } => Code::RemoteUnreachable,
            Error::Slow { .. } => Code::RemoteSlow,
            Error::Broken { .. } | Error::Redirect { .. } => Code::RemoteBroken,
            Error::TooLarge { .. } => Code::RemoteTooLarge,
            Error::Suspended { .. } => Code::RemoteSuspended,
            Error::Busy { .. } => Code::RemoteBusy,
        };
        Self::new(code, error.to_string())
    }
}

#[cfg(test)]
mod tests;

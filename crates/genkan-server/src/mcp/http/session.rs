//! One legacy session, and how a request finds its own.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Instant,
};

use genkan_core::{
    Clock, Code, Error, Principal, Result, Revision,
    id::{ProfileName, TenantId},
};
use http::{HeaderMap, HeaderName};

use super::replay::{Priming, Replay, StreamName};
use crate::{
    Quirks,
    doors::Doors,
    mcp::{
        exchange::unsupported_version,
        legacy::Peer,
        modern::{headers, meta},
        visitor::Visitor,
    },
    quirk::Quirk,
};

/// The header that names a session.
pub(crate) const ID: HeaderName = HeaderName::from_static("mcp-session-id");

/// Who owns a session: not a token, which may be renewed while the session goes on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Owner {
    tenant: TenantId,
    issuer: Arc<str>,
    subject: Arc<str>,
}

impl Owner {
    pub(crate) fn of(principal: &Principal) -> Self {
        Self {
            tenant: principal.tenant.clone(),
            issuer: Arc::clone(&principal.issuer),
            subject: Arc::clone(&principal.subject),
        }
    }
}

/// A session over HTTP. What it shares with streams is its [`Peer`].
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) peer: Arc<Peer>,
    pub(super) owner: Owner,
    pub(super) profile: ProfileName,
    clock: Arc<dyn Clock>,
    opened: Instant,
    /// When it was last used, in milliseconds after it was opened.
    used: AtomicU64,
    /// Requests and streams that are open now.
    open: AtomicUsize,
    /// What its streams have said.
    pub(super) replay: Arc<Replay>,
    /// The stream of messages that belong to no request (`GET`).
    pub(super) own_stream: StreamName,
}

/// Keeps a session from being idle; given back when dropped.
pub(crate) struct Hold(Arc<Session>);

impl Session {
    pub(super) fn new(
        id: String,
        peer: Arc<Peer>,
        owner: Owner,
        profile: ProfileName,
        clock: Arc<dyn Clock>,
        replay: &Arc<Replay>,
    ) -> Self {
        let opened = clock.monotonic();
        Self {
            id,
            peer,
            owner,
            profile,
            clock,
            opened,
            used: AtomicU64::default(),
            open: AtomicUsize::default(),
            replay: Arc::clone(replay),
            own_stream: replay.fresh_name(),
        }
    }

    /// Marks the session as used for as long as the hold lives.
    pub(crate) fn hold(self: &Arc<Self>) -> Hold {
        self.open.fetch_add(1, Ordering::Relaxed);
        Hold(Arc::clone(self))
    }

    /// Whether its streams begin with an event without data (SEP-1699).
    pub(super) fn priming(&self) -> Priming {
        match self.peer.revision >= Revision::V2025_11_25 {
            true => Priming::Yes,
            false => Priming::No,
        }
    }

    /// Ends everything that goes on in the session.
    pub(super) fn end(&self) {
        self.peer.end();
        self.replay.forget(&self.id);
    }

    pub(super) fn touch(&self) {
        self.used.store(self.age(), Ordering::Relaxed);
    }

    /// How long nobody has used the session, in milliseconds.
    pub(super) fn idle_millis(&self) -> u64 {
        match self.open.load(Ordering::Relaxed) {
            0 => self.age().saturating_sub(self.used.load(Ordering::Relaxed)),
            _ => 0,
        }
    }

    fn age(&self) -> u64 {
        let age = self
            .clock
            .monotonic()
            .saturating_duration_since(self.opened);
        u64::try_from(age.as_millis()).unwrap_or(u64::MAX)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.touch();
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Finds the session that a request names, for whoever may use it.
///
/// The caller is authenticated at every request. A session of somebody else, or of another
/// profile, looks like one that does not exist.
pub(super) async fn of(
    doors: &Doors,
    visitor: &Visitor,
    headers: &HeaderMap,
) -> Result<Arc<Session>> {
    let owner = Owner::of(&*visitor.principal(&doors.house).await?);
    let session = match headers::optional(headers, &ID)? {
        Some(id) => doors.sessions.find(id, &owner, &visitor.profile)?,
        None => unnamed(doors, &owner, &visitor.profile)?,
    };
    check_version(doors.house.settings().quirks, &session, headers)?;
    Ok(session)
}

/// The only session of a caller that names none.
fn unnamed(doors: &Doors, owner: &Owner, profile: &ProfileName) -> Result<Arc<Session>> {
    let quirk = doors.house.settings().quirks.session_id;
    let only = quirk.then(|| doors.sessions.only(owner, profile)).flatten();
    match only {
        Some(session) => {
            Quirk::SessionId.forgive();
            Ok(session)
        }
        None => Err(Error::new(
            Code::SessionRequired,
            "the header `Mcp-Session-Id` is missing",
        )),
    }
}

/// A client need not send its revision, since the session knows it; what it sends must be that.
fn check_version(quirks: Quirks, session: &Session, headers: &HeaderMap) -> Result<()> {
    let Some(version) = headers::optional(headers, &headers::VERSION)? else {
        return Ok(());
    };
    let agreed = session.peer.revision;
    match Revision::parse(version) {
        Some(revision) if revision == agreed => Ok(()),
        _ if agreed == Revision::V2024_11_05 && quirks.unasked_version => {
            Quirk::UnaskedVersion.forgive();
            Ok(())
        }
        None => Err(unsupported_version(version, &meta::supported())),
        Some(_) if quirks.session_version => {
            Quirk::SessionVersion.forgive();
            Ok(())
        }
        Some(_) => Err(Error::new(
            Code::InvalidRequest,
            format!("this session agreed to MCP {}", agreed.as_str()),
        )),
    }
}

/// Whether the revision that the headers tell means nothing: they name a session of 2024-11-05,
/// which had no such header (`mcp.quirks.unasked_version`).
pub(super) fn says_no_version(doors: &Doors, headers: &HeaderMap) -> bool {
    let named = headers.get(&ID).and_then(|id| id.to_str().ok());
    doors.house.settings().quirks.unasked_version
        && named.is_some_and(|id| doors.sessions.revision(id) == Some(Revision::V2024_11_05))
}

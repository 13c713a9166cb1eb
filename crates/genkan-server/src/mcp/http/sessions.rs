//! All legacy sessions of this instance: bounded in number, in all and per owner, and in idleness.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use genkan_core::{Code, Error, Principal, Result, Revision, id::ProfileName};

use super::{
    replay::{Bounds, Replay},
    session::{Owner, Session},
};
use crate::{
    Settings,
    house::House,
    mcp::legacy::{Peer, initialize::Hello},
};

/// How often idle sessions are looked for.
const PURGE: Duration = Duration::from_secs(30);

/// The sessions by their ids.
pub(crate) struct Sessions {
    house: Arc<House>,
    replay: Arc<Replay>,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    by_id: HashMap<String, Arc<Session>>,
    by_owner: HashMap<Owner, usize>,
    /// Sessions, and streams that have the place of one.
    open: usize,
}

impl Sessions {
    /// An empty table, and the task that ends idle sessions.
    pub(crate) fn open(house: &Arc<House>) -> Arc<Self> {
        let bounds = Bounds {
            per_session: house.settings().replay_bytes_per_session,
            in_all: house.settings().replay_bytes,
        };
        let sessions = Arc::new(Self {
            house: Arc::clone(house),
            replay: Replay::new(bounds, Arc::clone(&house.random)),
            table: Mutex::default(),
        });
        let (weak, stop) = (
            Arc::downgrade(&sessions),
            house.lifecycle.soft_stop().clone(),
        );
        house.lifecycle.start("mcp sessions", async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = purge(weak) => {}
            }
        });
        sessions
    }

    /// Opens a session for the principal.
    pub(super) fn create(
        &self,
        principal: &Principal,
        profile: ProfileName,
        hello: Hello,
    ) -> Result<Arc<Session>> {
        let settings = self.house.settings();
        let owner = Owner::of(principal);
        let mut table = self.lock();
        table.check_room(&owner, &settings)?;
        let logs = self.house.logs(&profile);
        let peer = Peer::new(hello, logs, &settings);
        let clock = Arc::clone(&self.house.clock);
        let session = Arc::new(Session::new(
            self.fresh_id(),
            peer,
            owner.clone(),
            profile,
            clock,
            &self.replay,
        ));
        table.by_id.insert(session.id.clone(), Arc::clone(&session));
        table.count(owner);
        Ok(session)
    }

    /// Gives a stream the place of a session, for as long as it lasts.
    pub(super) fn admit(self: &Arc<Self>, principal: &Principal) -> Result<Admission> {
        let owner = Owner::of(principal);
        let mut table = self.lock();
        table.check_room(&owner, &self.house.settings())?;
        table.count(owner.clone());
        Ok(Admission {
            sessions: Arc::clone(self),
            owner,
        })
    }

    /// Finds a session that this owner opened for this profile, and marks it as used.
    pub(super) fn find(
        &self,
        id: &str,
        owner: &Owner,
        profile: &ProfileName,
    ) -> Result<Arc<Session>> {
        let mut table = self.lock();
        let found = table
            .by_id
            .get(id)
            .filter(|session| session.owner == *owner && session.profile == *profile);
        let session = found.cloned().ok_or_else(unknown)?;
        if session.idle_millis() > millis(self.house.settings().session_idle) {
            table.remove(&session);
            return Err(unknown());
        }
        session.touch();
        Ok(session)
    }

    /// The session of this owner and profile, if there is just one, marked as used.
    pub(super) fn only(&self, owner: &Owner, profile: &ProfileName) -> Option<Arc<Session>> {
        let table = self.lock();
        let limit = millis(self.house.settings().session_idle);
        let mut own = table.by_id.values().filter(|session| {
            session.owner == *owner && session.profile == *profile && session.idle_millis() <= limit
        });
        let session = own.next().filter(|_| own.next().is_none())?;
        session.touch();
        Some(Arc::clone(session))
    }

    /// What the session of this id agreed to, whoever has it.
    pub(super) fn revision(&self, id: &str) -> Option<Revision> {
        let table = self.lock();
        table.by_id.get(id).map(|session| session.peer.revision)
    }

    /// Ends a session.
    pub(super) fn end(&self, session: &Session) {
        self.lock().remove(session);
    }

    fn purge_idle(&self) {
        self.lock().remove_idle(self.house.settings().session_idle);
    }

    /// 256 random bits in visible ASCII (MCP 2025-11-25 transports, session management).
    pub(super) fn fresh_id(&self) -> String {
        let mut bytes = [0; 32];
        self.house.random.fill(&mut bytes);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of a stream among the sessions; given back when dropped.
pub(crate) struct Admission {
    sessions: Arc<Sessions>,
    owner: Owner,
}

impl Drop for Admission {
    fn drop(&mut self) {
        self.sessions.lock().uncount(&self.owner);
    }
}

impl Table {
    /// Refuses one more, in all or of this owner.
    fn check_room(&mut self, owner: &Owner, settings: &Settings) -> Result<()> {
        let is_full = |table: &Self| table.open >= settings.sessions;
        let own_of = |table: &Self| table.by_owner.get(owner).copied().unwrap_or_default();
        if is_full(self) || own_of(self) >= settings.sessions_per_principal {
            self.remove_idle(settings.session_idle);
        }
        if is_full(self) {
            let message = format!("all {} sessions are in use", settings.sessions);
            return Err(Error::new(Code::SessionLimit, message));
        }
        if own_of(self) >= settings.sessions_per_principal {
            let message = format!(
                "this caller has {} sessions already",
                settings.sessions_per_principal
            );
            return Err(Error::new(Code::SessionLimit, message));
        }
        Ok(())
    }

    fn count(&mut self, owner: Owner) {
        self.open += 1;
        *self.by_owner.entry(owner).or_default() += 1;
    }

    fn uncount(&mut self, owner: &Owner) {
        self.open -= 1;
        if let Some(count) = self.by_owner.get_mut(owner) {
            *count -= 1;
            if *count == 0 {
                self.by_owner.remove(owner);
            }
        }
    }

    fn remove(&mut self, session: &Session) {
        if self.by_id.remove(&session.id).is_none() {
            return;
        }
        session.end();
        self.uncount(&session.owner);
    }

    fn remove_idle(&mut self, limit: Duration) {
        let limit = millis(limit);
        let idle: Vec<_> = self
            .by_id
            .values()
            .filter(|session| session.idle_millis() > limit)
            .cloned()
            .collect();
        idle.iter().for_each(|session| self.remove(session));
    }
}

async fn purge(sessions: Weak<Sessions>) {
    loop {
        tokio::time::sleep(PURGE).await;
        match sessions.upgrade() {
            Some(sessions) => sessions.purge_idle(),
            None => return,
        }
    }
}

fn unknown() -> Error {
    Error::new(Code::SessionUnknown, "there is no such session")
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

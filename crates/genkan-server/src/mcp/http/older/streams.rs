//! The streams that are open, by their ids.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use genkan_core::{Code, Error, Result, id::ProfileName};

use crate::{
    mcp::http::{session::Owner, sessions::Admission},
    stream::dialogue::Dialogue,
};

/// All streams of this instance. How many there may be, sessions know.
#[derive(Default)]
pub(crate) struct Streams(Mutex<HashMap<String, Arc<Stream>>>);

/// One stream, and whose it is.
pub(super) struct Stream {
    pub(super) dialogue: Dialogue,
    pub(super) owner: Owner,
    pub(super) profile: ProfileName,
    pub(super) _admission: Admission,
}

impl Streams {
    pub(super) fn add(&self, id: String, stream: Arc<Stream>) {
        self.lock().insert(id, stream);
    }

    pub(super) fn remove(&self, id: &str) {
        self.lock().remove(id);
    }

    /// Finds a stream that this owner opened. That of somebody else looks like none.
    pub(super) fn find(&self, id: &str, owner: &Owner) -> Result<Arc<Stream>> {
        let found = self.lock().get(id).cloned();
        found
            .filter(|stream| stream.owner == *owner)
            .ok_or_else(|| Error::new(Code::SessionUnknown, "there is no such session"))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Stream>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! The streams of all sessions with the events that are kept of them, and what they may take.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque},
    sync::Arc,
};

use bytes::Bytes;

use super::{EventId, Listener, StreamName, written};

/// What one event costs besides its text.
const OVERHEAD: usize = 128;

/// How many bytes may be kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Of one session (`limits.replay_bytes_per_session`).
    pub(crate) per_session: usize,
    /// Of all sessions (`limits.replay_bytes`).
    pub(crate) in_all: usize,
}

/// Everything that is kept.
pub(super) struct Table {
    bounds: Bounds,
    streams: HashMap<StreamName, Stream>,
    sessions: HashMap<Arc<str>, Share>,
    /// The stream of every kept event, in the order in which they were said.
    order: BTreeMap<u64, StreamName>,
    next: u64,
    bytes: usize,
}

/// What one session has in the table.
#[derive(Default)]
struct Share {
    bytes: usize,
    order: BTreeSet<u64>,
    streams: HashSet<StreamName>,
}

struct Stream {
    session: Arc<str>,
    /// Raised when somebody else begins to tell; who told before tells no longer.
    generation: u64,
    /// The number of the last event that was said.
    last: u64,
    /// The last events that were said, without a gap.
    kept: VecDeque<Kept>,
    listener: Option<Listener>,
    is_finished: bool,
}

struct Kept {
    position: u64,
    text: Bytes,
}

impl Table {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            streams: HashMap::new(),
            sessions: HashMap::new(),
            order: BTreeMap::new(),
            next: 0,
            bytes: 0,
        }
    }

    /// Opens a stream, or goes on with it under a new generation, which is returned.
    pub(super) fn open(&mut self, session: &str, name: StreamName, listener: Listener) -> u64 {
        let session: Arc<str> = match self.sessions.get_key_value(session) {
            Some((known, _)) => Arc::clone(known),
            None => session.into(),
        };
        let share = self.sessions.entry(Arc::clone(&session)).or_default();
        share.streams.insert(name);
        let stream = self.streams.entry(name).or_insert_with(|| Stream {
            session,
            generation: 0,
            last: 0,
            kept: VecDeque::new(),
            listener: None,
            is_finished: false,
        });
        stream.generation += 1;
        stream.replace(Some(listener));
        stream.generation
    }

    /// Whether the stream is one of this session.
    pub(super) fn belongs(&self, name: StreamName, session: &str) -> bool {
        let stream = self.streams.get(&name);
        stream.is_some_and(|stream| &*stream.session == session)
    }

    /// The number of the last event that was said.
    pub(super) fn last(&self, name: StreamName) -> u64 {
        self.streams.get(&name).map_or(0, |stream| stream.last)
    }

    /// What was said after an event; `None` when not all of it is kept, or it never was said.
    pub(super) fn after(&self, name: StreamName, number: u64) -> Option<Vec<Bytes>> {
        let stream = self.streams.get(&name)?;
        let missed = usize::try_from(stream.last.checked_sub(number)?).ok()?;
        let heard = stream.kept.len().checked_sub(missed)?;
        let kept = stream.kept.iter().skip(heard);
        Some(kept.map(|event| event.text.clone()).collect())
    }

    /// Lets a connection hear what is said from now on, in place of the one that did.
    pub(super) fn attach(&mut self, name: StreamName, listener: Listener) {
        if let Some(stream) = self.streams.get_mut(&name) {
            let hears = !stream.is_finished;
            stream.replace(hears.then_some(listener));
        }
    }

    /// Keeps an event, and returns it with who hears it now; `None` when the stream has ended or
    /// somebody else tells it.
    pub(super) fn say(
        &mut self,
        name: StreamName,
        generation: u64,
        message: &Bytes,
    ) -> Option<(Bytes, Option<Listener>)> {
        let stream = self.streams.get_mut(&name)?;
        if stream.generation != generation || stream.is_finished {
            return None;
        }
        stream.last += 1;
        let id = EventId {
            stream: name,
            number: stream.last,
        };
        let text = written(id, message);
        let listener = stream.listener.clone();
        let (position, cost) = (self.next, text.len() + OVERHEAD);
        stream.kept.push_back(Kept {
            position,
            text: text.clone(),
        });
        let share = self
            .sessions
            .entry(Arc::clone(&stream.session))
            .or_default();
        (share.bytes, self.bytes, self.next) =
            (share.bytes + cost, self.bytes + cost, position + 1);
        share.order.insert(position);
        self.order.insert(position, name);
        let session = Arc::clone(&stream.session);
        self.keep_within(&session);
        Some((text, listener))
    }

    /// The connection leaves, if it still hears.
    pub(super) fn detach(&mut self, name: StreamName, listener: &Listener) {
        if let Some(stream) = self.streams.get_mut(&name)
            && let Some(present) = &stream.listener
            && present.events.same_channel(&listener.events)
        {
            stream.replace(None);
        }
    }

    /// Lets go of whoever hears the stream; it may come back.
    pub(super) fn let_go(&mut self, name: StreamName) {
        if let Some(stream) = self.streams.get_mut(&name) {
            stream.replace(None);
        }
    }

    /// Nothing more will be said. What is kept can still be heard.
    pub(super) fn finish(&mut self, name: StreamName) {
        if let Some(stream) = self.streams.get_mut(&name) {
            stream.is_finished = true;
            // Not let go: what waits for it is still written.
            stream.listener = None;
        }
        self.forget_if_empty(name);
    }

    /// Forgets everything of a session.
    pub(super) fn forget(&mut self, session: &str) {
        let Some(share) = self.sessions.remove(session) else {
            return;
        };
        self.bytes -= share.bytes;
        for position in &share.order {
            self.order.remove(position);
        }
        for name in &share.streams {
            if let Some(mut stream) = self.streams.remove(name) {
                stream.replace(None);
            }
        }
    }

    fn keep_within(&mut self, session: &str) {
        while let Some(share) = self.sessions.get(session)
            && share.bytes > self.bounds.per_session
            && let Some(oldest) = share.order.first().copied()
        {
            self.drop_event(oldest);
        }
        while self.bytes > self.bounds.in_all
            && let Some(oldest) = self.order.first_key_value().map(|(oldest, _)| *oldest)
        {
            self.drop_event(oldest);
        }
    }

    /// Drops what is the oldest event of its session, and therefore of its stream.
    fn drop_event(&mut self, position: u64) {
        let Some(name) = self.order.remove(&position) else {
            return;
        };
        let Some(stream) = self.streams.get_mut(&name) else {
            return;
        };
        let Some(event) = stream.kept.pop_front() else {
            return;
        };
        debug_assert_eq!(event.position, position, "events leave in order");
        let cost = event.text.len() + OVERHEAD;
        self.bytes -= cost;
        if let Some(share) = self.sessions.get_mut(&stream.session) {
            share.bytes -= cost;
            share.order.remove(&position);
        }
        self.forget_if_empty(name);
    }

    fn forget_if_empty(&mut self, name: StreamName) {
        let over = |stream: &&Stream| stream.is_finished && stream.kept.is_empty();
        let Some(stream) = self.streams.get(&name).filter(over) else {
            return;
        };
        let session = Arc::clone(&stream.session);
        self.streams.remove(&name);
        if let Some(share) = self.sessions.get_mut(&session) {
            share.streams.remove(&name);
            if share.streams.is_empty() {
                self.sessions.remove(&session);
            }
        }
    }
}

impl Stream {
    fn replace(&mut self, listener: Option<Listener>) {
        if let Some(before) = std::mem::replace(&mut self.listener, listener) {
            before.ended.cancel();
        }
    }
}

#[cfg(test)]
mod tests;

//! What the streams of sessions have said, kept for clients that come back (MCP 2025-11-25
//! transports, resumability and redelivery).
//!
//! Every event gets an id. Whoever lost its connection comes back with the last id that it heard,
//! gets what it missed, and hears on. What is kept is bounded per session and in all, the oldest
//! going first; it ends with its session.

mod event_id;
mod table;
mod thread;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::{BufMut, Bytes, BytesMut};
use genkan_core::{Code, Error, Random, Result};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use self::table::Table;
pub(crate) use self::{
    event_id::{EventId, StreamName},
    table::Bounds,
    thread::Thread,
};

/// How many events may wait for a slow client before its call waits too.
const WAITING: usize = 32;

/// How long a client should wait before it comes back, in milliseconds.
const RETRY_MILLIS: u64 = 1_000;

/// What is kept of all sessions of this instance.
pub(crate) struct Replay {
    random: Arc<dyn Random>,
    table: Mutex<Table>,
}

/// The connection that hears a stream at present.
#[derive(Clone)]
struct Listener {
    events: mpsc::Sender<Bytes>,
    /// Cancelled when another takes its place, or the stream lets it go.
    ended: CancellationToken,
}

/// What a connection is given to write.
pub(crate) type Events = mpsc::Receiver<Bytes>;

/// Whether a client is told where it stands before anything else, and when to come back: before
/// 2025-11-25 an event without data would be taken for a broken message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Priming {
    Yes,
    No,
}

impl Replay {
    pub(crate) fn new(bounds: Bounds, random: Arc<dyn Random>) -> Arc<Self> {
        Arc::new(Self {
            random,
            table: Mutex::new(Table::new(bounds)),
        })
    }

    /// A name for a stream.
    pub(crate) fn fresh_name(&self) -> StreamName {
        StreamName::fresh(&*self.random)
    }

    /// Begins a stream that answers a request, heard by the connection that gets the events.
    pub(crate) fn begin(self: &Arc<Self>, session: &str, priming: Priming) -> (Thread, Events) {
        let name = self.fresh_name();
        let (listener, events) = connection(0);
        self.prime(
            &listener,
            priming,
            EventId {
                stream: name,
                number: 0,
            },
        );
        let generation = self.lock().open(session, name, listener);
        (Thread::new(self, name, generation, None), events)
    }

    /// Goes on with the stream of a session that belongs to no request, or begins it. Whoever told
    /// it and heard it before ends. What comes after `last` is told again.
    pub(crate) fn listen(
        self: &Arc<Self>,
        session: &str,
        name: StreamName,
        last: Option<EventId>,
        priming: Priming,
    ) -> (Thread, Events) {
        let mut table = self.lock();
        // What is kept no longer is covered by saying that everything may have changed.
        let missed = last
            .filter(|last| last.stream == name)
            .and_then(|last| Some((last.number, table.after(name, last.number)?)));
        let (number, missed) = missed.unwrap_or_else(|| (table.last(name), Vec::new()));
        let (listener, events) = connection(missed.len());
        self.prime(
            &listener,
            priming,
            EventId {
                stream: name,
                number,
            },
        );
        let generation = table.open(session, name, listener.clone());
        tell_missed(&listener, missed);
        drop(table);
        (Thread::new(self, name, generation, Some(listener)), events)
    }

    /// Goes on with the stream of a request, after the last event that was heard.
    pub(crate) fn resume(&self, session: &str, last: EventId, priming: Priming) -> Result<Events> {
        let mut table = self.lock();
        let missed = match table.belongs(last.stream, session) {
            true => table.after(last.stream, last.number),
            false => None,
        };
        let missed = missed.ok_or_else(gone)?;
        let (listener, events) = connection(missed.len());
        self.prime(&listener, priming, last);
        tell_missed(&listener, missed);
        table.attach(last.stream, listener);
        Ok(events)
    }

    /// Forgets everything of a session, and ends who hears it.
    pub(crate) fn forget(&self, session: &str) {
        self.lock().forget(session);
    }

    /// Tells a connection where it stands (SEP-1699).
    fn prime(&self, listener: &Listener, priming: Priming, at: EventId) {
        if priming == Priming::Yes {
            let text = format!("id: {at}\nretry: {RETRY_MILLIS}\ndata: \n\n");
            // The channel is new, so that there is room.
            let _ = listener.events.try_send(text.into());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that takes this many events at once, besides those to come.
fn connection(missed: usize) -> (Listener, Events) {
    let (events, receiver) = mpsc::channel(WAITING + missed);
    let ended = CancellationToken::new();
    (Listener { events, ended }, receiver)
}

fn tell_missed(listener: &Listener, missed: Vec<Bytes>) {
    for event in missed {
        // The channel was made for as many.
        let _ = listener.events.try_send(event);
    }
}

/// An event in its wire form.
fn written(id: EventId, message: &Bytes) -> Bytes {
    let id = id.to_string();
    let mut out = BytesMut::with_capacity(message.len() + id.len() + 32);
    out.put_slice(b"id: ");
    out.put_slice(id.as_bytes());
    out.put_slice(b"\nevent: message\ndata: ");
    out.put_slice(message);
    out.put_slice(b"\n\n");
    out.freeze()
}

/// The error for what cannot be told again.
pub(crate) fn gone() -> Error {
    Error::new(
        Code::EventsGone,
        "what came after this event is not kept (any more), or it is no event of this session",
    )
}

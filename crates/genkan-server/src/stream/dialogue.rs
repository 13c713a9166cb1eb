//! What one stream says and hears.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::Bytes;
use genkan_core::{Code, Error, Result, correlation, id::CorrelationId};
use tokio::sync::{Semaphore, mpsc};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Peer, speaking};
use crate::{
    house::House,
    json,
    mcp::{
        exchange::{Answer, Exchange},
        in_flight::InFlight,
        legacy::{
            self, Outlet, batch,
            hearing::{Hearing, Since},
            initialize::{self, Hello},
        },
        message::{self, Incoming, Message, Notification, Refusal, Request},
        modern::{self, Carried, meta},
        progress,
        visitor::Visitor,
    },
};

/// How many calls run at once; more wait.
const AT_ONCE: usize = 64;

/// How long cancelled calls may take to end.
const ENDING: Duration = Duration::from_secs(1);

/// One stream.
pub(crate) struct Dialogue {
    pub(super) house: Arc<House>,
    pub(super) out: mpsc::Sender<Bytes>,
    peer: Peer,
    /// The session, once `initialize` opened it.
    session: OnceLock<Arc<legacy::Peer>>,
    /// Requests of the stateless era.
    in_flight: Arc<InFlight>,
    running: Arc<Semaphore>,
    calls: TaskTracker,
    /// Cancelled when what lasts should end.
    closing: CancellationToken,
}

impl Dialogue {
    pub(crate) fn new(house: Arc<House>, peer: Peer, out: mpsc::Sender<Bytes>) -> Self {
        let in_flight = InFlight::new(house.settings().calls_in_flight);
        Self {
            house,
            out,
            peer,
            session: OnceLock::new(),
            in_flight,
            running: Arc::new(Semaphore::new(AT_ONCE)),
            calls: TaskTracker::new(),
            closing: CancellationToken::new(),
        }
    }

    /// Takes one line.
    pub(super) async fn take(&self, line: &[u8]) {
        let read = json::parse(line, self.house.settings().json_depth)
            .map_err(|error| Refusal { id: None, error })
            .and_then(message::read);
        self.serve(read, self.visitor()).await;
    }

    /// Serves what was read, in the name of who sent it. The answer comes on the stream.
    pub(crate) async fn serve(&self, read: Result<Incoming, Refusal>, visitor: Visitor) {
        let id = visitor.correlation_id.clone();
        correlation::caused_by(id, self.pass_on(read, visitor)).await;
    }

    async fn pass_on(&self, read: Result<Incoming, Refusal>, visitor: Visitor) {
        match read {
            Ok(Incoming::One(Message::Request(request))) => self.request(request, visitor).await,
            Ok(Incoming::One(Message::Notification(notification))) => self.notice(notification),
            Ok(Incoming::One(Message::Response(response))) => {
                if let Some(session) = self.session.get() {
                    session.asking.settle(response);
                }
            }
            Ok(Incoming::Batch(batch)) => self.batch(batch, &visitor).await,
            Err(refusal) => self.say(Answer::from(refusal)).await,
        }
    }

    /// Says that a line was beyond the bound.
    pub(super) async fn too_long(&self) {
        let message = format!(
            "the line has more than {} bytes",
            self.house.settings().body_bytes
        );
        let error = Error::new(Code::PayloadTooLarge, message);
        self.say(Answer::from(Refusal { id: None, error })).await;
    }

    /// Lets calls finish, then ends them.
    pub(crate) async fn finish(&self) {
        if let Some(session) = self.session.get() {
            // Nobody is left to answer.
            session.asking.close();
        }
        self.closing.cancel();
        self.calls.close();
        let hard = self.house.lifecycle.hard_stop();
        let drain = self.house.settings().drain;
        let drained = tokio::select! {
            () = self.calls.wait() => true,
            () = tokio::time::sleep(drain) => false,
            () = self.out.closed() => false,
            () = hard.cancelled() => false,
        };
        if drained {
            return;
        }
        self.in_flight.cancel_all();
        if let Some(session) = self.session.get() {
            session.end();
        }
        tokio::select! {
            () = self.calls.wait() => {}
            () = tokio::time::sleep(ENDING) => {}
            () = hard.cancelled() => {}
        }
    }

    async fn request(&self, request: Request, visitor: Visitor) {
        if meta::is_modern(&request.params) {
            return self.modern(request, visitor).await;
        }
        if request.method == initialize::METHOD {
            return self.initialize(request, visitor).await;
        }
        match self.session.get() {
            Some(session) => {
                let answer = legacy::begin(&self.house, session, visitor, request, &self.outlet());
                self.start(Exchange::plain(answer));
            }
            None => {
                let message = format!(
                    "`{}` has no `_meta` and comes before `initialize`",
                    shown(&request.method)
                );
                let error = Error::new(Code::SessionRequired, message)
                    .hint("Send `initialize` first, or `params._meta` with every request (MCP 2026-07-28).");
                self.say(Answer::refused(Some(&request.id), &error)).await;
            }
        }
    }

    async fn modern(&self, request: Request, visitor: Visitor) {
        match self.in_flight.enter(&request.id) {
            Ok(flight) => {
                let carried = Carried {
                    cancel: flight.cancel.clone(),
                    closing: Some(self.closing.clone()),
                    mirrored: None,
                };
                let exchange = modern::begin(&self.house, visitor, request, carried);
                let inner = exchange.answer;
                let answer = Box::pin(async move {
                    let _flight = flight;
                    inner.await
                });
                self.start(Exchange { answer, ..exchange });
            }
            Err(error) => self.say(Answer::refused(Some(&request.id), &error)).await,
        }
    }

    /// Opens the session of the stream; in place, so that the next line finds it open.
    async fn initialize(&self, request: Request, visitor: Visitor) {
        let greeted: Result<Bytes> = async {
            visitor.principal(&self.house).await?;
            let hello = Hello::read(&request.params)?;
            let profile = modern::discover::profile(&self.house, &visitor)?;
            let logs = profile.offers.logs;
            let session = legacy::Peer::new(hello, logs, &self.house.settings());
            let opened = self.session.set(session);
            opened.map_err(|_| {
                Error::new(Code::InvalidRequest, "`initialize` comes once in a stream")
            })?;
            if let Some(session) = self.session.get() {
                self.hear(Hearing::begin(&self.house, visitor, session).await?);
            }
            Ok(hello.welcome(&self.house, &request.id, profile))
        }
        .await;
        match greeted {
            Ok(body) => {
                self.say(Answer {
                    body: body.into(),
                    refused: None,
                })
                .await
            }
            Err(error) => self.say(Answer::refused(Some(&request.id), &error)).await,
        }
    }

    /// Tells the session of changes for as long as the stream lasts.
    fn hear(&self, hearing: Hearing) {
        let (house, out, closing) = (
            Arc::clone(&self.house),
            self.out.clone(),
            self.closing.clone(),
        );
        let lifecycle = house.lifecycle.clone();
        lifecycle.start("mcp changes", async move {
            let soft = house.lifecycle.soft_stop();
            let tell = |message| async { out.send(message).await.is_ok() };
            tokio::select! {
                _ = hearing.tell_all(&house, Since::Beginning, tell) => {}
                () = out.closed() => {}
                () = closing.cancelled() => {}
                () = soft.cancelled() => {}
            }
        });
    }

    fn notice(&self, mut notification: Notification) {
        if notification.method == "notifications/cancelled"
            && let Some(id) = progress::cancelled_request(&mut notification.params)
        {
            // The client's ids are one set, whatever era each of its requests belongs to.
            self.in_flight.cancel(&id);
            if let Some(session) = self.session.get() {
                session.in_flight.cancel(&id);
            }
        }
    }

    async fn batch(&self, batch: Vec<Result<Message, Refusal>>, visitor: &Visitor) {
        match self
            .session
            .get()
            .filter(|session| batch::allowed(session.revision))
        {
            Some(session) => {
                let answer = batch::begin_all(&self.house, session, visitor, batch, &self.outlet());
                if let Some(answer) = answer {
                    self.start(Exchange::plain(answer));
                }
            }
            None => {
                let error = Error::new(
                    Code::InvalidRequest,
                    "only sessions of MCP 2025-03-26 have batches",
                );
                self.say(Answer::from(Refusal { id: None, error })).await;
            }
        }
    }

    /// Serves a request in a task, and says its messages in order.
    fn start(&self, exchange: Exchange) {
        let (out, running, token) = (
            self.out.clone(),
            Arc::clone(&self.running),
            self.calls.token(),
        );
        let hard = self.house.lifecycle.hard_stop().clone();
        self.house.lifecycle.start("mcp request", async move {
            let _token = token;
            tokio::select! {
                () = speaking::say_all(exchange, &running, &out) => {}
                () = hard.cancelled() => {}
            }
        });
    }

    async fn say(&self, answer: Answer) {
        let _ = self.out.send(answer.body.whole()).await;
    }

    fn outlet(&self) -> Outlet {
        Outlet {
            frames: self.out.clone(),
            live: true,
            deferral: None,
        }
    }

    fn visitor(&self) -> Visitor {
        Visitor {
            credential: self.peer.credential.clone(),
            door: self.peer.door,
            profile: self.peer.profile.clone(),
            correlation_id: CorrelationId::generate(&*self.house.clock, &*self.house.random),
            trace: None,
            source: Arc::clone(&self.peer.source),
        }
    }
}

fn shown(method: &str) -> String {
    method
        .chars()
        .take(64)
        .flat_map(char::escape_debug)
        .collect()
}

//! The client: the one way in which a request leaves the house.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use genkan_core::{Clock, Lifecycle, Random, Result as Outward, correlation};
use http_body_util::combinators::UnsyncBoxBody;
use hyper::rt::Executor;
use hyper_util::{client::legacy, rt::TokioTimer};
use tokio::{sync::OwnedSemaphorePermit, time::Instant};

use crate::{
    Answer, Error, HostStatus, Options, Origin, Repeat, Request, Result,
    connector::Connector,
    exchange::Limits,
    governor::{Governor, Pass},
    hop::Hop,
    host::{Host, Hosts},
    measure, retry, tls,
};

/// The longest head of an answer, in bytes.
const HEAD: usize = 64 << 10;
/// The most headers of an answer.
const HEADERS: usize = 128;

/// What is sent.
pub(crate) type Outgoing = UnsyncBoxBody<Bytes, std::io::Error>;

/// The only client for everything outside. Clones share everything.
#[derive(Clone)]
pub struct Client {
    options: Arc<Options>,
    hosts: Arc<Hosts>,
    pool: legacy::Client<Connector, Outgoing>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl Client {
    /// A client with these bounds. Its connections are tasks of this lifecycle, and end when the last
    /// clone of it is dropped.
    ///
    /// Error: the further certificates are none.
    pub fn new(
        options: Options,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        lifecycle: &Lifecycle,
    ) -> Outward<Self> {
        measure::describe();
        let options = Arc::new(options);
        let hosts = Arc::new(Hosts::new(Arc::clone(&options), Arc::clone(&clock)));
        let connector = Connector {
            tls: tls::connector(&options.extra_roots)?,
            options: Arc::clone(&options),
            hosts: Arc::clone(&hosts),
        };
        let pool = legacy::Client::builder(Tasks(lifecycle.clone()))
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(options.idle_limit)
            .pool_max_idle_per_host(options.connections_per_host)
            .http1_max_buf_size(HEAD)
            .http1_max_headers(HEADERS)
            .http2_max_header_list_size(u32::try_from(HEAD).unwrap_or(u32::MAX))
            .http2_adaptive_window(true)
            .build(connector);
        Ok(Self {
            options,
            hosts,
            pool,
            clock,
            random,
        })
    }

    /// Sends a request and returns the head of the answer, whatever its status. What may be repeated
    /// is repeated before a failure is told.
    pub async fn send(&self, mut request: Request) -> Result<Answer> {
        let origin = Origin::of(&request.url)?;
        let host = self.hosts.get(&origin)?;
        let governor = host.governor(&request.identity);
        let mut last = self.now() + request.total_limit.unwrap_or(self.options.total_limit);
        let patient = last + request.patience;
        let is_replayable = request.is_replayable();
        let (repeat, redirects) = (request.repeat, request.redirects);
        let read = request.read_limit.unwrap_or(self.options.read_limit);
        let body = request.body_limit.unwrap_or(self.options.body_limit);
        let mut tried = 1;
        loop {
            let began = self.now();
            let (place, pass) = self.enter(&host, &governor, &origin, patient).await?;
            // Waiting for the other side's limit is paid from patience first.
            last = (last + (self.now() - began)).min(patient);
            let hop = Hop::first(&mut request);
            let limits = Limits { last, read, body };
            let ended = self.journey(hop, &host, place, redirects, limits).await;
            let may_repeat = is_replayable && tried < self.options.attempts;
            match self.next(&ended, repeat, &pass, tried) {
                Next::AfterLimit if is_replayable && governor.opens_by(patient.into()) => {}
                Next::After(pause) if may_repeat && self.now() + pause < last => {
                    drop((ended, pass));
                    tokio::time::sleep(pause).await;
                    tried += 1;
                }
                _ => return ended,
            }
        }
    }

    /// Every origin that is known, as it stands.
    pub fn hosts(&self) -> Vec<HostStatus> {
        self.hosts.statuses()
    }

    /// Closes the breaker of an origin; whether there is such an origin.
    pub fn reset_breaker(&self, origin: &Origin) -> bool {
        self.hosts.reset(origin)
    }

    /// Waits for room in the other side's limit and for a place among the requests under way.
    async fn enter<'a>(
        &self,
        host: &Host,
        governor: &'a Governor,
        origin: &Origin,
        patient: Instant,
    ) -> Result<(OwnedSemaphorePermit, Pass<'a>)> {
        let busy = || Error::Busy {
            origin: origin.to_string(),
        };
        let _waiting = host.wait().ok_or_else(busy)?;
        loop {
            if !governor.room(patient.into()).await {
                return Err(busy());
            }
            let place = host.place(patient).await.ok_or_else(busy)?;
            if let Some(pass) = governor.enter() {
                return Ok((place, pass));
            }
        }
    }

    /// One attempt, from origin to origin as redirects lead.
    async fn journey(
        &self,
        mut hop: Hop,
        first: &Host,
        place: OwnedSemaphorePermit,
        redirects: u32,
        limits: Limits,
    ) -> Result<Answer> {
        let mut answer = self.exchange(&mut hop, first, place, limits).await?;
        for _ in 0..redirects {
            if !Hop::is_redirected(answer.status, &answer.headers) {
                return Ok(answer);
            }
            hop = hop.follow(answer.status, &answer.headers)?;
            drop(answer);
            let origin = Origin::of(&hop.url)?;
            let host = self.hosts.get(&origin)?;
            let place = host.place(limits.last).await.ok_or_else(|| Error::Busy {
                origin: origin.to_string(),
            })?;
            answer = self.exchange(&mut hop, &host, place, limits).await?;
        }
        if redirects > 0 && Hop::is_redirected(answer.status, &answer.headers) {
            return Err(Error::Redirect {
                origin: Origin::of(&hop.url)?.to_string(),
                why: "is one too many",
            });
        }
        Ok(answer)
    }

    /// What follows from how an attempt ended.
    fn next(&self, ended: &Result<Answer>, repeat: Repeat, pass: &Pass<'_>, tried: u32) -> Next {
        let scattered = || retry::pause(tried - 1, &*self.random);
        match ended {
            Ok(answer) => {
                let is_refused = pass.learn(answer.status, &answer.headers);
                if is_refused && repeat >= Repeat::Refused {
                    return Next::AfterLimit;
                }
                let is_passing = retry::is_passing(answer.status);
                if repeat == Repeat::Idempotent && is_passing && !is_refused {
                    let told = retry::after(&answer.headers, self.clock.now());
                    return Next::After(told.unwrap_or_else(scattered));
                }
                Next::Nothing
            }
            Err(Error::Unreachable { .. }) => Next::After(scattered()),
            Err(Error::Slow { .. } | Error::Broken { .. }) if repeat == Repeat::Idempotent => {
                Next::After(scattered())
            }
            Err(_) => Next::Nothing,
        }
    }

    pub(crate) fn now(&self) -> Instant {
        self.clock.monotonic().into()
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    pub(crate) fn pool(&self) -> &legacy::Client<Connector, Outgoing> {
        &self.pool
    }
}

/// What to do after an attempt.
enum Next {
    Nothing,
    /// Once more after this pause.
    After(Duration),
    /// Once more as soon as the other side's limit leaves room; that costs no attempt.
    AfterLimit,
}

/// Connections are tasks of the house like any others.
#[derive(Clone)]
struct Tasks(Lifecycle);

impl<F: Future<Output: Send> + Send + 'static> Executor<F> for Tasks {
    fn execute(&self, task: F) {
        let hard_stop = self.0.hard_stop().clone();
        // The next request may be somebody else's.
        let serving = correlation::of_nobody(async move {
            hard_stop.run_until_cancelled(task).await;
        });
        self.0.start_unawaited("http connection", serving);
    }
}

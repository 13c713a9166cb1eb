//! The load: clients that each keep a connection and ask one thing after another, as fast as they
//! are answered (closed loop) or at a rate that does not wait for the server (open loop).

use std::{
    cell::{Cell, RefCell},
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tokio::task::LocalSet;

use crate::{
    http::{Connection, Reply},
    template::Template,
};

/// When requests are sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// The next one when the last is answered.
    Closed,
    /// So many per second from all clients together, answered or not.
    Open(f64),
}

/// What is sent where.
#[derive(Clone, Debug)]
pub struct Load {
    /// The server.
    pub address: SocketAddr,
    /// The requests of each client, sent in turn, since sessions and keys make them differ.
    pub templates: Vec<Vec<Template>>,
    /// When.
    pub pace: Pace,
    /// How long before anything counts.
    pub warm_up: Duration,
    /// How long it counts.
    pub time: Duration,
    /// What it is that a server turns a request away.
    pub when_shed: WhenShed,
}

/// What it is that a server turns a request away, with 503 and `Retry-After`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenShed {
    /// An error.
    Fail,
    /// Counted, and the next request comes.
    Count,
    /// Counted, and the request comes again when it was told to. Its latency counts from the first
    /// time on.
    Return,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// Answers within the time.
    pub answers: u64,
    /// Answers that were no results.
    pub errors: u64,
    /// How often a request was turned away, where that is no error. They are no answers.
    pub shed: u64,
    /// The first of these.
    pub first_error: Option<String>,
    /// How long it really took.
    pub elapsed: Duration,
    /// The latency of each answer in microseconds, in no order. In an open loop it counts from the
    /// moment at which the request should have been sent.
    pub latencies_us: Vec<u32>,
    /// The bytes of one answer's body.
    pub answer_bytes: usize,
}

#[derive(Default)]
struct Shared {
    counts: Cell<bool>,
    over: Cell<bool>,
    number: Cell<u64>,
    taken: RefCell<Taken>,
}

/// Runs the load on this thread. `at_edges` is called when counting begins and when it ends.
pub async fn run(load: &Load, mut at_edges: impl FnMut()) -> Result<Taken> {
    let shared = Rc::new(Shared::default());
    let local = LocalSet::new();
    let mut connections = Vec::with_capacity(load.templates.len());
    for _ in &load.templates {
        let opened = Connection::open(load.address).await;
        connections.push(opened.context("cannot connect")?);
    }
    let mut clients = Vec::new();
    // Only now, since nothing could have been sent before.
    let begun = Instant::now();
    let each = load.templates.iter().zip(connections);
    for (position, (templates, connection)) in each.enumerate() {
        let client = Client {
            connection,
            templates: templates.clone(),
            when_shed: load.when_shed,
            shared: Rc::clone(&shared),
        };
        let schedule = Schedule::new(load.pace, load.templates.len(), position, begun);
        clients.push(local.spawn_local(client.run(schedule)));
    }
    local
        .run_until(async {
            tokio::time::sleep(load.warm_up).await;
            at_edges();
            let counted = Instant::now();
            shared.counts.set(true);
            tokio::time::sleep(load.time).await;
            at_edges();
            shared.counts.set(false);
            shared.over.set(true);
            shared.taken.borrow_mut().elapsed = counted.elapsed();
            let ended = futures_util::future::join_all(clients);
            match tokio::time::timeout(Duration::from_secs(20), ended).await {
                Ok(ended) => ended.into_iter().try_for_each(|client| client?),
                Err(_) => bail!("the server did not answer within 20 seconds"),
            }
        })
        .await?;
    let taken = shared.taken.take();
    if taken.answers == 0 {
        bail!("no answer came; the first failure: {:?}", taken.first_error);
    }
    Ok(taken)
}

struct Client {
    connection: Connection,
    templates: Vec<Template>,
    when_shed: WhenShed,
    shared: Rc<Shared>,
}

impl Client {
    async fn run(mut self, mut schedule: Schedule) -> Result<()> {
        let mut turn = 0;
        while !self.shared.over.get() {
            let due = schedule.next().await;
            let number = self.shared.number.get();
            self.shared.number.set(number + 1);
            let templates = self.templates.len();
            let template = &mut self.templates[turn % templates];
            turn += 1;
            let reply = loop {
                let reply = self.connection.exchange(template.numbered(number)).await?;
                let pause = match self.when_shed {
                    WhenShed::Fail => None,
                    _ => pause(&reply),
                };
                let Some(pause) = pause else {
                    break Some(reply);
                };
                if self.shared.counts.get() {
                    self.shared.taken.borrow_mut().shed += 1;
                }
                if self.when_shed == WhenShed::Count || self.shared.over.get() {
                    break None;
                }
                tokio::time::sleep(pause).await;
            };
            let Some(reply) = reply else {
                continue;
            };
            let is_well = reply.is_well();
            if self.shared.counts.get() {
                let mut taken = self.shared.taken.borrow_mut();
                taken.answers += 1;
                let latency = u32::try_from(due.elapsed().as_micros()).unwrap_or(u32::MAX);
                taken.latencies_us.push(latency);
                taken.answer_bytes = reply.body.len();
            }
            if !is_well {
                let mut taken = self.shared.taken.borrow_mut();
                taken.errors += 1;
                let shown = &reply.body[..reply.body.len().min(300)];
                let shown = || format!("{} {}", reply.status, String::from_utf8_lossy(shown));
                taken.first_error.get_or_insert_with(shown);
            }
        }
        Ok(())
    }
}

/// How long a server that turns a request away asks to wait; nothing if it does not turn it away.
fn pause(reply: &Reply<'_>) -> Option<Duration> {
    let seconds = reply.header("retry-after").filter(|_| reply.status == 503);
    seconds?.parse().ok().map(Duration::from_secs)
}

/// When one client sends.
struct Schedule {
    every: Option<Duration>,
    due: Instant,
}

impl Schedule {
    fn new(pace: Pace, clients: usize, position: usize, begun: Instant) -> Self {
        let Pace::Open(per_second) = pace else {
            return Self {
                every: None,
                due: begun,
            };
        };
        let between = Duration::from_secs_f64(1.0 / per_second);
        let (clients, position) = (
            u32::try_from(clients).unwrap_or(1),
            u32::try_from(position).unwrap_or(0),
        );
        Self {
            every: Some(between * clients),
            due: begun + between * position,
        }
    }

    /// Waits until the next request is due, and tells since when it is.
    async fn next(&mut self) -> Instant {
        let Some(every) = self.every else {
            return Instant::now();
        };
        let due = self.due;
        self.due += every;
        tokio::time::sleep_until(due.into()).await;
        due
    }
}

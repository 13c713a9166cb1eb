//! A client as tests want it: loopback allowed, short limits, names that tests own.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use genkan_core::{Clock, Lifecycle, Network, Timestamp, clock::SystemClock, random::SystemRandom};
use genkan_http::{Client, Error, Guard, Options, Request, parse_url};
use http::Method;

/// The bounds of most tests: all of loopback, and no repeats unless asked for.
pub(crate) fn options() -> Options {
    Options {
        guard: Guard::new(vec![Network::check("127.0.0.0/8").unwrap()]),
        attempts: 1,
        ..Options::default()
    }
}

/// A client with these bounds.
pub(crate) fn client(options: Options) -> Client {
    client_at(options, Arc::new(SystemClock))
}

/// A client with these bounds and this clock.
pub(crate) fn client_at(options: Options, clock: Arc<dyn Clock>) -> Client {
    Client::new(options, clock, Arc::new(SystemRandom), &Lifecycle::new()).unwrap()
}

/// The system's clock, ahead by as much as a test wants.
#[derive(Default)]
pub(crate) struct Ahead(AtomicU64);

impl Ahead {
    pub(crate) fn advance(&self, by: Duration) {
        self.0.fetch_add(by.as_secs(), Ordering::SeqCst);
    }
}

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        SystemClock.now()
    }

    fn monotonic(&self) -> Instant {
        SystemClock.monotonic() + Duration::from_secs(self.0.load(Ordering::SeqCst))
    }
}

/// Names as this test knows them.
pub(crate) fn names(
    find: impl Fn(&str) -> Vec<IpAddr> + Send + Sync + 'static,
) -> genkan_http::Lookup {
    Arc::new(move |name| {
        let found = find(&name);
        Box::pin(async move { Ok(found) })
    })
}

/// A request to this address.
pub(crate) fn request(method: Method, url: &str) -> Request {
    Request::new(method, parse_url(url).unwrap()).unwrap()
}

/// A request that reads.
pub(crate) fn get(url: &str) -> Request {
    request(Method::GET, url)
}

/// Sends it and reads the whole answer.
pub(crate) async fn text(client: &Client, request: Request) -> Result<String, Error> {
    let bytes = client.send(request).await?.bytes().await?;
    Ok(String::from_utf8(bytes.to_vec()).unwrap())
}

/// So long nobody waits, unless something is wrong.
pub(crate) const AGES: Duration = Duration::from_secs(60);

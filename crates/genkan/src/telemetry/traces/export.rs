//! Sends finished spans to a collector, several at once: OTLP over HTTP in JSON.
//!
//! A collector that is down or slow costs spans and nothing else: an attempt has a limit, what it
//! held is counted as dropped, and the log says so once.

use std::{fmt, time::Duration};

use futures_util::future::join;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use metrics::{counter, describe_counter};
use tokio::{net::TcpStream, sync::mpsc, time::timeout};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::span::{self, Finished};

/// Spans by what became of them.
pub(super) const SPANS: &str = "genkan_trace_spans_total";
/// How many spans one request holds at most.
const MOST: usize = 512;
/// How long spans are gathered.
const GATHER: Duration = Duration::from_millis(500);
/// How long the collector may take.
const LIMIT: Duration = Duration::from_secs(5);
/// Where OTLP takes traces.
const PATH: &str = "/v1/traces";

/// Says what the metric means.
pub(super) fn describe() {
    describe_counter!(SPANS, "Spans of traces, by `result` (sent, dropped)");
}

/// The address of a collector: `http://host[:port][/path]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    text: String,
    host: String,
    port: u16,
}

impl Endpoint {
    /// Reads it. What is behind the host is put before `/v1/traces`.
    pub(crate) fn check(text: &str) -> Result<Self, &'static str> {
        let uri: http::Uri = text.parse().map_err(|_| "")?;
        let authority = uri.authority().ok_or("")?;
        match uri.scheme_str() {
            Some("http") => {}
            Some("https") => return Err("; a collector beside this server takes it without TLS"),
            _ => return Err(""),
        }
        if authority.as_str().contains('@') || uri.query().is_some() {
            return Err(", which has more than a host, a port and a path");
        }
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        Ok(Self {
            text: text.trim_end_matches('/').to_owned(),
            host,
            port: authority.port_u16().unwrap_or(80),
        })
    }

    /// The path to post to.
    fn path(&self) -> String {
        let rest = self.text.trim_start_matches("http://");
        let below = rest.find('/').map_or("", |at| &rest[at..]);
        format!("{below}{PATH}")
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The sender.
pub(super) struct Exporter {
    pub(super) endpoint: Endpoint,
    pub(super) environment: String,
    pub(super) receiver: mpsc::Receiver<Finished>,
}

impl Exporter {
    /// Sends until it is stopped, and then once more.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        let mut is_lost = false;
        let mut batch = Vec::new();
        loop {
            let received = stop
                .run_until_cancelled(self.receiver.recv_many(&mut batch, MOST))
                .await;
            match received {
                Some(0) => return,
                Some(_) => {
                    let _ = stop.run_until_cancelled(tokio::time::sleep(GATHER)).await;
                }
                None => self.receiver.close(),
            }
            while batch.len() < MOST
                && let Ok(span) = self.receiver.try_recv()
            {
                batch.push(span);
            }
            if !batch.is_empty() {
                self.send(&batch, &mut is_lost).await;
                batch.clear();
            } else if received.is_none() {
                return;
            }
        }
    }

    async fn send(&self, batch: &[Finished], is_lost: &mut bool) {
        let sent = timeout(LIMIT, self.post(batch)).await;
        let sent = sent.unwrap_or_else(|_| Err(format!("no answer within {} s", LIMIT.as_secs())));
        let word = match &sent {
            Ok(()) => "sent",
            Err(_) => "dropped",
        };
        counter!(SPANS, "result" => word).increment(batch.len() as u64);
        match sent {
            Ok(()) if *is_lost => info!("the collector of traces answers again"),
            Err(why) if !*is_lost => {
                warn!(
                    "traces are lost: the collector at {} does not take them: {why}",
                    self.endpoint
                );
            }
            _ => {}
        }
        *is_lost = word == "dropped";
    }

    async fn post(&self, batch: &[Finished]) -> Result<(), String> {
        let body = span::request(batch, &self.environment).to_string();
        let Endpoint { host, port, .. } = &self.endpoint;
        let told = |error: &dyn fmt::Display| error.to_string();
        let stream = TcpStream::connect((host.as_str(), *port));
        let stream = TokioIo::new(stream.await.map_err(|error| told(&error))?);
        let request = http::Request::post(self.endpoint.path())
            .header("host", format!("{host}:{port}"))
            .header("content-type", "application/json")
            .body(body)
            .map_err(|error| told(&error))?;
        let handshake = http1::handshake(stream).await;
        let (mut sender, connection) = handshake.map_err(|error| told(&error))?;
        let asking = async move {
            sender
                .send_request(request)
                .await
                .map(|answer| answer.status())
        };
        let (status, _) = join(asking, connection).await;
        match status.map_err(|error| told(&error))? {
            status if status.is_success() => Ok(()),
            status => Err(format!("it answered {status}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_read() {
        let table = [
            (
                "http://127.0.0.1:4318",
                Some(("127.0.0.1", 4318, "/v1/traces")),
            ),
            ("http://collector/", Some(("collector", 80, "/v1/traces"))),
            (
                "http://[::1]:4318/otlp",
                Some(("::1", 4318, "/otlp/v1/traces")),
            ),
            ("https://collector", None),
            ("http://user@collector", None),
            ("http://collector?x=1", None),
            ("collector:4318", None),
            ("", None),
        ];
        for (text, expected) in table {
            let read = Endpoint::check(text).ok();
            let read = read
                .as_ref()
                .map(|read| (read.host.as_str(), read.port, read.path()));
            let expected = expected.map(|(host, port, path)| (host, port, path.to_owned()));
            assert_eq!(read, expected, "{text}");
        }
    }
}

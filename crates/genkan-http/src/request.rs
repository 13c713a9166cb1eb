//! A request as a caller describes it: what is plain, what is a credential, what may be repeated.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures_util::stream::BoxStream;
use genkan_core::{Secret, id::CorrelationId, trace::Trace};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use url::Url;

use crate::{Result, origin};

/// When a request may be sent once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Repeat {
    /// Only if it certainly never left the house.
    Unsent,
    /// Also if the answer says that it was not looked at (429).
    Refused,
    /// After any passing failure: it has no effect, or the same effect twice as once.
    Idempotent,
}

/// What a request carries.
pub enum Content {
    /// Nothing, or bytes that can be sent again.
    Bytes(Bytes),
    /// A stream, which can be sent once.
    Stream(BoxStream<'static, std::io::Result<Bytes>>),
}

/// One request.
pub struct Request {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    /// Sent to the first origin alone, and never shown.
    pub(crate) credentials: HeaderMap,
    pub(crate) content: Content,
    pub(crate) repeat: Repeat,
    pub(crate) identity: String,
    pub(crate) total_limit: Option<Duration>,
    pub(crate) read_limit: Option<Duration>,
    pub(crate) patience: Duration,
    pub(crate) body_limit: Option<u64>,
    pub(crate) redirects: u32,
}

/// How many redirects are followed unless the request says otherwise.
const REDIRECTS: u32 = 5;

impl Request {
    /// A request without content. It may be repeated if its method is idempotent (RFC 9110 §9.2.2).
    pub fn new(method: Method, url: Url) -> Result<Self> {
        origin::check(&url)?;
        let repeat = match method.is_idempotent() {
            true => Repeat::Idempotent,
            false => Repeat::Unsent,
        };
        Ok(Self {
            method,
            url,
            headers: HeaderMap::new(),
            credentials: HeaderMap::new(),
            content: Content::Bytes(Bytes::new()),
            repeat,
            identity: String::new(),
            total_limit: None,
            read_limit: None,
            patience: Duration::ZERO,
            body_limit: None,
            redirects: REDIRECTS,
        })
    }

    /// Sets a header. Those that are credentials by their name are kept as such.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        match name {
            header::AUTHORIZATION | header::COOKIE | header::PROXY_AUTHORIZATION => {
                self.credential(name, value)
            }
            name => {
                self.headers.insert(name, value);
                self
            }
        }
    }

    /// Sets a header that only the origin of this address may see.
    #[must_use]
    pub fn credential(mut self, name: HeaderName, mut value: HeaderValue) -> Self {
        value.set_sensitive(true);
        self.credentials.insert(name, value);
        self
    }

    /// HTTP Basic (RFC 7617).
    #[must_use]
    pub fn basic(self, user: &str, password: &Secret<String>) -> Self {
        let pair = STANDARD.encode(format!("{user}:{}", password.expose()));
        let value =
            HeaderValue::try_from(format!("Basic {pair}")).expect("BUG: base64 is visible ASCII");
        self.credential(header::AUTHORIZATION, value)
    }

    /// Carries this.
    #[must_use]
    pub fn content(mut self, kind: HeaderValue, content: Content) -> Self {
        self.headers.insert(header::CONTENT_TYPE, kind);
        self.content = content;
        self
    }

    /// Says when it may be sent once more.
    #[must_use]
    pub fn repeat(mut self, repeat: Repeat) -> Self {
        self.repeat = repeat;
        self
    }

    /// Names whose limit at the origin this counts against: a user name, never a secret.
    #[must_use]
    pub fn identity(mut self, identity: &str) -> Self {
        identity.clone_into(&mut self.identity);
        self
    }

    /// How long it may wait for the other side's rate limit, beside the limit of its own time.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Another limit for everything together.
    #[must_use]
    pub fn total_limit(mut self, limit: Duration) -> Self {
        self.total_limit = Some(limit);
        self
    }

    /// Another limit for silence.
    #[must_use]
    pub fn read_limit(mut self, limit: Duration) -> Self {
        self.read_limit = Some(limit);
        self
    }

    /// Another limit for the answer, in bytes.
    #[must_use]
    pub fn body_limit(mut self, limit: u64) -> Self {
        self.body_limit = Some(limit);
        self
    }

    /// How many redirects are followed.
    #[must_use]
    pub fn redirects(mut self, redirects: u32) -> Self {
        self.redirects = redirects;
        self
    }

    /// Ties it to the request that caused it, in the other side's log too.
    #[must_use]
    pub fn caused_by(mut self, correlation: &CorrelationId, trace: Option<&Trace>) -> Self {
        let parts = [
            ("x-correlation-id", Some(correlation.as_str())),
            (
                "traceparent",
                trace.and_then(|trace| Some(trace.parent.as_ref()?.as_str())),
            ),
            ("tracestate", trace.and_then(|trace| trace.state.as_deref())),
        ];
        for (name, value) in parts {
            if let Some(Ok(value)) = value.map(HeaderValue::try_from) {
                self.headers.insert(HeaderName::from_static(name), value);
            }
        }
        self
    }

    /// Whether sending it again is possible at all.
    pub(crate) fn is_replayable(&self) -> bool {
        matches!(self.content, Content::Bytes(_))
    }
}

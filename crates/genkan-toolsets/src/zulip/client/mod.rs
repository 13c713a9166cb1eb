//! Zulip's REST API as the tools use it: one place that knows its form, its codes and its surprises.
//!
//! Requests go through the house's HTTP client, which waits for the limit of each identity instead of
//! exceeding it. Lengths are checked before sending, since Zulip cuts silently. What was sent is never
//! sent twice: when an answer is lost, the message is looked for.

mod claims;
mod fault;
mod files;
mod form;
mod limits;
mod reactions;
mod send;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use genkan_core::{Clock, Code, Error, Random, Result, Secret, id::CorrelationId, trace::Trace};
use genkan_http::{Answer, Client, Content, Repeat, Request, parse_url};
use http::{HeaderValue, Method, StatusCode, header};
use serde_json::Value;
use url::Url;

pub use files::Upload;
pub use form::Form;
pub use limits::Limits;
pub use reactions::Emoji;
pub use send::{Message, Recipient};

use claims::Claims;
use limits::LimitsCache;

/// What the client calls itself, as Zulip asks of clients.
const USER_AGENT: &str = concat!("GenkanZulip/", env!("CARGO_PKG_VERSION"));
/// How long a request waits for the limit of its identity.
const PATIENCE: Duration = Duration::from_secs(120);

/// Whose key a request is made with: a user, or a bot.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The address that signs in.
    pub email: String,
    /// The API key.
    pub key: Secret<String>,
}

/// One Zulip server. Clones share everything.
#[derive(Clone)]
pub struct Zulip {
    http: Client,
    site: Url,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    limits: LimitsCache,
    claims: Arc<Claims>,
    /// The call of ours that requests are made for.
    cause: Option<(CorrelationId, Option<Arc<Trace>>)>,
}

impl Zulip {
    /// The server at this address, such as `https://chat.example.org`.
    ///
    /// Error: that is no address of a server.
    pub fn new(
        http: Client,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        site: &str,
    ) -> Result<Self> {
        let refuse = |why: &str| {
            Error::new(Code::ConfigInvalid, format!("the address of Zulip {why}"))
                .hint("Give the address of the organisation, such as https://chat.example.org.")
        };
        let mut site = parse_url(site).map_err(|_| refuse("is none that can be requested"))?;
        if site.query().is_some() || site.fragment().is_some() {
            return Err(refuse("has more than a host and a path"));
        }
        let path = format!("{}/", site.path().trim_end_matches('/'));
        site.set_path(&path);
        Ok(Self {
            http,
            site,
            clock,
            random,
            limits: limits::cache(),
            claims: Arc::default(),
            cause: None,
        })
    }

    /// The same server for one call of ours, which its requests tell of.
    #[must_use]
    pub fn caused_by(&self, correlation_id: &CorrelationId, trace: Option<Arc<Trace>>) -> Self {
        Self {
            cause: Some((correlation_id.clone(), trace)),
            ..self.clone()
        }
    }

    /// The present time.
    pub(super) fn now(&self) -> Instant {
        self.clock.monotonic()
    }

    /// Who an identity is (`GET /users/me`): the way to find out whether a key is right.
    pub async fn own_user(&self, identity: &Identity) -> Result<Value> {
        self.get(identity, &["users", "me"], Form::new()).await
    }

    /// Reads. Passing failures are tried again.
    pub async fn get(&self, identity: &Identity, path: &[&str], query: Form) -> Result<Value> {
        let mut url = self.url(path)?;
        let query = query.encoded();
        url.set_query((!query.is_empty()).then_some(&query));
        let request = Request::new(Method::GET, url)?;
        told(self.ask(identity, request).await?).await
    }

    /// Changes something, once. With the code `outcome_unknown` it may have been done; with any other
    /// it certainly was not.
    pub async fn change(
        &self,
        identity: &Identity,
        method: Method,
        path: &[&str],
        form: Form,
    ) -> Result<Value> {
        let request = self.filled(method, path, &form)?;
        self.once(identity, request).await
    }

    /// Likewise, where the server may take so long to answer.
    pub async fn change_slowly(
        &self,
        identity: &Identity,
        method: Method,
        path: &[&str],
        form: Form,
        limit: Duration,
    ) -> Result<Value> {
        let request = self.filled(method, path, &form)?;
        let request = request.read_limit(limit).total_limit(limit);
        self.once(identity, request).await
    }

    /// A request that carries a form.
    fn filled(&self, method: Method, path: &[&str], form: &Form) -> Result<Request> {
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        let content = Content::Bytes(form.encoded().into());
        Ok(Request::new(method, self.url(path)?)?.content(kind, content))
    }

    /// Sends what may have an effect.
    async fn once(&self, identity: &Identity, request: Request) -> Result<Value> {
        let answer = match self.ask(identity, request.repeat(Repeat::Refused)).await {
            Err(error) if !error.is_unsent() => return Err(fault::unknown(&error)),
            answer => answer?,
        };
        let status = answer.status;
        let says_no = status.is_redirection()
            || (status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT);
        match told(answer).await {
            Err(error) if !says_no => Err(fault::unknown(&error)),
            told => told,
        }
    }

    /// Sends a request with everything that Zulip wants of each.
    async fn ask(&self, identity: &Identity, request: Request) -> genkan_http::Result<Answer> {
        let request = match &self.cause {
            Some((id, trace)) => request.caused_by(id, trace.as_deref()),
            None => request,
        };
        let request = request
            .basic(&identity.email, &identity.key)
            .identity(&identity.email)
            .header(header::USER_AGENT, HeaderValue::from_static(USER_AGENT))
            .header(header::ACCEPT, HeaderValue::from_static("application/json"))
            .redirects(0)
            .patience(PATIENCE);
        self.http.send(request).await
    }

    /// An address of the API. Each part stays one part, whatever is in it.
    fn url(&self, path: &[&str]) -> Result<Url> {
        let mut url = self.site.clone();
        // These would be taken for the way up.
        if path.iter().any(|part| matches!(*part, "" | "." | "..")) {
            return Err(Error::new(
                Code::InvalidArguments,
                "a part of the address is empty",
            ));
        }
        url.path_segments_mut()
            .map_err(|()| Error::internal("a site without a path"))?
            .pop_if_empty()
            .extend(["api", "v1"])
            .extend(path);
        Ok(url)
    }
}

/// Reads an answer: Zulip's own form, or a page of whatever stands before it.
async fn told(answer: Answer) -> Result<Value> {
    let status = answer.status;
    let bytes = answer.bytes().await?;
    match serde_json::from_slice::<Value>(&bytes) {
        Ok(value) if status.is_success() && value["result"] == "success" => Ok(value),
        Ok(value) if value.is_object() => Err(fault::refused(status, &value)),
        _ => Err(fault::foreign(status)),
    }
}

//! One request on its way to one origin, and where a redirect leads it.

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header};
use url::Url;

use crate::{Content, Error, Origin, Request, Result, origin};

/// A request as it goes to one origin.
pub(crate) struct Hop {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) credentials: HeaderMap,
    pub(crate) content: Content,
}

impl Hop {
    /// The first one of an attempt. It takes a stream away, since that can be sent once.
    pub(crate) fn first(request: &mut Request) -> Self {
        let content = match &request.content {
            Content::Bytes(bytes) => Content::Bytes(bytes.clone()),
            Content::Stream(_) => {
                std::mem::replace(&mut request.content, Content::Bytes(Bytes::new()))
            }
        };
        Self {
            method: request.method.clone(),
            url: request.url.clone(),
            headers: request.headers.clone(),
            credentials: request.credentials.clone(),
            content,
        }
    }

    /// Whether this answer leads elsewhere.
    pub(crate) fn is_redirected(status: StatusCode, headers: &HeaderMap) -> bool {
        matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
            && headers.contains_key(header::LOCATION)
    }

    /// Where it leads: checked like a first address, without what was meant for another origin.
    pub(crate) fn follow(mut self, status: StatusCode, headers: &HeaderMap) -> Result<Self> {
        let from = Origin::of(&self.url)?;
        let refuse = |why| Error::Redirect {
            origin: from.to_string(),
            why,
        };
        let location = headers.get(header::LOCATION);
        let location = location.and_then(|value| value.to_str().ok());
        let to = location
            .and_then(|text| self.url.join(text).ok())
            .ok_or_else(|| refuse("leads to no address"))?;
        origin::check(&to).map_err(|_| refuse("leads to an address that may not be requested"))?;
        if from.is_https && to.scheme() != "https" {
            return Err(refuse("leads out of TLS"));
        }
        if !self.method.is_safe() {
            if status != StatusCode::SEE_OTHER {
                return Err(refuse("would repeat what may have an effect"));
            }
            self.method = Method::GET;
            self.content = Content::Bytes(Bytes::new());
            self.headers.remove(header::CONTENT_TYPE);
        }
        if Origin::of(&to)? != from {
            self.credentials.clear();
            for name in ["traceparent", "tracestate", "x-correlation-id"] {
                self.headers.remove(name);
            }
        }
        self.url = to;
        Ok(self)
    }
}

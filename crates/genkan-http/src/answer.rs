//! An answer: status, headers, and the content that may still be on its way.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use url::Url;

use crate::{Body, Result};

/// An answer, of any status.
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// Where it came from in the end, after redirects.
    pub url: Url,
    /// The content.
    pub body: Body,
}

impl Answer {
    /// The whole content.
    pub async fn bytes(self) -> Result<Bytes> {
        self.body.collect().await
    }
}

//! An answer: status, headers, and the content that may still be on its way.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use url::Url;

use crate::{Body, Result, body::broken};

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

    /// The whole content as JSON.
    pub async fn json<T: DeserializeOwned>(self) -> Result<T> {
        let origin = self.body.origin.clone();
        let bytes = self.body.collect().await?;
        serde_json::from_slice(&bytes)
            .map_err(|_| broken(&origin, "it is not the JSON that was expected"))
    }
}

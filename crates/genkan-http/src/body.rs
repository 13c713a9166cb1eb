//! The content of an answer, as a stream within limits of size and of time.

use std::{sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::{sync::OwnedSemaphorePermit, time::Instant};

use crate::{Error, Origin, Result, gunzip::Gunzip};

/// The content of an answer. Dropped before its end, it closes the connection.
pub struct Body {
    pub(crate) incoming: Incoming,
    pub(crate) gunzip: Option<Gunzip>,
    pub(crate) is_over: bool,
    pub(crate) origin: Arc<Origin>,
    pub(crate) limit: u64,
    pub(crate) passed: u64,
    pub(crate) read_limit: Duration,
    pub(crate) last: Instant,
    /// The place among the requests under way.
    pub(crate) place: Option<OwnedSemaphorePermit>,
}

impl Body {
    /// The next piece; `None` at the end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        loop {
            if let Some(gunzip) = &mut self.gunzip {
                let unpacked = gunzip.next();
                let unpacked = unpacked.map_err(|_| broken(&self.origin, "it is no gzip"))?;
                if let Some(unpacked) = unpacked {
                    return self.count(unpacked).map(Some);
                }
            }
            if self.is_over {
                return Ok(None);
            }
            let Some(arrived) = self.arrived().await? else {
                return self.rest();
            };
            match &mut self.gunzip {
                Some(gunzip) => gunzip.feed(arrived),
                None => return self.count(arrived).map(Some),
            }
        }
    }

    /// What remains to be unpacked at the end.
    fn rest(&mut self) -> Result<Option<Bytes>> {
        self.is_over = true;
        self.place = None;
        let Some(gunzip) = &mut self.gunzip else {
            return Ok(None);
        };
        let rest = gunzip.finish();
        let rest = rest.map_err(|_| broken(&self.origin, "its gzip is cut"))?;
        match rest.is_empty() {
            true => Ok(None),
            false => self.count(rest).map(Some),
        }
    }

    /// All of it.
    pub async fn collect(mut self) -> Result<Bytes> {
        let Some(first) = self.chunk().await? else {
            return Ok(Bytes::new());
        };
        let Some(second) = self.chunk().await? else {
            return Ok(first);
        };
        let mut all = BytesMut::from(&first[..]);
        all.extend_from_slice(&second);
        while let Some(more) = self.chunk().await? {
            all.extend_from_slice(&more);
        }
        Ok(all.freeze())
    }

    fn count(&mut self, bytes: Bytes) -> Result<Bytes> {
        self.passed = self.passed.saturating_add(bytes.len() as u64);
        if self.passed > self.limit {
            return Err(Error::TooLarge {
                origin: self.origin.to_string(),
                limit: self.limit,
            });
        }
        Ok(bytes)
    }

    /// What arrives next on the connection.
    async fn arrived(&mut self) -> Result<Option<Bytes>> {
        loop {
            let silence = tokio::time::timeout(self.read_limit, self.incoming.frame());
            let slow = Error::Slow {
                origin: self.origin.to_string(),
                limit: self.read_limit,
            };
            let frame = match tokio::time::timeout_at(self.last, silence).await {
                Ok(Ok(frame)) => frame,
                _ => return Err(slow),
            };
            match frame {
                None => return Ok(None),
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        return Ok(Some(data));
                    }
                }
                Some(Err(error)) => return Err(broken(&self.origin, cause(&error))),
            }
        }
    }
}

/// In what way hyper says that an answer is none. Its own texts hold nothing of the answer.
pub(crate) fn cause(error: &hyper::Error) -> &'static str {
    if error.is_incomplete_message() || error.is_body_write_aborted() {
        "it broke off"
    } else if error.is_parse() {
        "it is no HTTP, or its head is too long"
    } else if error.is_timeout() {
        "it took too long"
    } else {
        "the connection broke"
    }
}

pub(crate) fn broken(origin: &Origin, why: &str) -> Error {
    Error::Broken {
        origin: origin.to_string(),
        why: why.to_owned(),
    }
}

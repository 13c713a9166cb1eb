//! Progress: from the engine's events to `notifications/progress`.

use bytes::Bytes;
use genkan_core::{Code, Error, Result, call::Event};
use serde_json::{Map, Value, json};

use super::{message::RequestId, wire};
use crate::json;

/// How many events may wait for a client. When it is slow, later progress stands for earlier.
pub(crate) const EVENTS: usize = 32;

/// Tells the client how far one request is (MCP 2026-07-28 progress).
pub(crate) struct Progress {
    token: Value,
    last: f64,
}

impl Progress {
    /// Takes the `progressToken` out of a request's `_meta`.
    pub(crate) fn take(meta: &mut Map<String, Value>) -> Result<Option<Self>> {
        match json::take(meta, "progressToken") {
            None => Ok(None),
            Some(token @ Value::String(_)) => Ok(Some(Self {
                token,
                last: f64::NEG_INFINITY,
            })),
            Some(Value::Number(number)) if !number.is_f64() => Ok(Some(Self {
                token: Value::Number(number),
                last: f64::NEG_INFINITY,
            })),
            Some(_) => Err(Error::new(
                Code::InvalidParams,
                "`_meta.progressToken` must be a string or an integer",
            )),
        }
    }

    /// The notification for an event, unless it says nothing new: progress must increase.
    pub(crate) fn notification(&mut self, event: Event) -> Option<Bytes> {
        let Event::Progress {
            progress,
            total,
            message,
        } = event
        else {
            return None;
        };
        if !progress.is_finite() || progress <= self.last {
            return None;
        }
        self.last = progress;
        let mut params = json!({"progressToken": self.token, "progress": number(progress)});
        if let Some(total) = total.filter(|total| total.is_finite()) {
            params["total"] = number(total);
        }
        if let Some(message) = message {
            params["message"] = message.into();
        }
        Some(wire::notification("notifications/progress", &params))
    }
}

/// Whole numbers without a fraction, which every client reads.
fn number(value: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_991.0;
    if value.fract() == 0.0 && value.abs() <= EXACT {
        #[allow(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
        let whole = value as i64;
        return whole.into();
    }
    value.into()
}

/// The id of the request that a `notifications/cancelled` names, if it names one.
pub(crate) fn cancelled_request(params: &mut Map<String, Value>) -> Option<RequestId> {
    match params.remove("requestId")? {
        Value::String(text) => Some(RequestId::Text(text)),
        Value::Number(number) => Some(RequestId::Number(number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(progress: f64) -> Event {
        Event::Progress {
            progress,
            total: Some(4.0),
            message: Some("half".into()),
        }
    }

    #[test]
    fn progress_only_increases() {
        let mut meta = json!({"progressToken": 7}).as_object().unwrap().clone();
        let mut progress = Progress::take(&mut meta).unwrap().unwrap();
        let sent: Vec<_> = [1.0, 2.5, 2.0, f64::NAN, f64::INFINITY, 2.5, 3.0]
            .into_iter()
            .filter_map(|at| progress.notification(event(at)))
            .map(|bytes| {
                serde_json::from_slice::<Value>(&bytes).unwrap()["params"]["progress"].clone()
            })
            .collect();
        assert_eq!(sent, [json!(1), json!(2.5), json!(3)]);
    }

    #[test]
    fn a_token_is_a_string_or_an_integer() {
        for token in [json!(null), json!(1.5), json!({}), json!(true)] {
            let mut meta = json!({"progressToken": token}).as_object().unwrap().clone();
            assert_eq!(
                Progress::take(&mut meta).map(|_| ()).unwrap_err().code(),
                Code::InvalidParams
            );
        }
    }
}

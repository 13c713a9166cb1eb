//! `GET /ready`: whether this instance should get requests. Open; 503 when a check fails.

use std::{sync::Arc, time::Duration};

use axum::{extract::State, response::Response};
use futures_util::future::join_all;
use genkan_core::{Code, Error, Result};
use http::StatusCode;
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use crate::{
    doors::Doors,
    fault,
    parts::{Check, Finding},
};

/// How long one check may take.
const LIMIT: Duration = Duration::from_secs(2);

/// Answers `GET /ready`: `{status, checks}`, `errors` by check where one failed, `warnings` where one
/// works no longer and is not needed.
pub(crate) async fn get(State(doors): State<Arc<Doors>>) -> Response {
    let found = join_all(doors.ready.iter().map(run)).await;
    let (mut checks, mut errors, mut warnings) = (Map::new(), Map::new(), Map::new());
    for (check, result) in doors.ready.iter().zip(&found) {
        let word = match result {
            Ok(Finding::Healthy) => "healthy",
            Ok(Finding::Degraded(error)) => {
                warnings.insert(check.name.into(), json!(error.shown()));
                "degraded"
            }
            Ok(Finding::NotConfigured) => "not_configured",
            Err(error) => {
                errors.insert(check.name.into(), json!(error.shown()));
                "unhealthy"
            }
        };
        checks.insert(check.name.into(), word.into());
    }
    if doors.house.lifecycle.soft_stop().is_cancelled() {
        let error = Error::new(Code::ShuttingDown, "this instance is shutting down");
        errors.insert("lifecycle".into(), json!(error.shown()));
    }
    let ready = errors.is_empty();
    let mut body = json!({"status": if ready { "ready" } else { "not_ready" }, "checks": checks});
    if !ready {
        body["errors"] = Value::Object(errors);
    }
    if !warnings.is_empty() {
        body["warnings"] = Value::Object(warnings);
    }
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    fault::json(status, body.to_string().into())
}

async fn run(check: &Check) -> Result<Finding> {
    timeout(LIMIT, (check.probe)()).await.unwrap_or_else(|_| {
        Err(Error::new(
            Code::DeadlineExceeded,
            format!("no answer within {} s", LIMIT.as_secs()),
        ))
    })
}

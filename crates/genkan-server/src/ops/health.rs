//! `GET /health`: this process answers. Open; says nothing about what it depends on.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use http::StatusCode;
use serde::Serialize;

use crate::{doors::Doors, fault, parts::SystemReadings};

#[derive(Serialize)]
struct Health {
    status: &'static str,
    service: &'static str,
    version: &'static str,
    uptime_seconds: u64,
    system: SystemReadings,
}

/// Answers `GET /health`.
pub(crate) async fn get(State(doors): State<Arc<Doors>>) -> Response {
    let house = &doors.house;
    let health = Health {
        status: "healthy",
        service: "genkan",
        version: house.version,
        uptime_seconds: house
            .clock
            .monotonic()
            .saturating_duration_since(house.opened)
            .as_secs(),
        system: (doors.system)(),
    };
    let body = serde_json::to_vec(&health).expect("BUG: readings always serialise");
    fault::json(StatusCode::OK, body.into())
}

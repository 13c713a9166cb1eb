//! `GET /sse`: opens a stream, and serves it until one side ends it.

use std::{sync::Arc, time::Duration};

use axum::{body::Body, extract::State, response::Response};
use bytes::Bytes;
use genkan_core::{Code, Error, Principal, Result, call::Door};
use http::{Method, Request, request::Parts};
use tokio::{sync::mpsc, time::interval};
use tracing::debug;

use super::streams::Stream;
use crate::{
    doors::Doors,
    fault,
    guard::accept::Accept,
    house::House,
    mcp::{
        http::{knock, session::Owner, sse},
        modern::discover,
        visitor::Visitor,
    },
    stream::{Peer, WAITING, dialogue::Dialogue},
};

/// Where messages go.
const MESSAGES: &str = "/messages";

/// How often it is asked whether the caller may still be here.
const CHECKED: Duration = Duration::from_secs(1);

/// Answers `GET /sse`.
pub(crate) async fn handle(
    State(doors): State<Arc<Doors>>,
    path: knock::Path,
    request: Request<Body>,
) -> Response {
    let (parts, _) = request.into_parts();
    open(&doors, &path, &parts)
        .await
        .unwrap_or_else(|error| fault::response(&error))
}

async fn open(doors: &Arc<Doors>, path: &knock::Path, parts: &Parts) -> Result<Response> {
    let house = &doors.house;
    let mut visitor = knock::visitor(house, parts, knock::profile(house, path)?).await?;
    visitor.door = Door::McpHttpLegacy;
    let principal = visitor.principal(house).await?;
    if parts.method == Method::HEAD {
        let message = "a stream has nothing but a body";
        return Err(Error::new(Code::MethodNotAllowed, message));
    }
    if !Accept::read(&parts.headers)?.events {
        let message = "the header `Accept` does not name `text/event-stream`";
        return Err(Error::new(Code::NotAcceptable, message));
    }
    discover::profile(house, &visitor)?;
    let (out, messages) = mpsc::channel(WAITING);
    let id = doors.sessions.fresh_id();
    let stream = Arc::new(Stream {
        dialogue: Dialogue::new(Arc::clone(house), peer(&visitor), out.clone()),
        owner: Owner::of(&principal),
        profile: visitor.profile.clone(),
        _admission: doors.sessions.admit(&principal)?,
    });
    doors.streams.add(id.clone(), Arc::clone(&stream));
    let first = format!("event: endpoint\ndata: {MESSAGES}?session_id={id}\n\n");
    let response = sse::response_after(house, first.into(), messages);
    let (doors, lifecycle) = (Arc::clone(doors), house.lifecycle.clone());
    lifecycle.start("mcp sse", async move {
        let hard = doors.house.lifecycle.hard_stop().clone();
        tokio::select! {
            () = last(&doors.house, &visitor, &principal, out) => {
                doors.streams.remove(&id);
                stream.dialogue.finish().await;
            }
            () = hard.cancelled() => doors.streams.remove(&id),
        }
        drop(stream);
    });
    Ok(response)
}

fn peer(visitor: &Visitor) -> Peer {
    Peer {
        profile: visitor.profile.clone(),
        door: visitor.door,
        credential: visitor.credential.clone(),
        source: Arc::clone(&visitor.source),
    }
}

/// Waits until the client leaves, the house closes, or the caller may be here no longer.
async fn last(house: &House, visitor: &Visitor, principal: &Principal, out: mpsc::Sender<Bytes>) {
    let mut checked = interval(CHECKED);
    let soft = house.lifecycle.soft_stop();
    loop {
        tokio::select! {
            biased;
            () = out.closed() => return,
            () = soft.cancelled() => return,
            _ = checked.tick() => if let Err(error) = visitor.still(house, principal).await {
                debug!("a stream ended: {error:?}");
                return;
            }
        }
    }
}

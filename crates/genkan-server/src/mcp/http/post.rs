//! `POST /mcp`: one message, or a batch where the session's revision knows batches.

use std::sync::Arc;

use axum::{body::Body, extract::State, response::Response};
use genkan_core::{Code, Error, Result, call::Door};
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use tokio_util::sync::CancellationToken;

use super::{
    knock::{self, Era, plain},
    respond, resumable,
    session::{self, Session},
};
use crate::{
    Quirks,
    doors::Doors,
    guard::accept::Accept,
    mcp::{
        exchange::{Answer, Answering, Exchange},
        legacy::{
            self, Outlet, batch,
            initialize::{self, Hello},
        },
        message::{self, Incoming, Message, Refusal, RequestId},
        modern::{self, Carried, listen},
        visitor::Visitor,
    },
    quirk::Quirk,
};

/// Answers `POST /mcp`.
pub(crate) async fn handle(
    State(doors): State<Arc<Doors>>,
    path: knock::Path,
    request: Request<Body>,
) -> Response {
    let (parts, body) = request.into_parts();
    let profile = match knock::profile(&doors.house, &path) {
        Ok(profile) => profile,
        Err(error) => return refuse(plain(error)),
    };
    let visitor = match knock::visitor(&doors.house, &parts, profile).await {
        Ok(visitor) => visitor,
        Err(error) => return refuse(plain(error)),
    };
    match serve(&doors, visitor, &parts.headers, body).await {
        Ok(response) => response,
        Err(refusal) => refuse(refusal),
    }
}

fn refuse(refusal: Refusal) -> Response {
    respond::json(Answer::from(refusal), Era::Modern)
}

async fn serve(
    doors: &Arc<Doors>,
    visitor: Visitor,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let incoming = knock::message(&doors.house, &visitor, headers, body).await?;
    let judged = forms(headers, doors.house.settings().quirks)
        .and_then(|accept| Ok((accept, era(doors, headers, &incoming)?)));
    match judged {
        Ok((accept, Era::Modern)) => serve_modern(doors, visitor, headers, incoming, accept).await,
        Ok((accept, Era::Legacy)) => serve_legacy(doors, visitor, headers, incoming, accept).await,
        Err(error) => Err(Refusal {
            error: known(doors, &visitor, error).await,
            id: id_of(incoming),
        }),
    }
}

/// The era of a message: that of a session of 2024-11-05 whatever its header says.
fn era(doors: &Doors, headers: &HeaderMap, incoming: &Incoming) -> Result<Era> {
    let read = knock::era(headers, incoming);
    let is_named = headers.contains_key(&session::ID);
    match is_named && !knock::is_modern(incoming) && session::says_no_version(doors, headers) {
        true => Ok(Era::Legacy),
        false => read,
    }
}

/// The forms of an answer that the client reads. It must name both.
fn forms(headers: &HeaderMap, quirks: Quirks) -> Result<Accept> {
    let accept = Accept::read(headers)?;
    if Accept::names_both(headers) {
        return Ok(accept);
    }
    if !quirks.accept {
        return Err(Error::new(
            Code::NotAcceptable,
            "the header `Accept` must name `application/json` and `text/event-stream`",
        ));
    }
    Quirk::Accept.forgive();
    Ok(accept)
}

/// The error, or that the caller may not come in, which is told first.
async fn known(doors: &Doors, visitor: &Visitor, error: Error) -> Error {
    visitor.principal(&doors.house).await.err().unwrap_or(error)
}

fn id_of(incoming: Incoming) -> Option<RequestId> {
    match incoming {
        Incoming::One(Message::Request(request)) => Some(request.id),
        _ => None,
    }
}

async fn serve_modern(
    doors: &Arc<Doors>,
    visitor: Visitor,
    headers: &HeaderMap,
    incoming: Incoming,
    accept: Accept,
) -> Result<Response, Refusal> {
    match incoming {
        Incoming::One(Message::Request(request)) => {
            let checked =
                modern::headers::check_request(headers, &request, doors.house.settings().quirks)
                    .and_then(|()| readable(&request, accept))
                    .and_then(|()| modern::headers::mirrored(headers, &request.method));
            let mirrored = match checked {
                Ok(mirrored) => Some(mirrored),
                Err(error) => {
                    let error = known(doors, &visitor, error).await;
                    return Err(Refusal {
                        id: Some(request.id),
                        error,
                    });
                }
            };
            // The stream's end cancels the call (MCP 2026-07-28 transports, cancellation).
            let carried = Carried {
                cancel: CancellationToken::new(),
                closing: None,
                mirrored,
            };
            let leaving = carried.cancel.clone().drop_guard();
            let exchange = modern::begin(&doors.house, visitor, request, carried);
            Ok(respond::modern(&doors.house, exchange, accept, leaving).await)
        }
        Incoming::One(Message::Notification(notification)) => {
            visitor.principal(&doors.house).await.map_err(plain)?;
            modern::headers::check_notification(headers, &notification).map_err(plain)?;
            Ok(accepted())
        }
        Incoming::One(Message::Response(_)) => {
            Err(no_place(doors, &visitor, "responses of clients").await)
        }
        Incoming::Batch(_) => Err(no_place(doors, &visitor, "batches").await),
    }
}

/// A stream of changes has no other form.
fn readable(request: &message::Request, accept: Accept) -> Result<()> {
    match request.method == listen::METHOD && !accept.events {
        true => Err(Error::new(
            Code::NotAcceptable,
            "the header `Accept` does not name `text/event-stream`",
        )),
        false => Ok(()),
    }
}

async fn no_place(doors: &Doors, visitor: &Visitor, what: &str) -> Refusal {
    let error = Error::new(
        Code::InvalidRequest,
        format!("MCP 2026-07-28 has no {what}"),
    );
    plain(known(doors, visitor, error).await)
}

async fn serve_legacy(
    doors: &Arc<Doors>,
    mut visitor: Visitor,
    headers: &HeaderMap,
    incoming: Incoming,
    accept: Accept,
) -> Result<Response, Refusal> {
    visitor.door = Door::McpHttpLegacy;
    let incoming = match incoming {
        Incoming::One(Message::Request(request)) if request.method == initialize::METHOD => {
            return open(doors, visitor, request).await;
        }
        incoming => incoming,
    };
    let session = match session::of(doors, &visitor, headers).await {
        Ok(session) => session,
        Err(error) => {
            return Err(Refusal {
                id: id_of(incoming),
                error,
            });
        }
    };
    match incoming {
        Incoming::One(Message::Notification(notification)) => {
            legacy::notice(&session.peer, notification);
            Ok(accepted())
        }
        Incoming::One(Message::Response(response)) => {
            session.peer.asking.settle(response);
            Ok(accepted())
        }
        Incoming::One(Message::Request(request)) => {
            let (outlet, frames) = Outlet::open(accept.events);
            let answer = legacy::begin(&doors.house, &session.peer, visitor, request, &outlet);
            let exchange = Exchange::telling(frames, answer);
            Ok(answer_in_session(doors, &session, exchange, accept, outlet).await)
        }
        Incoming::Batch(batch) => {
            if !batch::allowed(session.peer.revision) {
                let message = format!("MCP {} has no batches", session.peer.revision.as_str());
                return Err(plain(Error::new(Code::InvalidRequest, message)));
            }
            let (outlet, frames) = Outlet::open(accept.events);
            match batch::begin_all(&doors.house, &session.peer, &visitor, batch, &outlet) {
                Some(answer) => {
                    let exchange = Exchange::telling(frames, answer);
                    Ok(answer_in_session(doors, &session, exchange, accept, outlet).await)
                }
                None => Ok(accepted()),
            }
        }
    }
}

async fn answer_in_session(
    doors: &Arc<Doors>,
    session: &Arc<Session>,
    exchange: Exchange,
    accept: Accept,
    outlet: Outlet,
) -> Response {
    let (hold, answer) = (session.hold(), exchange.answer);
    let answer: Answering = Box::pin(async move {
        let _hold = hold;
        answer.await
    });
    let exchange = Exchange { answer, ..exchange };
    let deferral = outlet.deferral.unwrap_or_default();
    resumable::answer(&doors.house, session, exchange, accept, deferral).await
}

/// Opens a session (MCP 2025-11-25 transports, session management).
async fn open(
    doors: &Doors,
    visitor: Visitor,
    request: message::Request,
) -> Result<Response, Refusal> {
    let message::Request { id, params, .. } = request;
    let opened = async {
        let principal = visitor.principal(&doors.house).await?;
        let hello = Hello::read(&params)?;
        let profile = modern::discover::profile(&doors.house, &visitor)?;
        let session = doors
            .sessions
            .create(&principal, visitor.profile.clone(), hello)?;
        Ok((hello.welcome(&doors.house, &id, profile), session))
    };
    match opened.await {
        Ok((body, session)) => {
            let mut response = respond::json(
                Answer {
                    body: body.into(),
                    refused: None,
                },
                Era::Legacy,
            );
            let value = HeaderValue::from_str(&session.id).expect("BUG: session ids are Base64");
            response.headers_mut().insert(session::ID, value);
            Ok(response)
        }
        Err(error) => Err(Refusal {
            id: Some(id),
            error,
        }),
    }
}

fn accepted() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::ACCEPTED;
    response
}

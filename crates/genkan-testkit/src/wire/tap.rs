//! A tap on HTTP: a proxy before the server that writes down every message in the order in which it
//! goes over the wire, and lets each conversation be judged.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::State,
    response::Response,
};
use futures_util::StreamExt;
use http::{HeaderMap, HeaderName, Request, StatusCode, header, request::Parts};
use serde_json::Value;
use tokio::net::TcpListener;

use super::{Events, Judge, Speaker};

/// A message with who said it.
#[derive(Clone, Debug)]
pub struct Said {
    /// Who.
    pub speaker: Speaker,
    /// What.
    pub message: Value,
}

/// One conversation: what was said, and what a judge makes of it.
#[derive(Default)]
struct Conversation {
    said: Vec<Said>,
    judge: Judge,
}

impl Conversation {
    fn hear(&mut self, speaker: Speaker, message: Value) {
        self.judge.hear(speaker, &message);
        self.said.push(Said { speaker, message });
    }
}

type Shared = Arc<Mutex<Conversation>>;

/// Everything that went through the tap.
#[derive(Default)]
struct Record {
    all: Vec<Shared>,
    /// By session id, or by the query of the address that HTTP+SSE gives its clients.
    lasting: HashMap<String, Shared>,
}

struct Line {
    server: String,
    http: reqwest::Client,
    record: Mutex<Record>,
}

/// A proxy that ends with the test's runtime.
pub struct Tap {
    /// Where it listens: `http://127.0.0.1:…`.
    pub address: String,
    line: Arc<Line>,
}

impl Tap {
    /// Stands before the server at this address: `http://127.0.0.1:…`.
    pub async fn before(server: &str) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .tcp_nodelay(true)
            .build()
            .unwrap();
        let line = Arc::new(Line {
            server: server.to_owned(),
            http,
            record: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(pass).with_state(Arc::clone(&line));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, line }
    }

    /// What was said so far, one conversation after the other.
    pub fn said(&self) -> Vec<Said> {
        let conversations = self.conversations();
        let said = conversations
            .iter()
            .flat_map(|conversation| conversation.lock().unwrap().said.clone());
        said.collect()
    }

    /// How many messages of the server were judged, and what was wrong with them.
    pub fn verdict(&self) -> (usize, Vec<String>) {
        let (mut judged, mut faults) = (0, Vec::new());
        for conversation in self.conversations() {
            let conversation = conversation.lock().unwrap();
            judged += conversation.judge.judged();
            faults.extend_from_slice(conversation.judge.faults());
        }
        (judged, faults)
    }

    fn conversations(&self) -> Vec<Shared> {
        self.line.record.lock().unwrap().all.clone()
    }
}

impl Line {
    /// The conversation that a request belongs to: a known one, or a new one.
    fn conversation(&self, parts: &Parts) -> Shared {
        let mut record = self.record.lock().unwrap();
        let session = parts.headers.get("mcp-session-id");
        let name = session
            .and_then(|id| id.to_str().ok())
            .or(parts.uri.query());
        if let Some(known) = name.and_then(|name| record.lasting.get(name)) {
            return Arc::clone(known);
        }
        let new = Shared::default();
        record.all.push(Arc::clone(&new));
        new
    }

    /// From now on, what bears this name belongs to this conversation.
    fn name(&self, name: &str, conversation: &Shared) {
        let mut record = self.record.lock().unwrap();
        record
            .lasting
            .insert(name.to_owned(), Arc::clone(conversation));
    }
}

async fn pass(State(line): State<Arc<Line>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let conversation = line.conversation(&parts);
    if let Ok(message) = serde_json::from_slice(&body) {
        let mut conversation = conversation.lock().unwrap();
        conversation.hear(Speaker::Client, message);
    }
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let sent = line
        .http
        .request(parts.method.clone(), format!("{}{path}", line.server))
        .headers(passed_on(&parts.headers, &[header::HOST]))
        .body(body)
        .send()
        .await;
    match sent {
        Ok(answer) => passed_back(&line, &conversation, answer),
        Err(_) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::BAD_GATEWAY;
            response
        }
    }
}

/// Headers that concern one connection only stay behind.
fn passed_on(headers: &HeaderMap, but: &[HeaderName]) -> HeaderMap {
    let mut headers = headers.clone();
    let hop = [
        header::CONNECTION,
        header::CONTENT_LENGTH,
        header::TRANSFER_ENCODING,
    ];
    for name in hop.iter().chain(but) {
        headers.remove(name);
    }
    headers
}

/// The answer, each piece of which is written down before it is passed on.
fn passed_back(line: &Arc<Line>, conversation: &Shared, answer: reqwest::Response) -> Response {
    let (status, headers) = (answer.status(), answer.headers().clone());
    if let Some(session) = headers
        .get("mcp-session-id")
        .and_then(|id| id.to_str().ok())
    {
        line.name(session, conversation);
    }
    let kind = headers.get(header::CONTENT_TYPE);
    let streams = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    let mut ear = Ear {
        line: Arc::clone(line),
        conversation: Arc::clone(conversation),
        events: streams.then(Events::default),
        body: Vec::new(),
    };
    let pieces = answer
        .bytes_stream()
        .map(Some)
        .chain(futures_util::stream::iter([None]))
        .filter_map(move |piece| {
            let heard = match piece {
                Some(Ok(piece)) => {
                    ear.hear(&piece);
                    Some(Ok(piece))
                }
                Some(Err(error)) => Some(Err(error)),
                None => {
                    ear.end();
                    None
                }
            };
            std::future::ready(heard)
        });
    let mut response = Response::new(Body::from_stream(pieces));
    *response.status_mut() = status;
    *response.headers_mut() = passed_on(&headers, &[]);
    response
}

/// Listens to one answer.
struct Ear {
    line: Arc<Line>,
    conversation: Shared,
    events: Option<Events>,
    body: Vec<u8>,
}

impl Ear {
    fn hear(&mut self, piece: &Bytes) {
        let Some(events) = &mut self.events else {
            self.body.extend_from_slice(piece);
            return;
        };
        for event in events.take(piece) {
            match event.message() {
                Some(message) => self.said(message),
                None => {
                    let query = event.data.split_once('?').map(|(_, query)| query);
                    self.line
                        .name(query.unwrap_or(&event.data), &self.conversation);
                }
            }
        }
    }

    /// A body that is no message of JSON-RPC is a refusal of the door.
    fn end(&mut self) {
        let message = serde_json::from_slice::<Value>(&self.body).ok();
        if let Some(message) = message.filter(|it| it.is_array() || it.get("jsonrpc").is_some()) {
            self.said(message);
        }
    }

    fn said(&self, message: Value) {
        let mut conversation = self.conversation.lock().unwrap();
        conversation.hear(Speaker::Server, message);
    }
}

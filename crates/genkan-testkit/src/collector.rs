//! A collector of traces that may be slow or gone.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    sync::{Arc, Mutex, mpsc},
    thread,
};

use serde_json::Value;

/// What it does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Takes it.
    Takes,
    /// Reads it and never answers.
    Hangs,
    /// Answers 503.
    Refuses,
}

/// A running collector, which ends with the test.
pub struct Collector {
    /// `http://127.0.0.1:…`.
    pub endpoint: String,
    spans: mpsc::Receiver<Value>,
    manner: Arc<Mutex<Manner>>,
}

impl Collector {
    /// Starts one.
    pub fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let manner = Arc::new(Mutex::new(manner));
        let (sender, spans) = mpsc::sync_channel(10_000);
        let told = Arc::clone(&manner);
        thread::spawn(move || {
            let mut hung = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let body = body(&mut BufReader::new(&stream));
                let answer = match *told.lock().unwrap() {
                    Manner::Takes => "200 OK",
                    Manner::Refuses => "503 Service Unavailable",
                    Manner::Hangs => {
                        hung.push(stream);
                        continue;
                    }
                };
                for span in spans_of(&body) {
                    let _ = sender.send(span);
                }
                let _ = write!(
                    stream,
                    "HTTP/1.1 {answer}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}"
                );
            }
        });
        Self {
            endpoint,
            spans,
            manner,
        }
    }

    /// From now on it does this.
    pub fn set(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// The next span that comes within a minute.
    pub fn next(&self) -> Value {
        let limit = std::time::Duration::from_secs(60);
        self.spans
            .recv_timeout(limit)
            .expect("a span within a minute")
    }
}

/// The body of a request, by its `Content-Length`.
fn body(request: &mut impl BufRead) -> Value {
    let mut length = 0;
    let mut line = String::new();
    while request.read_line(&mut line).unwrap_or(0) > 2 {
        if let Some(told) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = told.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut body = vec![0; length];
    let _ = request.read_exact(&mut body);
    serde_json::from_slice(&body).unwrap_or_default()
}

fn spans_of(body: &Value) -> Vec<Value> {
    let spans = body["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array();
    spans.cloned().unwrap_or_default()
}

//! A server on loopback that writes exactly the bytes that a test wants, well-behaved or not.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// What the server does next on a connection.
#[derive(Clone, Debug)]
pub enum Step {
    /// Writes these bytes.
    Send(Vec<u8>),
    /// Writes these bytes over and over, until the client is gone.
    Endless(Vec<u8>),
    /// Writes these bytes over and over with a pause before each, until the client is gone.
    Drip(Vec<u8>, Duration),
    /// Says nothing more, until the client is gone.
    Hang,
    /// Closes the connection.
    Close,
    /// Waits until [`RawServer::release`] was called.
    Wait,
}

/// A request as it arrived: head and content, as text.
pub type Seen = String;

type Script = dyn Fn(&str, usize) -> Vec<Step> + Send + Sync;

/// The server, which ends with the test's runtime.
pub struct RawServer {
    /// Where it listens.
    pub address: SocketAddr,
    state: Arc<State>,
}

struct State {
    script: Box<Script>,
    seen: Mutex<Vec<Seen>>,
    open: AtomicUsize,
    most_open: AtomicUsize,
    opened: AtomicUsize,
    released: watch::Sender<bool>,
}

impl RawServer {
    /// Listens on 127.0.0.1. The script is given each request and how many came before it.
    pub async fn start(script: impl Fn(&str, usize) -> Vec<Step> + Send + Sync + 'static) -> Self {
        Self::start_at([127, 0, 0, 1].into(), script).await
    }

    /// Listens on this address of the machine.
    pub async fn start_at(
        address: IpAddr,
        script: impl Fn(&str, usize) -> Vec<Step> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((address, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            script: Box::new(script),
            seen: Mutex::default(),
            open: AtomicUsize::new(0),
            most_open: AtomicUsize::new(0),
            opened: AtomicUsize::new(0),
            released: watch::Sender::new(false),
        });
        tokio::spawn(accept(listener, Arc::clone(&state)));
        Self { address, state }
    }

    /// Answers every request with 200 and this content.
    pub async fn saying(content: &'static str) -> Self {
        Self::start(move |_, _| vec![ok(content)]).await
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Every request so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.state.seen.lock().unwrap().clone()
    }

    /// The most connections that were open at once.
    pub fn most_open(&self) -> usize {
        self.state.most_open.load(Ordering::SeqCst)
    }

    /// How many connections were ever opened.
    pub fn opened(&self) -> usize {
        self.state.opened.load(Ordering::SeqCst)
    }

    /// Ends every [`Step::Wait`].
    pub fn release(&self) {
        self.state.released.send_replace(true);
    }
}

/// An answer with this status line, these headers and this content.
pub fn answer(status: &str, headers: &str, content: &str) -> Step {
    let length = content.len();
    Step::Send(
        format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n{content}").into(),
    )
}

/// An answer that all is well.
pub fn ok(content: &str) -> Step {
    answer("200 OK", "", content)
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let open = state.open.fetch_add(1, Ordering::SeqCst) + 1;
        state.most_open.fetch_max(open, Ordering::SeqCst);
        state.opened.fetch_add(1, Ordering::SeqCst);
        let state = Arc::clone(&state);
        tokio::spawn(async move {
            serve(stream, &state).await;
            state.open.fetch_sub(1, Ordering::SeqCst);
        });
    }
}

/// Serves one connection until somebody closes it.
async fn serve(mut stream: TcpStream, state: &State) {
    while let Some(request) = read_request(&mut stream).await {
        let before = {
            let mut seen = state.seen.lock().unwrap();
            seen.push(request.clone());
            seen.len() - 1
        };
        for step in (state.script)(&request, before) {
            if !take(&mut stream, state, step).await {
                return;
            }
        }
    }
}

/// Takes one step; `false` when the connection is over.
async fn take(stream: &mut TcpStream, state: &State, step: Step) -> bool {
    match step {
        Step::Send(bytes) => stream.write_all(&bytes).await.is_ok(),
        Step::Endless(bytes) => {
            while stream.write_all(&bytes).await.is_ok() {}
            false
        }
        Step::Drip(bytes, pause) => loop {
            tokio::time::sleep(pause).await;
            if stream.write_all(&bytes).await.is_err() {
                return false;
            }
        },
        Step::Hang => {
            let mut rest = [0; 1024];
            while stream.read(&mut rest).await.is_ok_and(|read| read > 0) {}
            false
        }
        Step::Close => false,
        Step::Wait => {
            let mut released = state.released.subscribe();
            released.wait_for(|released| *released).await.is_ok()
        }
    }
}

/// Reads one request with its content; `None` at the end of the connection.
async fn read_request(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let is_whole = match header(&head, "transfer-encoding") {
                Some(_) => bytes.ends_with(b"0\r\n\r\n"),
                None => {
                    let length = header(&head, "content-length");
                    let length = length.and_then(|text| text.parse().ok()).unwrap_or(0);
                    bytes.len() >= end + 4 + length
                }
            };
            if is_whole {
                return Some(String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        match stream.read(&mut buffer).await {
            Ok(read) if read > 0 => bytes.extend_from_slice(&buffer[..read]),
            _ => return None,
        }
    }
}

/// The value of a header in the text of a request.
pub fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    let head = request.split("\r\n\r\n").next().unwrap_or_default();
    head.lines().skip(1).find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

//! A TCP proxy before PostgreSQL that can go away, and can break a commit before or after the
//! server has seen it.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// What the proxy does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Mode {
    /// Passes everything on.
    Pass = 0,
    /// Closes every connection, and every new one at once.
    Away = 1,
    /// Closes the connection instead of passing on the next COMMIT.
    BeforeCommit = 2,
    /// Passes the next COMMIT on and closes the connection instead of answering.
    AfterCommit = 3,
    /// Closes the next connection, then passes everything on.
    AwayOnce = 4,
}

/// The proxy, which ends with the test's runtime.
pub struct Proxy {
    /// The address to use instead of the server's own.
    pub url: String,
    mode: Arc<AtomicU8>,
    cut: watch::Sender<u32>,
}

impl Proxy {
    /// Stands before the server of this address.
    pub async fn before(url: &str) -> Self {
        let (scheme, rest) = url.split_once("//").unwrap();
        let (login, rest) = rest.split_once('@').unwrap();
        let (server, database) = rest.split_once('/').unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mode = Arc::new(AtomicU8::new(Mode::Pass as u8));
        let (cut, cuts) = watch::channel(0);
        tokio::spawn(accept(listener, server.to_owned(), Arc::clone(&mode), cuts));
        Self {
            url: format!("{scheme}//{login}@{address}/{database}"),
            mode,
            cut,
        }
    }

    /// From now on it does this. Going away also closes what is open.
    pub fn set(&self, mode: Mode) {
        self.mode.store(mode as u8, Ordering::SeqCst);
        if mode == Mode::Away {
            self.cut.send_modify(|cuts| *cuts += 1);
        }
    }
}

async fn accept(
    listener: TcpListener,
    server: String,
    mode: Arc<AtomicU8>,
    cuts: watch::Receiver<u32>,
) {
    loop {
        let (client, _) = listener.accept().await.unwrap();
        let now = mode.load(Ordering::SeqCst);
        if now == Mode::AwayOnce as u8 {
            mode.store(Mode::Pass as u8, Ordering::SeqCst);
        }
        if now == Mode::Away as u8 || now == Mode::AwayOnce as u8 {
            continue;
        }
        let server = TcpStream::connect(&server).await.unwrap();
        tokio::spawn(relay(client, server, Arc::clone(&mode), cuts.clone()));
    }
}

async fn relay(
    client: TcpStream,
    server: TcpStream,
    mode: Arc<AtomicU8>,
    mut cuts: watch::Receiver<u32>,
) {
    cuts.mark_unchanged();
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let answers = async {
        let mut buffer = vec![0; 1 << 16];
        loop {
            let read = from_server.read(&mut buffer).await.unwrap_or(0);
            if read == 0 || to_client.write_all(&buffer[..read]).await.is_err() {
                return;
            }
        }
    };
    let questions = async {
        let mut buffer = vec![0; 1 << 16];
        loop {
            let read = from_client.read(&mut buffer).await.unwrap_or(0);
            if read == 0 {
                return false;
            }
            let is_commit = buffer[..read]
                .windows(7)
                .any(|window| window == b"COMMIT\0");
            let mode_now = mode.load(Ordering::SeqCst);
            if is_commit && mode_now == Mode::BeforeCommit as u8 {
                mode.store(Mode::Away as u8, Ordering::SeqCst);
                return false;
            }
            let _ = to_server.write_all(&buffer[..read]).await;
            if is_commit && mode_now == Mode::AfterCommit as u8 {
                mode.store(Mode::Away as u8, Ordering::SeqCst);
                return true;
            }
        }
    };
    let commit_is_under_way = tokio::select! {
        biased;
        is_under_way = questions => is_under_way,
        () = answers => false,
        _ = cuts.changed() => false,
    };
    if commit_is_under_way {
        // The server must have done it before the connection is seen to break.
        let mut buffer = [0; 1024];
        let _ = from_server.read(&mut buffer).await;
    }
}

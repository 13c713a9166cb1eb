//! The local socket: how processes of one user on one folder find each other.
//!
//! Mode 0600, and both ends compare user ids: whoever else can reach the path is turned away.
//! Windows has none here; there each process opens the store itself.

use std::{
    io,
    path::{Path, PathBuf},
};

use tokio::io::{AsyncRead, AsyncWrite};

/// Either half of a connection.
pub(crate) type ReadHalf = Box<dyn AsyncRead + Send + Unpin>;
/// The other half.
pub(crate) type WriteHalf = Box<dyn AsyncWrite + Send + Unpin>;

/// What a socket's path may have at most: `sun_path` is 104 bytes on macOS, 108 on Linux.
#[cfg(unix)]
const LONGEST_PATH: usize = 100;

/// Listens, and takes away what it left in the file system when dropped.
#[derive(Debug)]
pub(crate) struct Listener {
    #[cfg(unix)]
    inner: tokio::net::UnixListener,
    path: PathBuf,
}

#[cfg(unix)]
impl Listener {
    /// Listens at `genkan.sock` in the folder, or in the temporary folder where that path is too
    /// long for a socket. The caller holds the folder's lock, so a socket that exists is dead.
    pub(crate) fn bind(folder: &Path) -> io::Result<Option<Self>> {
        let path = place(folder)?;
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let inner = tokio::net::UnixListener::bind(&path)?;
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(&path, mode)?;
        Ok(Some(Self { inner, path }))
    }

    /// The next connection of this user; others are closed without a word.
    pub(crate) async fn accept(&self) -> io::Result<(ReadHalf, WriteHalf)> {
        loop {
            let (stream, _) = self.inner.accept().await?;
            if is_own(&stream) {
                let (read, write) = stream.into_split();
                return Ok((Box::new(read), Box::new(write)));
            }
            tracing::warn!("another user tried the local socket and was turned away");
        }
    }
}

#[cfg(unix)]
impl Drop for Listener {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Listener {
    /// Where it listens.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// Connects; fails when nobody listens or the listener is another user's.
#[cfg(unix)]
pub(crate) async fn connect(path: &Path) -> io::Result<(ReadHalf, WriteHalf)> {
    let stream = tokio::net::UnixStream::connect(path).await?;
    if !is_own(&stream) {
        let why = "the local socket belongs to another user";
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
    }
    let (read, write) = stream.into_split();
    Ok((Box::new(read), Box::new(write)))
}

#[cfg(unix)]
fn is_own(stream: &tokio::net::UnixStream) -> bool {
    let own = rustix::process::geteuid().as_raw();
    stream.peer_cred().is_ok_and(|peer| peer.uid() == own)
}

#[cfg(unix)]
fn place(folder: &Path) -> io::Result<PathBuf> {
    use std::{
        hash::{DefaultHasher, Hash, Hasher},
        os::unix::ffi::OsStrExt,
    };
    let usual = folder.join("genkan.sock");
    if usual.as_os_str().as_bytes().len() <= LONGEST_PATH {
        return Ok(usual);
    }
    // The name only has to differ from folder to folder: both ends read it from `server.json`.
    let mut hasher = DefaultHasher::new();
    folder.canonicalize()?.hash(&mut hasher);
    let user = rustix::process::geteuid().as_raw();
    Ok(std::env::temp_dir().join(format!("genkan-{user}-{:016x}.sock", hasher.finish())))
}

#[cfg(not(unix))]
impl Listener {
    /// There is no local socket on this system.
    pub(crate) fn bind(_folder: &Path) -> io::Result<Option<Self>> {
        Ok(None)
    }

    /// Never called, since there is no listener.
    pub(crate) async fn accept(&self) -> io::Result<(ReadHalf, WriteHalf)> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// There is no local socket on this system.
#[cfg(not(unix))]
pub(crate) async fn connect(_path: &Path) -> io::Result<(ReadHalf, WriteHalf)> {
    Err(io::ErrorKind::Unsupported.into())
}

//! The service manager that started this process: systemd, which is told by datagrams how far the
//! process is (sd_notify(3)) and hands over the socket that it listens on already (sd_listen_fds(3)).
//!
//! Where no service manager says so, nothing is told and nothing is taken.

use std::{io, net::TcpListener, time::Duration};

use crate::settings::Environment;

/// How far this process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It serves.
    Ready,
    /// It reads its settings again; `Ready` follows.
    Reloading,
    /// It lets calls finish, and ends.
    Stopping,
    /// It still does what it should.
    Alive,
}

/// Where states are told.
#[derive(Debug)]
pub(crate) struct Service {
    #[cfg(unix)]
    socket: Option<std::os::unix::net::UnixDatagram>,
    patience: Option<Duration>,
}

impl Service {
    /// The service manager that the environment names.
    pub(crate) fn of(environment: &Environment) -> Self {
        let micros = environment.find("WATCHDOG_USEC");
        let micros = micros.and_then(|text| text.to_str()?.parse().ok());
        let pid = environment.find("WATCHDOG_PID");
        let is_ours = pid.is_none_or(|pid| *pid == *std::process::id().to_string());
        Self {
            #[cfg(unix)]
            socket: connect(environment),
            patience: micros.filter(|_| is_ours).map(Duration::from_micros),
        }
    }

    /// How often it wants to hear [`State::Alive`], if at all: twice as often as it must.
    pub(crate) fn every(&self) -> Option<Duration> {
        let every = self.patience? / 2;
        (!every.is_zero()).then_some(every)
    }

    /// Tells how far this process is. Who does not listen is left alone.
    pub(crate) fn tell(&self, state: State) {
        #[cfg(unix)]
        if let Some(socket) = &self.socket {
            let _ = socket.send(text(state).as_bytes());
        }
        #[cfg(not(unix))]
        let _ = text(state);
    }

    /// The socket to listen on, if this process was started for one.
    pub(crate) fn take_listener() -> io::Result<Option<TcpListener>> {
        let taken = listenfd::ListenFd::from_env().take_tcp_listener(0)?;
        taken
            .iter()
            .try_for_each(|socket| socket.set_nonblocking(true))?;
        Ok(taken)
    }
}

#[cfg(unix)]
fn connect(environment: &Environment) -> Option<std::os::unix::net::UnixDatagram> {
    use std::os::unix::net::{SocketAddr, UnixDatagram};
    let name = environment.find("NOTIFY_SOCKET")?;
    let address = match name.as_encoded_bytes().strip_prefix(b"@") {
        None => SocketAddr::from_pathname(name),
        #[cfg(target_os = "linux")]
        Some(name) => {
            use std::os::linux::net::SocketAddrExt as _;
            SocketAddr::from_abstract_name(name)
        }
        #[cfg(not(target_os = "linux"))]
        Some(_) => return None,
    };
    let socket = UnixDatagram::unbound().ok()?;
    socket.connect_addr(&address.ok()?).ok()?;
    // A manager that reads nothing must not hold up the process.
    socket.set_nonblocking(true).ok()?;
    Some(socket)
}

fn text(state: State) -> String {
    match state {
        State::Ready => "READY=1".into(),
        State::Reloading => format!("RELOADING=1\nMONOTONIC_USEC={}", monotonic_micros()),
        State::Stopping => "STOPPING=1".into(),
        State::Alive => "WATCHDOG=1".into(),
    }
}

/// The clock by which systemd knows which reload is meant.
#[cfg(unix)]
fn monotonic_micros() -> i64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    now.tv_sec * 1_000_000 + now.tv_nsec / 1_000
}

#[cfg(not(unix))]
fn monotonic_micros() -> i64 {
    0
}

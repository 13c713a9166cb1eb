//! The processes that another one has started, as `/proc` knows them.

use std::{
    fs,
    time::{Duration, Instant},
};

/// Far beyond what anything here takes.
const LIMIT: Duration = Duration::from_secs(60);

/// The children of a process, with their command lines.
pub(crate) fn children(parent: u32) -> Vec<(u32, String)> {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter(|id| parent_of(*id) == Some(parent))
        .map(|id| (id, command(id)))
        .collect()
}

/// Whether a process is alive; one that only waits to be forgotten is not.
pub(crate) fn is_alive(id: u32) -> bool {
    state(id).is_some_and(|(state, _)| state != "Z")
}

/// Waits for something that must come.
pub(crate) fn until<T>(what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = probe() {
            return found;
        }
        assert!(begun.elapsed() < LIMIT, "not within {LIMIT:?}: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Sends a signal of this name.
pub(crate) fn signal(id: u32, name: &str) {
    let line = format!("kill -s {name} {id}");
    let sent = std::process::Command::new("sh")
        .args(["-c", &line])
        .status();
    assert!(sent.unwrap().success(), "{line}");
}

fn parent_of(id: u32) -> Option<u32> {
    state(id)?.1.parse().ok()
}

/// The state and the parent.
fn state(id: u32) -> Option<(String, String)> {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(')')?;
    let mut words = rest.split_whitespace().map(str::to_owned);
    Some((words.next()?, words.next()?))
}

fn command(id: u32) -> String {
    let bytes = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&bytes).replace('\0', " ")
}

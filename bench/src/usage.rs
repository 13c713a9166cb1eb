//! What a process has used: processor time by thread, and memory, as Linux tells it in `/proc`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// The thread of this name writes to SQLite; all others serve requests.
const WRITERS: &str = "store.lane";

/// The processor time of every thread of a process, at one moment.
#[derive(Clone, Debug, Default)]
pub struct Snapshot(BTreeMap<u32, (bool, Duration)>);

/// Processor time between two moments.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spent {
    /// Of the threads that serve requests.
    pub serving: Duration,
    /// Of the threads that SQLite runs on.
    pub writing: Duration,
}

impl Spent {
    /// Of all threads.
    pub fn all(self) -> Duration {
        self.serving + self.writing
    }
}

impl Snapshot {
    /// Reads the present state of one process; empty where there is none.
    pub fn of(pid: u32) -> Self {
        let mut threads = BTreeMap::new();
        for task in entries(&PathBuf::from(format!("/proc/{pid}/task"))) {
            let Some(id) = number(&task) else { continue };
            let Some(spent) = time_of(&task) else {
                continue;
            };
            let name = fs::read_to_string(task.join("comm")).unwrap_or_default();
            threads.insert(id, (name.starts_with(WRITERS), spent));
        }
        Self(threads)
    }

    /// The same of a process and of all that it started, such as a database server.
    pub fn of_family(pid: u32) -> Self {
        let mut all = Self::of(pid);
        for process in entries(Path::new("/proc")) {
            let Some(id) = number(&process) else { continue };
            if parent_of(&process) == Some(pid) {
                all.0.extend(Self::of(id).0);
            }
        }
        all
    }

    /// What was spent since an earlier moment.
    pub fn since(&self, earlier: &Self) -> Spent {
        let mut spent = Spent::default();
        for (id, (is_writer, now)) in &self.0 {
            let before = earlier
                .0
                .get(id)
                .map_or(Duration::ZERO, |(_, before)| *before);
            let part = if *is_writer {
                &mut spent.writing
            } else {
                &mut spent.serving
            };
            *part += now.saturating_sub(before);
        }
        spent
    }
}

/// The memory of a process in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Memory {
    /// What it holds now, with the pages of its program, which all processes of it share.
    pub resident: u64,
    /// What of that is no file's.
    pub own: u64,
    /// The most that it ever held.
    pub peak: u64,
}

impl Memory {
    /// Reads the present state; zero where there is no such process.
    pub fn of(pid: u32) -> Self {
        let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let kilobytes = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok())
                .unwrap_or(0)
        };
        Self {
            resident: kilobytes("VmRSS:") * 1024,
            own: kilobytes("RssAnon:") * 1024,
            peak: kilobytes("VmHWM:") * 1024,
        }
    }
}

/// The database server that listens on this port.
pub fn postmaster(port: u16) -> Option<u32> {
    let wanted = format!("port={port}");
    entries(Path::new("/proc")).find_map(|process| {
        let words = fs::read(process.join("cmdline")).ok()?;
        let mut words = words.split(|byte| *byte == 0);
        let is_server = words.next()?.ends_with(b"postgres");
        (is_server && words.any(|word| word == wanted.as_bytes())).then(|| number(&process))?
    })
}

/// In nanoseconds from the scheduler; the clock ticks of `stat` would be too coarse.
fn time_of(task: &Path) -> Option<Duration> {
    let text = fs::read_to_string(task.join("schedstat")).ok()?;
    Some(Duration::from_nanos(
        text.split_whitespace().next()?.parse().ok()?,
    ))
}

fn parent_of(process: &Path) -> Option<u32> {
    let text = fs::read_to_string(process.join("stat")).ok()?;
    let (_, rest) = text.rsplit_once(')')?;
    rest.split_whitespace().nth(1)?.parse().ok()
}

fn number(path: &Path) -> Option<u32> {
    path.file_name()?.to_str()?.parse().ok()
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
}

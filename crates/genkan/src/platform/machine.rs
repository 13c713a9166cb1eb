//! Readings of the machine: processor, memory, disk.
//!
//! A reading that a system does not give is `None`, never a made-up number.

use std::path::Path;

use serde::Serialize;

/// One set of readings, in the shape of `/health`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Reading {
    /// How busy the processors were since the reading before, in percent.
    pub(crate) cpu_percent: Option<f64>,
    /// How much memory is in use, in percent.
    pub(crate) memory_percent: Option<f64>,
    /// How much memory programs can still have.
    pub(crate) memory_available_mb: Option<f64>,
    /// How full the disk of the data folder is, in percent.
    pub(crate) disk_percent: Option<f64>,
    /// How much of that disk this user can still fill.
    pub(crate) disk_free_gb: Option<f64>,
}

/// Reads the machine, each time since the time before.
#[derive(Debug, Default)]
pub(crate) struct Machine {
    ticks: Option<Ticks>,
}

/// Processor time since boot.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Ticks {
    busy: u64,
    total: u64,
}

impl Machine {
    /// Takes one reading. Reads small files; may be called every few seconds.
    pub(crate) fn read(&mut self, folder: &Path) -> Reading {
        let memory = memory();
        let disk = disk(folder);
        Reading {
            cpu_percent: self.cpu_percent(),
            memory_percent: memory.map(|(total, available)| percent(total - available, total)),
            memory_available_mb: memory.map(|(_, available)| round(available / 1024.0)),
            disk_percent: disk.map(|(used, free)| percent(used, used + free)),
            disk_free_gb: disk.map(|(_, free)| round(free / 1_073_741_824.0)),
        }
    }

    fn cpu_percent(&mut self) -> Option<f64> {
        let now = ticks(&std::fs::read_to_string("/proc/stat").ok()?)?;
        let before = self.ticks.replace(now)?;
        let total = now
            .total
            .checked_sub(before.total)
            .filter(|total| *total > 0)?;
        Some(percent(
            number(now.busy.saturating_sub(before.busy)),
            number(total),
        ))
    }
}

/// The first line of `/proc/stat` (proc(5)): `cpu user nice system idle iowait …`.
fn ticks(stat: &str) -> Option<Ticks> {
    let line = stat.lines().next()?.strip_prefix("cpu ")?;
    // `guest` and `guest_nice` are already counted in `user` and `nice`.
    let times: Vec<u64> = line
        .split_whitespace()
        .take(8)
        .flat_map(str::parse)
        .collect();
    let total = times.iter().sum();
    let idle = times.get(3)? + times.get(4).unwrap_or(&0);
    Some(Ticks {
        busy: u64::saturating_sub(total, idle),
        total,
    })
}

/// How many bytes of memory this process has in use, from `/proc/self/statm` (proc(5)).
#[cfg(target_os = "linux")]
pub(crate) fn resident_bytes() -> Option<u64> {
    let told = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = told.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * u64::try_from(rustix::param::page_size()).ok()?)
}

/// This system does not tell.
#[cfg(not(target_os = "linux"))]
pub(crate) fn resident_bytes() -> Option<u64> {
    None
}

/// Total and available kilobytes, from `/proc/meminfo` (proc(5)).
fn memory() -> Option<(f64, f64)> {
    let info = std::fs::read_to_string("/proc/meminfo").ok()?;
    Some((
        kilobytes(&info, "MemTotal:")?,
        kilobytes(&info, "MemAvailable:")?,
    ))
}

fn kilobytes(info: &str, name: &str) -> Option<f64> {
    let line = info.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Used and free bytes of the disk that holds the folder, as `df` counts them: what is reserved for
/// root is neither.
#[cfg(unix)]
fn disk(folder: &Path) -> Option<(f64, f64)> {
    let sizes = rustix::fs::statvfs(folder).ok()?;
    let block = number(sizes.f_frsize);
    let used = sizes.f_blocks.saturating_sub(sizes.f_bfree);
    Some((number(used) * block, number(sizes.f_bavail) * block))
}

#[cfg(not(unix))]
fn disk(_folder: &Path) -> Option<(f64, f64)> {
    None
}

#[allow(clippy::cast_precision_loss, reason = "readings for people")]
fn number(count: u64) -> f64 {
    count as f64
}

fn percent(part: f64, whole: f64) -> f64 {
    if whole > 0.0 {
        round(part / whole * 100.0)
    } else {
        0.0
    }
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_leave_out_guests_and_count_waiting_as_idle() {
        let stat = "cpu  10 1 5 80 4 0 1 0 7 1\ncpu0 1 1 1 1\n";
        assert_eq!(
            ticks(stat),
            Some(Ticks {
                busy: 17,
                total: 101
            })
        );
    }

    #[test]
    fn an_unreadable_line_is_no_reading() {
        assert_eq!(ticks(""), None);
        assert_eq!(ticks("cpu  1 2"), None);
        assert_eq!(kilobytes("MemTotal: none kB", "MemTotal:"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn linux_gives_memory_and_disk() {
        let reading = Machine::default().read(Path::new("/"));
        assert!(
            reading
                .memory_percent
                .is_some_and(|percent| (0.0..=100.0).contains(&percent))
        );
        assert!(reading.disk_free_gb.is_some());
        assert_eq!(
            reading.cpu_percent, None,
            "one reading says nothing about busyness"
        );
    }
}

//! How large this process has become.

/// What the caches, the allocator and the database's page cache may take beyond the first look.
const GROWTH_MIB: u64 = 200;

/// Looks now and then.
#[derive(Default)]
pub(super) struct Memory {
    looks: u64,
    first: Option<u64>,
}

impl Memory {
    /// Fails when the process has grown without bound.
    pub(super) fn look(&mut self, seed: u64) {
        self.looks += 1;
        if !self.looks.is_multiple_of(500) {
            return;
        }
        let Some(now) = resident_mib() else { return };
        let first = *self.first.get_or_insert(now);
        assert!(
            now <= first + GROWTH_MIB,
            "memory grew from {first} to {now} MiB in {} cases, GENKAN_TEST_FUZZ_SEED={seed}",
            self.looks
        );
    }
}

fn resident_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib / 1024)
}

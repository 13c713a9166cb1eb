//! Counts the instructions of calls: `genkan-callgrind` in the profile `gate`, run by valgrind.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::Profile;
use crate::{process, workspace};

/// How many batches of calls are counted, and how many calls a batch has.
#[derive(Clone, Copy)]
pub(super) struct Batches(u64, u64);

/// For what is quick, as many at once as a busy house has.
pub(super) const MANY: Batches = Batches(20, 64);
/// For what takes millions of instructions.
pub(super) const FEW: Batches = Batches(2, 4);

/// The program that is run.
const PROGRAM: &str = "genkan-callgrind";

/// A valgrind, and the program built.
pub(super) struct Callgrind {
    valgrind: PathBuf,
    folder: PathBuf,
}

/// What one run found.
pub(super) struct Counted {
    /// Instructions per call.
    pub(super) per_call: u64,
    /// Where they went: a file in callgrind's own form.
    pub(super) profile: PathBuf,
}

/// Whether there is a valgrind here, and recorded counts can be those of this kind of machine.
pub(super) fn is_possible() -> bool {
    cfg!(target_arch = "x86_64") && process::find("valgrind").is_some()
}

impl Callgrind {
    /// Builds what is counted.
    pub(super) fn prepare() -> Result<Self> {
        let valgrind = process::find("valgrind")
            .context("valgrind is not installed (Debian: `apt-get install valgrind`)")?;
        Profile::Gate.build(&["--package", "genkan-bench", "--bin", PROGRAM])?;
        let folder = workspace::target().join("callgrind");
        std::fs::create_dir_all(&folder)?;
        Ok(Self { valgrind, folder })
    }

    /// Counts the calls that these words ask for.
    pub(super) fn count(&self, words: &[&str], batches: Batches) -> Result<Counted> {
        let Batches(number, size) = batches;
        let file = self.folder.join(words.join(""));
        let mut command = Command::new(&self.valgrind);
        command.args([
            "--tool=callgrind",
            // Threads take fair turns, or chance would.
            "--fair-sched=yes",
            "--zero-before=genkan_callgrind::measured*",
            "--dump-before=genkan_callgrind::finished*",
        ]);
        command.arg(format!("--callgrind-out-file={}", file.display()));
        command.arg(Profile::Gate.binary(PROGRAM)).args(words);
        command.args(["--batches", &number.to_string()]);
        command.args(["--batch", &size.to_string()]);
        let output = command.output().context("valgrind did not start")?;
        let told = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success(),
            "`{}` failed:\n{told}",
            words.join(" ")
        );
        // The first part ends where counting ends; the rest is the end of the program.
        let profile = self.folder.join(format!("{}.1", words.join("")));
        let per_call = total(&profile)? / (number * size);
        Ok(Counted { per_call, profile })
    }
}

/// All instructions of a profile.
fn total(profile: &Path) -> Result<u64> {
    let text = std::fs::read_to_string(profile)
        .with_context(|| format!("valgrind wrote no {}", profile.display()))?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: "));
    let total = total.context("the profile has no total")?;
    total.trim().parse().context("the total is no number")
}

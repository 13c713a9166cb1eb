//! `coverage`: how many lines of the product the tests run, per crate and module; every file below its
//! share is named. Counted by the compiler's own instrumentation and LLVM's tools.
//!
//! Counters are written as they grow (continuous mode), since many tests end servers with `kill -9`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{commit, date, evidence};
use crate::suite::Suite;
use crate::{process, say, workspace};

pub(super) const NAME: &str = "coverage";

/// The least share of lines in percent: of all together, and of each module.
const OVERALL: f64 = 90.0;
const MODULE: f64 = 80.0;

/// Crates that are tools of development and no part of the product.
const NOT_THE_PRODUCT: [&str; 1] = ["genkan-testkit"];

/// Calls the compiler with counters; for crates of the workspace alone, others stay as they are built.
/// Not for `sh`: dash forgets the variables of cargo whose names have a hyphen.
const INSTRUMENTING: &str =
    "#!/bin/bash\nexec \"$@\" -C instrument-coverage -C llvm-args=-runtime-counter-relocation\n";

/// Runs all tests, counts, judges and keeps; true if every share is reached.
pub(super) fn run(suite: &Suite, keeps: bool) -> Result<bool> {
    say::step("coverage: all tests with counters in every line, about 20 minutes");
    let tools = Tools::find()?;
    let folder = workspace::target().join("coverage");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let variables = [
        ("RUSTC_WORKSPACE_WRAPPER", instrumenting(&folder)?),
        (
            "LLVM_PROFILE_FILE",
            folder.join("%m%c.profraw").display().to_string(),
        ),
    ];
    let outcome = suite.tests("gate", None, &variables)?;
    let lines = tools.count(&folder, &variables)?;
    let (text, reached) = told(&lines)?;
    print!("{text}");
    if keeps {
        let (date, commit, totals) = (date()?, commit()?, outcome.totals);
        let verdict = if reached { "passed" } else { "**failed**" };
        let section = format!(
            "### {NAME}\n\nlines of the product that the tests run; at least {OVERALL:.0} % overall and \
             {MODULE:.0} % in each module\n\n{date}, commit {commit}: {verdict}; {totals}\n\n{text}"
        );
        evidence::put(NAME, &section)?;
    }
    Ok(reached)
}

/// Writes what calls the compiler, and returns where it lies.
fn instrumenting(folder: &Path) -> Result<String> {
    use std::os::unix::fs::PermissionsExt as _;
    let path = folder.join("instrumenting");
    std::fs::write(&path, INSTRUMENTING)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))?;
    Ok(path.display().to_string())
}

/// LLVM's tools of the compiler's own version.
struct Tools {
    merging: PathBuf,
    counting: PathBuf,
}

impl Tools {
    fn find() -> Result<Self> {
        let version = process::capture(Command::new("rustc").arg("-vV"))?;
        let version = version
            .lines()
            .find_map(|line| line.strip_prefix("LLVM version: "))
            .and_then(|version| version.split('.').next())
            .context("rustc does not say its version of LLVM")?;
        let find = |name: &str| {
            process::find(&format!("{name}-{version}")).with_context(|| {
                format!(
                    "{name}-{version} is not installed (Debian: `apt-get install llvm-{version}`)"
                )
            })
        };
        Ok(Self {
            merging: find("llvm-profdata")?,
            counting: find("llvm-cov")?,
        })
    }

    /// Merges what the programs counted; lines and covered lines per file. Writes `lcov.info` beside it.
    fn count(
        &self,
        folder: &Path,
        variables: &[(&str, String)],
    ) -> Result<BTreeMap<String, Lines>> {
        let merged = folder.join("merged.profdata");
        let counted = raw(folder)?;
        ensure!(!counted.is_empty(), "no program counted anything");
        let mut merge = Command::new(&self.merging);
        merge.args(["merge", "--sparse", "--failure-mode=all", "--output"]);
        process::run(merge.arg(&merged).args(counted))?;
        let objects = objects(variables)?;
        let export = |form: &[&str]| {
            let mut command = Command::new(&self.counting);
            command.arg("export").args(form);
            command.arg("--instr-profile").arg(&merged);
            command.arg(&objects[0]);
            for object in &objects[1..] {
                command.arg("--object").arg(object);
            }
            process::capture(&mut command)
        };
        let lcov = folder.join("lcov.info");
        std::fs::write(&lcov, export(&["--format=lcov"])?)?;
        say::good(&format!("lines, for editors: {}", lcov.display()));
        lines(&serde_json::from_str(&export(&["--summary-only"])?)?)
    }
}

fn raw(folder: &Path) -> Result<Vec<PathBuf>> {
    let files = std::fs::read_dir(folder)?.flatten().map(|file| file.path());
    Ok(files
        .filter(|path| path.extension().is_some_and(|end| end == "profraw"))
        .collect())
}

/// The programs that were run: all tests, and what they start.
fn objects(variables: &[(&str, String)]) -> Result<Vec<PathBuf>> {
    let mut command = process::cargo();
    command.args([
        "test",
        "--workspace",
        "--no-run",
        "--message-format",
        "json",
    ]);
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    let told = process::capture(&mut command)?;
    let built = told.lines().filter_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        message["executable"].as_str().map(PathBuf::from)
    });
    let mut objects: Vec<_> = built.collect();
    objects.sort();
    objects.dedup();
    ensure!(!objects.is_empty(), "cargo names no program");
    Ok(objects)
}

/// Lines that there are, and that were run.
#[derive(Clone, Copy, Default)]
struct Lines {
    all: u64,
    run: u64,
}

impl Lines {
    fn add(&mut self, other: Lines) {
        self.all += other.all;
        self.run += other.run;
    }

    #[expect(clippy::cast_precision_loss, reason = "no program has 2^52 lines")]
    fn percent(self) -> f64 {
        if self.all == 0 {
            return 100.0;
        }
        100.0 * self.run as f64 / self.all as f64
    }
}

/// The product's files, by their path from the root.
fn lines(exported: &Value) -> Result<BTreeMap<String, Lines>> {
    let root = format!("{}/", workspace::root().display());
    let files = exported["data"][0]["files"]
        .as_array()
        .context("llvm-cov names no file")?;
    let mut found = BTreeMap::new();
    for file in files {
        let path = file["filename"].as_str().context("a file has a name")?;
        let Some(path) = path.strip_prefix(&root).filter(|path| is_product(path)) else {
            continue;
        };
        let count = |name: &str| file["summary"]["lines"][name].as_u64();
        let all = count("count").context("a file has lines")?;
        let run = count("covered").context("lines are covered or not")?;
        found.insert(path.to_owned(), Lines { all, run });
    }
    Ok(found)
}

fn is_product(path: &str) -> bool {
    let Some((name, file)) = path
        .strip_prefix("crates/")
        .and_then(|path| path.split_once("/src/"))
    else {
        return false;
    };
    let is_test = file.ends_with("tests.rs") || file.contains("tests/");
    !is_test && !NOT_THE_PRODUCT.contains(&name)
}

/// The module that a file belongs to: its crate and the folder or file below it.
fn module(path: &str) -> Option<(&str, &str)> {
    let (name, file) = path.strip_prefix("crates/")?.split_once("/src/")?;
    let first = file.split('/').next()?;
    Some((name, first.trim_end_matches(".rs")))
}

/// What was found as lines of Markdown, and whether all shares are reached.
fn told(files: &BTreeMap<String, Lines>) -> Result<(String, bool)> {
    ensure!(!files.is_empty(), "no file of the product was counted");
    let (mut total, mut crates) = (Lines::default(), BTreeMap::<&str, Lines>::new());
    let mut modules = BTreeMap::<(&str, &str), Lines>::new();
    for (path, lines) in files {
        let (name, module) = module(path).context("a file of the product has a module")?;
        total.add(*lines);
        crates.entry(name).or_default().add(*lines);
        modules.entry((name, module)).or_default().add(*lines);
    }
    let mut text = format!("All: {:.1} % of {} lines.\n\n", total.percent(), total.all);
    text.push_str("| crate | lines | run | least module |\n|---|--:|--:|---|\n");
    for (name, lines) in &crates {
        let least = modules
            .iter()
            .filter(|((of, _), _)| of == name)
            .min_by(|(_, one), (_, other)| one.percent().total_cmp(&other.percent()))
            .map(|((_, module), lines)| format!("`{module}` {:.1} %", lines.percent()));
        text.push_str(&format!(
            "| {name} | {} | {:.1} % | {} |\n",
            lines.all,
            lines.percent(),
            least.unwrap_or_default()
        ));
    }
    let below: Vec<_> = files
        .iter()
        .filter(|(_, lines)| lines.percent() < MODULE)
        .map(|(path, lines)| format!("`{path}` {:.0} % of {}", lines.percent(), lines.all))
        .collect();
    if !below.is_empty() {
        text.push_str(&format!(
            "\nFiles below {MODULE:.0} %: {}.\n",
            below.join(", ")
        ));
    }
    let reached =
        total.percent() >= OVERALL && modules.values().all(|lines| lines.percent() >= MODULE);
    Ok((text, reached))
}

#[cfg(test)]
mod tests;

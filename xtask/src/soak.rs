//! `cargo xtask soak`: what takes longer than a gate may. Each job but `bench`,
//! `coverage` and `knowledge` runs some of the tests with `GENKAN_TEST_SOAK=1`, which makes them go on
//! for more rounds, and its result is kept in `docs/evidence.md` with commit and date.
//!
//! A test may add its own figures: what it writes into a file `*.md` in the
//! folder `GENKAN_TEST_EVIDENCE` is taken over word for word.

mod coverage;
pub(crate) mod evidence;
mod knowledge;
mod ratios;

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result};

use crate::suite::Suite;
use crate::{bench, process, say, setup, workspace};
use evidence::Section;

/// Run the long tests and keep their results in docs/evidence.md.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The jobs to run; all of them if none is named.
    #[arg(value_name = "JOB", value_parser = names())]
    jobs: Vec<String>,
    /// For `knowledge`: over how many entries; may be given again, in growing order.
    #[arg(long, value_name = "NUMBER")]
    entries: Vec<usize>,
    /// Leave docs/evidence.md as it is.
    #[arg(long)]
    no_evidence: bool,
}

/// The server that tests drive.
const SERVER: &str = "genkan-testserver";

/// One long run.
struct Job {
    name: &'static str,
    what: &'static str,
    /// Which tests take part, in the filter language of nextest.
    filter: &'static str,
}

const JOBS: &[Job] = &[
    Job {
        name: "fuzz",
        what: "an hour of wrong requests, bytes and lines",
        filter: "test(/(^|::)fuzz/)",
    },
    Job {
        name: "kill",
        what: "rounds of `kill -9` under eight writers, on both databases",
        filter: "test(/(^|::)kill/)",
    },
    Job {
        name: "load",
        what: "a hundred clients at once for ten minutes",
        filter: "test(/(^|::)load/)",
    },
    Job {
        name: "properties",
        what: "property tests of parsers, validators and ranking, with many more cases",
        filter: "test(/(^|::)propert/)",
    },
];

fn names() -> Vec<&'static str> {
    let tests = JOBS.iter().map(|job| job.name);
    tests
        .chain([coverage::NAME, knowledge::NAME, ratios::NAME])
        .collect()
}

/// Runs the jobs one after the other; a failed one does not stop the rest.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    setup::run()?;
    let suite = Suite::prepare()?;
    let mut passed = true;
    let is_wanted =
        |name: &str| arguments.jobs.is_empty() || arguments.jobs.iter().any(|job| job == name);
    for job in JOBS.iter().filter(|job| is_wanted(job.name)) {
        say::step(&format!("{}: {}", job.name, job.what));
        let section = run_job(job, &suite)?;
        passed &= section.passed;
        println!("{}: {}", job.name, section.line());
        if !arguments.no_evidence {
            evidence::keep(&section)?;
        }
    }
    if is_wanted(coverage::NAME) {
        passed &= coverage::run(&suite, !arguments.no_evidence)?;
    }
    if is_wanted(knowledge::NAME) {
        passed &= knowledge::run(&arguments.entries, !arguments.no_evidence)?;
    }
    if is_wanted(ratios::NAME) {
        passed &= ratios::run(!arguments.no_evidence)?;
    }
    Ok(if passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn run_job(job: &Job, suite: &Suite) -> Result<Section> {
    let folder = workspace::target().join("soak").join(job.name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    // Optimised: what it measures is measured for users.
    bench::Profile::Gate.build(&["--package", "genkan-testkit", "--bin", SERVER])?;
    let variables = [
        ("GENKAN_TEST_SOAK", "1".to_owned()),
        (
            "GENKAN_TEST_SERVER",
            bench::Profile::Gate.binary(SERVER).display().to_string(),
        ),
        ("GENKAN_TEST_EVIDENCE", folder.display().to_string()),
        ("PROPTEST_CASES", "20000".to_owned()),
    ];
    let start = Instant::now();
    let outcome = suite.tests("soak", Some(job.filter), &variables)?;
    Ok(Section {
        name: job.name,
        what: job.what,
        commit: commit()?,
        date: date()?,
        minutes: start.elapsed().as_secs_f64() / 60.0,
        totals: outcome.totals,
        passed: outcome.succeeded,
        figures: figures(&folder)?,
    })
}

fn date() -> Result<String> {
    let date = process::capture(Command::new("date").args(["-u", "+%Y-%m-%d"]))?;
    Ok(date.trim().to_owned())
}

/// The commit that was tested, and whether the files were still those of it.
fn commit() -> Result<String> {
    let git = |words: &[&str]| {
        process::capture(
            Command::new("git")
                .current_dir(workspace::root())
                .args(words),
        )
    };
    let id = git(&["rev-parse", "--short=12", "HEAD"])?.trim().to_owned();
    let is_clean = git(&["status", "--porcelain"])?.trim().is_empty();
    Ok(if is_clean {
        id
    } else {
        format!("{id} with local changes")
    })
}

/// What the tests wrote, in the order of the names of their files.
fn figures(folder: &Path) -> Result<String> {
    let mut paths: Vec<_> = std::fs::read_dir(folder)?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    paths.sort();
    let mut text = String::new();
    for path in paths {
        let figures = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        text.push_str(figures.trim_end());
        text.push('\n');
    }
    Ok(text)
}

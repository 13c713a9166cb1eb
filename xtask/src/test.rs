//! `cargo xtask test`: the gate. A change is ready when this passes, here and
//! on a fresh machine alike.
//!
//! It sets up what the tests need, runs all [`steps::STEPS`] and prints how
//! long each took. A failed step does not hide the results of the later ones.

mod p0;
mod packages;
mod serving;
mod steps;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::say;
use crate::suite::{Suite, Totals};
use steps::{STEPS, Step};

/// The gate takes no longer than this, or it is not run.
const LIMIT: Duration = Duration::from_secs(45 * 60);

/// Run the gate: all that a change must pass.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Do not look for missing tools and libraries.
    #[arg(long)]
    no_setup: bool,
    /// Run only the tests that this nextest filter selects.
    #[arg(long, value_name = "EXPR")]
    filter: Option<String>,
    /// Run only this step; may be given several times.
    #[arg(long = "step", value_name = "NAME", value_parser = steps::names())]
    steps: Vec<String>,
}

/// What the steps share.
struct Gate<'a> {
    arguments: &'a Arguments,
    suite: Suite,
    totals: Totals,
}

/// How a step went.
struct Report {
    name: &'static str,
    took: Duration,
    result: Verdict,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Passed,
    Failed,
    /// What it builds upon had failed.
    LeftOut,
}

/// Runs the chosen steps and prints the table and the totals.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let start = Instant::now();
    let suite = Suite::prepare()?;
    let mut gate = Gate {
        arguments,
        suite,
        totals: Totals::default(),
    };
    let mut reports: Vec<Report> = Vec::new();
    for step in STEPS.iter().filter(|step| is_chosen(step, arguments)) {
        if start.elapsed() > LIMIT {
            print_table(&reports, start.elapsed());
            bail!("the gate took longer than {} minutes", LIMIT.as_secs() / 60);
        }
        let report = run_step(step, &mut gate, &reports);
        reports.push(report);
    }
    let took = start.elapsed();
    print_table(&reports, took);
    println!("{}", gate.totals);
    if took > LIMIT {
        bail!("the gate took longer than {} minutes", LIMIT.as_secs() / 60);
    }
    let passed = reports
        .iter()
        .all(|report| report.result == Verdict::Passed);
    Ok(if passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn is_chosen(step: &Step, arguments: &Arguments) -> bool {
    if step.name == steps::SETUP && arguments.no_setup {
        return false;
    }
    arguments.steps.is_empty() || arguments.steps.iter().any(|name| name == step.name)
}

fn run_step(step: &Step, gate: &mut Gate<'_>, earlier: &[Report]) -> Report {
    let start = Instant::now();
    let is_missing = |need: &&&str| {
        earlier
            .iter()
            .any(|report| report.name == **need && report.result != Verdict::Passed)
    };
    let result = if let Some(need) = step.needs.iter().find(is_missing) {
        say::bad(&format!("{}: left out, since {need} failed", step.name));
        Verdict::LeftOut
    } else {
        say::step(&format!("{}: {}", step.name, step.what));
        match (step.run)(gate) {
            Ok(true) => Verdict::Passed,
            Ok(false) => Verdict::Failed,
            Err(error) => {
                say::error(&error);
                Verdict::Failed
            }
        }
    };
    if result == Verdict::Failed {
        say::bad(step.name);
    }
    Report {
        name: step.name,
        took: start.elapsed(),
        result,
    }
}

fn print_table(reports: &[Report], took: Duration) {
    println!("\n{:<12} {:>8}", "step", "minutes");
    for report in reports {
        let result = match report.result {
            Verdict::Passed => "",
            Verdict::Failed => "  failed",
            Verdict::LeftOut => "  left out",
        };
        println!("{:<12} {:>8.1}{result}", report.name, minutes(report.took));
    }
    println!("{:<12} {:>8.1}\n", "all", minutes(took));
}

fn minutes(duration: Duration) -> f64 {
    duration.as_secs_f64() / 60.0
}

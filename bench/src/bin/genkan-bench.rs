//! Measures Genkan and its peers side by side; `cargo xtask bench` starts it with what it needs.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use anyhow::{Context, Result};
use clap::Parser;
use genkan_bench::{
    about, budget, case, chat, loopback, overload, report, retrieval,
    run::{Bench, Plan},
    start, stdio,
    subject::Programs,
};
use tokio::signal::unix::{SignalKind, signal};

/// Measure Genkan and its peers side by side.
#[derive(Parser)]
struct Arguments {
    /// Two minutes: fewer rounds, clients and cases.
    #[arg(long)]
    quick: bool,
    /// Only this case, `stdio`, `overload`, `start`, `chat` or `knowledge`; may be given again.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Only servers with this in their name, and the floor.
    #[arg(long, value_name = "TEXT")]
    server: Option<String>,
    /// How many entries of knowledge are searched; may be given again, in growing order.
    #[arg(long, value_name = "NUMBER")]
    entries: Vec<usize>,
    /// The root of the repository, whose documents get the results.
    #[arg(long)]
    root: PathBuf,
    /// Leave the documents as they are.
    #[arg(long)]
    no_keep: bool,
    /// Draw what grows into this folder as well.
    #[arg(long, value_name = "FOLDER")]
    plots: Option<PathBuf>,
    /// Write everything that was found out into this file as well.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// A Python that has FastMCP.
    #[arg(long)]
    python: Option<PathBuf>,
    /// Node.
    #[arg(long, requires = "node_folder")]
    node: Option<PathBuf>,
    /// The folder with the TypeScript SDK and its script.
    #[arg(long)]
    node_folder: Option<PathBuf>,
    /// The port of a PostgreSQL on 127.0.0.1, whose address is in `GENKAN_TEST_POSTGRES`.
    #[arg(long)]
    postgres_port: Option<u16>,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    // One thread, so that what is left of two cores belongs to the server; and the main one, since
    // servers die with the thread that started them.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let ended = runtime.block_on(async {
        let mut term = signal(SignalKind::terminate())?;
        tokio::select! {
            done = bench(&arguments) => done.map(|()| true),
            _ = tokio::signal::ctrl_c() => Ok(false),
            _ = term.recv() => Ok(false),
        }
    })?;
    Ok(if ended {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(130)
    })
}

async fn bench(arguments: &Arguments) -> Result<()> {
    loopback::check_database()?;
    let scratch = tempfile::Builder::new().prefix("genkan-bench-").tempdir()?;
    let programs = programs(arguments)?;
    let about = about::all(&programs, &arguments.root, arguments.quick);
    let plan = plan(arguments.quick);
    let mut bench = Bench::new(
        programs,
        scratch.path().to_owned(),
        plan,
        arguments.postgres_port,
    );
    bench.findings.about = about;
    bench.server = arguments.server.clone().unwrap_or_default();
    let wanted =
        |name: &str| arguments.only.is_empty() || arguments.only.iter().any(|only| only == name);
    // Named cases are run, also those that a quick run leaves out.
    for mut case in case::all(arguments.quick && arguments.only.is_empty()) {
        case.subjects.retain(|subject| bench.wants(*subject));
        if wanted(case.name) {
            bench.run(&case).await;
        }
    }
    if wanted("stdio") {
        stdio::measure(&mut bench).await;
    }
    if wanted(overload::NAME) && (!arguments.quick || !arguments.only.is_empty()) {
        overload::measure(&mut bench).await;
    }
    if wanted("start")
        && let Err(error) = start::measure(&mut bench).await
    {
        bench.findings.skip(&format!("`start` failed: {error:#}"));
    }
    if wanted(chat::NAME) {
        chat::measure(&mut bench).await;
    }
    if wanted("knowledge") {
        let usual: &[usize] = if arguments.quick {
            &[1_000]
        } else {
            &[1_000, 10_000, 100_000]
        };
        let sizes = if arguments.entries.is_empty() {
            usual
        } else {
            &arguments.entries
        };
        retrieval::measure(&mut bench, sizes).await;
    }
    let is_all = arguments.only.is_empty() && arguments.server.is_none();
    budget::judge(&mut bench.findings, is_all && !arguments.quick);
    report::print(&bench.findings);
    if let Some(file) = &arguments.json {
        std::fs::write(file, report::json(&bench.findings)?)
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    if let Some(folder) = &arguments.plots {
        report::draw(&bench.findings, folder)?;
    }
    // A part of a run would replace the whole of an earlier one.
    if is_all && !arguments.no_keep {
        report::keep(&bench.findings, &arguments.root.join("docs"))?;
    }
    Ok(())
}

fn plan(quick: bool) -> Plan {
    let (rounds, time) = if quick { (3, 900) } else { (5, 1_500) };
    Plan {
        rounds,
        first: Duration::from_secs(2),
        warm_up: Duration::from_millis(200),
        time: Duration::from_millis(time),
    }
}

fn programs(arguments: &Arguments) -> Result<Programs> {
    let ourselves = std::env::current_exe()?;
    let beside = ourselves
        .parent()
        .context("a program lies in a folder")?
        .to_owned();
    Ok(Programs {
        genkan: beside.join("genkan"),
        house: beside.join("genkan-bench-house"),
        python: arguments.python.clone(),
        node: arguments.node.clone().zip(arguments.node_folder.clone()),
        peers: arguments.root.join("bench/peers"),
        beside,
    })
}

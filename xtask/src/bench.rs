//! `cargo xtask bench`: Genkan and its peers side by side on this machine, and the guard over the
//! number of instructions that a call takes.
//!
//! What is timed is built as it is released; what is counted, and what the gate times, in the profile `gate`.
//! The measuring itself is the crate `genkan-bench`.

mod callgrind;
pub(crate) mod guard;
mod peers;
mod stages;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::postgres::{self, scratch};
use crate::{process, say, workspace};

/// Measure Genkan and its peers side by side, and write docs/benchmarks.md.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: Option<What>,
    /// Two minutes: fewer rounds, clients and cases.
    #[arg(long)]
    quick: bool,
    /// Only this case, `stdio`, `overload`, `start`, `chat` or `knowledge`, without writing anything;
    /// may be given again.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Only servers with this in their name, and the floor, without writing anything.
    #[arg(long, value_name = "TEXT")]
    server: Option<String>,
    /// How many entries of knowledge are searched; may be given again, in growing order.
    #[arg(long, value_name = "NUMBER")]
    entries: Vec<usize>,
    /// Leave the documents as they are.
    #[arg(long)]
    no_keep: bool,
}

#[derive(clap::Subcommand)]
enum What {
    /// Compare the instructions of a call with those recorded.
    Guard(guard::Arguments),
    /// Tell where the instructions of a call go.
    Stages(stages::Arguments),
}

/// Builds, starts what is needed, measures.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    match &arguments.what {
        Some(What::Guard(arguments)) => guard::run(arguments),
        Some(What::Stages(arguments)) => stages::run(arguments),
        None => measure(arguments),
    }
}

fn measure(arguments: &Arguments) -> Result<ExitCode> {
    let (mut command, database) = program(&[])?;
    add_peers(&mut command);
    for (is_set, flag) in [
        (arguments.quick, "--quick"),
        (arguments.no_keep, "--no-keep"),
    ] {
        if is_set {
            command.arg(flag);
        }
    }
    command.args(arguments.only.iter().flat_map(|name| ["--only", name]));
    command.args(arguments.server.iter().flat_map(|text| ["--server", text]));
    for entries in &arguments.entries {
        command.args(["--entries", &entries.to_string()]);
    }
    let status = command.status().context("the benchmark did not start")?;
    drop(database);
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Measures our own servers against the floor in these cases, and keeps nothing but the JSON.
pub(crate) fn measure_own(cases: &[&str], json: &Path) -> Result<()> {
    let (mut command, database) = program(&[])?;
    command.args(cases.iter().flat_map(|name| ["--only", name]));
    command.args(["--server", "Genkan", "--no-keep", "--json"]);
    process::run(command.arg(json))?;
    drop(database);
    Ok(())
}

/// What whoever keeps millions of rows in PostgreSQL gives it.
const LARGE: [&str; 2] = ["shared_buffers=1GB", "max_wal_size=4GB"];

/// Measures searches over so many entries, and draws what grows into a folder.
pub(crate) fn measure_knowledge(sizes: &[usize], json: &Path, plots: Option<&Path>) -> Result<()> {
    let (mut command, database) = program(&LARGE)?;
    command.args(["--only", "knowledge", "--no-keep"]);
    for size in sizes {
        command.args(["--entries", &size.to_string()]);
    }
    if let Some(folder) = plots {
        command.arg("--plots").arg(folder);
    }
    process::run(command.arg("--json").arg(json))?;
    drop(database);
    Ok(())
}

/// What takes part: the product, what measures it, and what it is compared with.
const PROGRAMS: [&str; 5] = [
    "genkan",
    "genkan-bench",
    "genkan-bench-floor",
    "genkan-bench-house",
    "genkan-bench-rmcp",
];

/// The built program that measures, and the database that it may use, with these settings.
fn program(settings: &[&str]) -> Result<(Command, Option<scratch::Server>)> {
    let programs = PROGRAMS.iter().flat_map(|name| ["--bin", name]);
    let packages = ["--package", "genkan", "--package", "genkan-bench"];
    let selection: Vec<_> = packages.into_iter().chain(programs).collect();
    Profile::Dist.build(&selection)?;
    let mut command = dying_with_us(&Profile::Dist.binary("genkan-bench"));
    command.arg("--root").arg(workspace::root());
    // Only a database of our own is measured.
    command.env_remove("GENKAN_TEST_POSTGRES");
    let database = match postgres::is_installed().then(|| scratch::Server::start_with(settings)) {
        Some(Ok(server)) => Some(server),
        Some(Err(error)) => {
            say::warn(&format!("PostgreSQL is left out: {error:#}"));
            None
        }
        None => {
            say::warn("PostgreSQL is left out: it is not installed");
            None
        }
    };
    if let Some(server) = &database {
        command.env("GENKAN_TEST_POSTGRES", server.url());
        command.args(["--postgres-port", port_of(server.url())?]);
    }
    Ok((command, database))
}

fn add_peers(command: &mut Command) {
    match peers::python() {
        Ok(python) => drop(command.arg("--python").arg(python)),
        Err(error) => say::warn(&format!("FastMCP is left out: {error:#}")),
    }
    match peers::node() {
        Ok((node, folder)) => {
            let words = command.arg("--node").arg(node);
            words.arg("--node-folder").arg(folder);
        }
        Err(error) => say::warn(&format!("the TypeScript SDK is left out: {error:#}")),
    }
}

/// How programs are built that are measured.
#[derive(Clone, Copy)]
pub(crate) enum Profile {
    /// Optimised, yet quick to build.
    Gate,
    /// As they are released.
    Dist,
}

impl Profile {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Gate => "gate",
            Self::Dist => "dist",
        }
    }

    /// Builds what is selected.
    pub(crate) fn build(self, selection: &[&str]) -> Result<()> {
        let name = self.as_str();
        say::step(&format!(
            "building in the profile `{name}`; the first time takes some minutes"
        ));
        let words = ["build", "--locked", "--profile", name];
        process::run(process::cargo().args(words).args(selection))
    }

    /// A program that was built so.
    pub(crate) fn binary(self, name: &str) -> PathBuf {
        workspace::target().join(self.as_str()).join(name)
    }
}

/// The program, told to end when we do, however we do.
fn dying_with_us(program: &Path) -> Command {
    let mut command = match process::find("setpriv") {
        Some(setpriv) => {
            let mut command = Command::new(setpriv);
            command.args(["--pdeathsig", "TERM", "--"]).arg(program);
            command
        }
        None => Command::new(program),
    };
    process::forget_outer_cargo(&mut command);
    command
}

/// The port in `postgres://postgres@127.0.0.1:5432/postgres`.
fn port_of(url: &str) -> Result<&str> {
    let port = url
        .rsplit_once(':')
        .and_then(|(_, rest)| rest.split('/').next());
    port.context("the address of PostgreSQL names no port")
}

//! How long a start takes on a store that exists, and what an idle server holds.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

use crate::{
    ask,
    figures::{Curve, median},
    http::Connection,
    message::{Ask, Era},
    run::{Bench, count, mib},
    server::Server,
    subject::{self, Running, Subject},
    template::Template,
    usage::Memory,
};

/// The name of the figure that the budget is on.
pub const FIRST_ANSWER: &str = "start to first answered call";
/// The name of the figure that the budget is on.
pub const IDLE: &str = "idle memory";
/// The name of the part of it that no other process can share.
const IDLE_OWN: &str = "idle memory without the pages of the program";

/// The name of the figure that the budget is on.
pub const IDLE_SESSIONS: &str = "memory with 10,000 idle sessions";

/// How many sessions are opened and left alone.
const SESSIONS: usize = 10_000;

/// How often it is started.
const STARTS: usize = 7;

/// Measures both for the binary on SQLite, and the memory of catalogs of several sizes.
pub async fn measure(bench: &mut Bench) -> Result<()> {
    eprintln!("==> start: from nothing to the first answer, and what an idle server holds");
    let running = subject::start(Subject::Sqlite, &bench.programs, &bench.scratch, 0).await?;
    let (folder, key) = (running.folder.clone(), running.credentials());
    drop(running);
    let (mut first_answers, mut idle, mut own) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let begun = Instant::now();
        let server = start(bench, &folder)?;
        let ask = Ask::Call {
            tool: "knowledge_get_namespaces".into(),
            arguments: "{}".into(),
        };
        let mut template = Template::new(&ask, Era::Modern, "/mcp", &key);
        let mut connection = Connection::open(server.address).await?;
        let reply = connection.exchange(template.numbered(0)).await?;
        ensure!(reply.is_well(), "the first answer is {}", reply.status);
        first_answers.push(begun.elapsed().as_secs_f64() * 1_000.0);
        tokio::time::sleep(Duration::from_secs(1)).await;
        let memory = Memory::of(server.pid());
        idle.push(mib(memory.resident));
        own.push(mib(memory.own));
    }
    bench
        .findings
        .note(FIRST_ANSWER, median(first_answers), "ms");
    bench.findings.note(IDLE, median(idle), "MiB");
    bench.findings.note(IDLE_OWN, median(own), "MiB");
    lists(bench).await?;
    sessions(bench).await
}

/// What catalogs of several sizes hold, once they have been listed.
async fn lists(bench: &mut Bench) -> Result<()> {
    for tools in [50, 500, 5_000] {
        let subject = Subject::Tools(tools);
        let running = subject::start(subject, &bench.programs, &bench.scratch, 0).await?;
        ask::count_tools(&running)
            .await
            .context("the list did not come")?;
        let resident = mib(Memory::of(running.server.pid()).resident);
        let name = format!("memory with {tools} tools listed once");
        bench.findings.note(name, resident, "MiB");
        let curve = Curve {
            plot: "memory by tools".to_owned(),
            line: "Genkan, SQLite".to_owned(),
            over: "tools",
            unit: "MiB",
            points: Vec::new(),
        };
        bench.findings.grow(curve, count(tools), resident);
    }
    Ok(())
}

/// What sessions of the legacy era hold that nobody uses.
async fn sessions(bench: &mut Bench) -> Result<()> {
    let scratch = bench.scratch.join("sessions");
    let folder = scratch.join("sqlite");
    std::fs::create_dir_all(&folder)?;
    let mut command = subject::command(Subject::Sqlite, &bench.programs, &folder, 0)?;
    command
        .env("GENKAN_LIMITS__SESSIONS", SESSIONS.to_string())
        .env(
            "GENKAN_LIMITS__SESSIONS_PER_PRINCIPAL",
            SESSIONS.to_string(),
        )
        .env("GENKAN_LIMITS__CALLS_PER_MINUTE", "4000000000");
    let server = Server::start(&mut command, &folder.join("log"))?;
    let running = Running::of(Subject::Sqlite, server, folder);
    let mut connection = Connection::open(running.server.address).await?;
    for _ in 0..SESSIONS {
        ask::open_session(&running, &mut connection).await?;
    }
    let resident = mib(Memory::of(running.server.pid()).resident);
    bench.findings.note(IDLE_SESSIONS, resident, "MiB");
    Ok(())
}

fn start(bench: &Bench, folder: &Path) -> Result<Server> {
    let mut command = subject::command(Subject::Sqlite, &bench.programs, folder, 0)?;
    Server::start(&mut command, &folder.join("log"))
}

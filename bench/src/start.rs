//! How long a start takes on a store that exists, and what an idle server holds.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

use crate::{
    figures::median,
    http::Connection,
    message::{Ask, Era},
    run::{Bench, mib},
    server::Server,
    subject::{self, Subject},
    template::Template,
    usage::Memory,
};

/// The name of the figure that the budget is on.
pub const FIRST_ANSWER: &str = "start to first answered call";
/// The name of the figure that the budget is on.
pub const IDLE: &str = "idle memory";

/// How often it is started.
const STARTS: usize = 7;

/// Measures both for the binary on SQLite, and the memory of catalogs of several sizes.
pub async fn measure(bench: &mut Bench) -> Result<()> {
    eprintln!("==> start: from nothing to the first answer, and what an idle server holds");
    let running = subject::start(Subject::Sqlite, &bench.programs, &bench.scratch, 0).await?;
    let (folder, key) = (running.folder.clone(), running.credentials());
    drop(running);
    let (mut first_answers, mut idle) = (Vec::new(), Vec::new());
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
        idle.push(mib(Memory::of(server.pid()).resident));
    }
    bench
        .findings
        .note(FIRST_ANSWER, median(first_answers), "ms");
    bench.findings.note(IDLE, median(idle), "MiB");
    for tools in [50, 500, 5_000] {
        let subject = Subject::Tools(tools);
        let running = subject::start(subject, &bench.programs, &bench.scratch, 0).await?;
        crate::ask::list_once(&running)
            .await
            .context("the list did not come")?;
        let resident = mib(Memory::of(running.server.pid()).resident);
        bench.findings.note(
            format!("memory with {tools} tools listed once"),
            resident,
            "MiB",
        );
    }
    Ok(())
}

fn start(bench: &Bench, folder: &Path) -> Result<Server> {
    let mut command = subject::command(Subject::Sqlite, &bench.programs, folder, 0)?;
    Server::start(&mut command, &folder.join("log"))
}

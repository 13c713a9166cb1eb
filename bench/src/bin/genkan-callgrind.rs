//! Drives one path of the full stack so many times, for a tool that counts instructions.
//!
//! One thread runs everything but SQLite, and nothing depends on time: calls go in batches, and
//! each batch is written before the next begins. Two runs of different length tell the cost of a
//! call without that of the start.

use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use axum::body::Body;
use clap::{Parser, ValueEnum};
use futures_util::future::join_all;
// For its allocator, which is that of the product.
use genkan as _;
use genkan_bench::{
    http::find,
    message::{Ask, Era},
    stack::Stack,
};
use http::Request;
use tower::ServiceExt;

/// Drive one path of the full stack.
#[derive(Parser)]
struct Arguments {
    /// What is called.
    path: Path,
    /// How many batches.
    batches: u64,
    /// How many calls are under way at once.
    #[arg(long, default_value_t = 64)]
    batch: u64,
    /// How many made-up tools the catalog has besides the real ones.
    #[arg(long, default_value_t = 0)]
    tools: usize,
}

/// How many answers are read closely.
const FIRST: u64 = 10;

#[derive(Clone, Copy, ValueEnum)]
enum Path {
    /// A read-only tool without work of its own.
    Echo,
    /// A tool that changes one row.
    Change,
    /// `tools/list`.
    List,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(drive(&arguments))?;
    runtime.shutdown_background();
    Ok(ExitCode::SUCCESS)
}

async fn drive(arguments: &Arguments) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let stack = Stack::open(folder.path(), arguments.tools).await?;
    let ask = match arguments.path {
        Path::Echo => Ask::echo("test_echo"),
        Path::List => Ask::List { cursor: None },
        Path::Change => {
            let made = r#"{"name":"bench","description":"For the benchmark."}"#;
            answer(&stack, &call("knowledge_create_namespace", made), 0).await?;
            call(
                "knowledge_update_namespace",
                r#"{"name":"bench","description":"Change {n}."}"#,
            )
        }
    };
    for batch in 0..arguments.batches {
        let first = batch * arguments.batch + 1;
        // One goes ahead: keys are looked up again after half a second, and how many calls wait for
        // that would depend on the speed of the machine.
        answer(&stack, &ask, first).await?;
        // Written at once, or chance would decide whether its record shares a commit with the rest.
        stack.store.records().flush().await?;
        let calls = (first + 1..first + arguments.batch).map(|id| answer(&stack, &ask, id));
        join_all(calls).await.into_iter().collect::<Result<()>>()?;
        stack.store.records().flush().await?;
    }
    stack.recorder.run_upkeep();
    Ok(())
}

fn call(tool: &str, arguments: &str) -> Ask {
    Ask::Call {
        tool: tool.to_owned(),
        arguments: arguments.to_owned(),
    }
}

/// One request to the router, and its answer read to the end.
async fn answer(stack: &Stack, ask: &Ask, id: u64) -> Result<()> {
    let mut request = Request::post("/mcp").header("host", "127.0.0.1:8137");
    for line in ask.headers(Era::Modern).lines() {
        let (name, value) = line.split_once(": ").context("a header has a value")?;
        request = request.header(name, value);
    }
    let body = ask.body(Era::Modern, id);
    let request = request
        .header("authorization", format!("Bearer {}", stack.key.expose()))
        .header("content-length", body.len())
        .body(Body::from(body))?;
    let response = stack.router.clone().oneshot(request).await?;
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await?;
    // Looked for in the first answers alone: to search a long list each time would be counted.
    let is_well =
        status.is_success() && (id > FIRST || find(&bytes, b"\"isError\":true").is_none());
    ensure!(is_well, "{status}: {}", String::from_utf8_lossy(&bytes));
    Ok(())
}

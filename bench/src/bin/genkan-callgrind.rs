//! Drives one path of the full stack, for a tool that counts the instructions from [`measured`] to
//! [`finished`].
//!
//! One thread runs everything but SQLite, and nothing depends on time or chance: calls go in
//! batches, each is durable before the next begins, and all requests are made beforehand. What a
//! start and the first calls cost comes before the measured part.

use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use axum::body::Body;
use clap::{Parser, ValueEnum};
use futures_util::future::join_all;
// For its allocator, which is that of the product.
use genkan as _;
use genkan_bench::{
    filled::{self, Many},
    http::find,
    knowledge,
    message::{Ask, Era},
    stack::{Furnishing, Stack},
};
use http::Request;
use tokio::runtime::Runtime;
use tower::ServiceExt;

/// Drive one path of the full stack.
#[derive(Parser)]
struct Arguments {
    /// What is called.
    path: Path,
    /// How many batches are measured.
    #[arg(long, default_value_t = 20)]
    batches: usize,
    /// How many calls are under way at once.
    #[arg(long, default_value_t = 64)]
    batch: usize,
    /// How many made-up tools the catalog has besides the real ones; they are what is called.
    #[arg(long)]
    tools: Option<usize>,
    /// How many tenants call, each with a key of its own; all calls of a batch are of one.
    #[arg(long)]
    tenants: Option<usize>,
    /// Every call of a batch is of another tenant.
    #[arg(long, requires = "tenants")]
    mixed: bool,
    /// Without metrics and log.
    #[arg(long)]
    unobserved: bool,
}

/// Batches before anything is measured, so that caches are warm and lists are written.
const WARM: usize = 3;
/// How many entries there are to be searched.
const ENTRIES: usize = 100;
/// The master key of the stack.
const MASTER: &str = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f";

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Path {
    /// A read-only tool without work of its own.
    Echo,
    /// A tool that changes one row.
    Change,
    /// `tools/list`.
    List,
    /// Ranked knowledge for a task.
    Context,
}

/// The calls of one moment.
type Batch = Vec<Request<Body>>;

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let folder = tempfile::tempdir()?;
    let (stack, mut batches) = runtime.block_on(prepare(&arguments, folder.path()))?;
    let to_measure = batches.split_off(batches.len() - arguments.batches);
    runtime.block_on(async {
        for batch in batches {
            for response in answers(&stack, batch).await? {
                ensure!(
                    find(&response, b"\"isError\":true").is_none(),
                    "{}",
                    shown(&response)
                );
            }
        }
        anyhow::Ok(())
    })?;
    stack.fold_samples();
    // What folding costs grows with the number of tools, and it happens every few seconds, however
    // many calls there were: for many tools it would tell nothing of a call.
    let folds = arguments.tools.is_none();
    measured(&runtime, &stack, to_measure, folds)?;
    finished();
    runtime.shutdown_background();
    Ok(ExitCode::SUCCESS)
}

/// What is counted. Its name is known to who counts, as is the next one.
#[inline(never)]
fn measured(runtime: &Runtime, stack: &Stack, batches: Vec<Batch>, folds: bool) -> Result<()> {
    let done: Result<()> = runtime.block_on(async {
        for batch in batches {
            answers(stack, batch).await?;
        }
        Ok(())
    });
    if folds {
        stack.fold_samples();
    }
    done
}

/// Where counting ends.
#[inline(never)]
fn finished() {
    std::hint::black_box(());
}

/// Opens the stack, makes what the calls speak of, and all requests.
async fn prepare(arguments: &Arguments, folder: &std::path::Path) -> Result<(Stack, Vec<Batch>)> {
    let keys = match arguments.tenants {
        Some(number) => filled::make(folder, MASTER, Many::Tenants, number).await?,
        None => Vec::new(),
    };
    if let Some(first) = keys.first() {
        std::fs::write(folder.join("admin.key"), first)?;
    }
    let furnishing = Furnishing {
        made_tools: arguments.tools.unwrap_or(0),
        is_observed: !arguments.unobserved,
    };
    let stack = Stack::open(folder, furnishing).await?;
    let keys = match keys.is_empty() {
        true => vec![stack.key.expose().clone()],
        false => keys,
    };
    make(arguments.path, &stack).await?;
    let asking = Asking {
        ask: ask(arguments),
        path: if arguments.tools.is_some() {
            "/mcp/made"
        } else {
            "/mcp"
        },
        batch: arguments.batch,
        is_mixed: arguments.mixed,
        keys,
    };
    // Whoever calls later has called before, so that nobody is looked up while it is counted.
    let known = asking.keys.chunks(asking.batch).map(|keys| {
        let calls = keys.iter().map(|key| asking.request(key, 0));
        calls.collect()
    });
    let usual = (0..WARM + arguments.batches).map(|number| asking.batch(number));
    let batches: Result<Vec<Batch>> = known.chain(usual).collect();
    Ok((stack, batches?))
}

fn ask(arguments: &Arguments) -> Ask {
    match arguments.path {
        Path::Echo if arguments.tools.is_some() => Ask::echo("made_tool_00000"),
        Path::Echo => Ask::echo("test_echo"),
        Path::List => Ask::List { cursor: None },
        Path::Change => call(
            "knowledge_update_namespace",
            r#"{"name":"bench","description":"Change {n}."}"#,
        ),
        Path::Context => call("knowledge_get_task_context", &knowledge::query(7)),
    }
}

fn call(tool: &str, arguments: &str) -> Ask {
    Ask::Call {
        tool: tool.to_owned(),
        arguments: arguments.to_owned(),
    }
}

/// Makes what the path needs.
async fn make(path: Path, stack: &Stack) -> Result<()> {
    let entries = match path {
        Path::Echo | Path::List => return Ok(()),
        Path::Change => 0,
        Path::Context => ENTRIES,
    };
    let beginning = knowledge::BEGINNING.map(|(tool, arguments)| call(tool, arguments));
    let write = |number| call("knowledge_write_knowledge", &knowledge::entry(number));
    for ask in beginning.into_iter().chain((0..entries).map(write)) {
        let request = request(&ask, "/mcp", stack.key.expose(), 0)?;
        answers(stack, vec![request]).await?;
    }
    Ok(())
}

/// Who asks what.
struct Asking {
    ask: Ask,
    path: &'static str,
    batch: usize,
    is_mixed: bool,
    keys: Vec<String>,
}

impl Asking {
    /// The calls of one batch.
    fn batch(&self, number: usize) -> Result<Batch> {
        let first = number * self.batch;
        let calls = (first..first + self.batch).map(|id| {
            let caller = if self.is_mixed { id } else { number };
            self.request(&self.keys[caller % self.keys.len()], id)
        });
        calls.collect()
    }

    fn request(&self, key: &str, id: usize) -> Result<Request<Body>> {
        request(&self.ask, self.path, key, id)
    }
}

fn request(ask: &Ask, path: &str, key: &str, id: usize) -> Result<Request<Body>> {
    let mut request = Request::post(path).header("host", "127.0.0.1:8137");
    for line in ask.headers(Era::Modern).lines() {
        let (name, value) = line.split_once(": ").context("a header has a value")?;
        request = request.header(name, value);
    }
    let body = ask.body(Era::Modern, id as u64);
    let request = request
        .header("authorization", format!("Bearer {key}"))
        .header("content-length", body.len())
        .body(Body::from(body))?;
    Ok(request)
}

/// The answers to calls that are made at once, each read to its end, when they are durable.
async fn answers(stack: &Stack, batch: Batch) -> Result<Vec<bytes::Bytes>> {
    let calls = batch.into_iter().map(|request| answer(stack, request));
    let answers: Result<Vec<_>> = join_all(calls).await.into_iter().collect();
    stack.store.records().flush().await?;
    answers
}

async fn answer(stack: &Stack, request: Request<Body>) -> Result<bytes::Bytes> {
    let response = stack.router.clone().oneshot(request).await?;
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await?;
    ensure!(status.is_success(), "{status}: {}", shown(&bytes));
    Ok(bytes)
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

//! The echo over standard input and output, as a client on the same machine has it, in both eras.

use std::{
    collections::HashMap,
    fs::File,
    path::Path,
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{UnixStream, unix},
};

use crate::{
    figures::{Figures, median, percentile_ms},
    http::find,
    message::{Ask, Era, INITIALIZE, INITIALIZED},
    run::{Bench, count, mib},
    server,
    subject::Subject,
    usage::{Memory, Snapshot},
};

/// How many requests are under way at once.
const DEPTHS: [usize; 2] = [1, 16];
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Measures both eras.
pub async fn measure(bench: &mut Bench) {
    eprintln!("==> stdio: the echo over standard input and output");
    for (era, case) in [(Era::Modern, "stdio"), (Era::Legacy, "stdio-legacy")] {
        if let Err(error) = one_era(bench, era, case).await {
            bench.findings.skip(&format!("`{case}` failed: {error:#}"));
        }
    }
}

async fn one_era(bench: &mut Bench, era: Era, case: &str) -> Result<()> {
    let folder = bench.scratch.join(case);
    std::fs::create_dir_all(&folder)?;
    let mut process = Process::start(&bench.programs.house, &folder, era).await?;
    for depth in DEPTHS {
        let mut turns = Vec::new();
        for _ in 0..bench.plan.rounds {
            process.turn(depth, bench.plan.warm_up).await?;
            turns.push(process.turn(depth, bench.plan.time).await?);
        }
        let mut latencies: Vec<u32> = turns.iter().flat_map(|t| t.latencies_us.clone()).collect();
        latencies.sort_unstable();
        let per = |of: fn(&Turn) -> Duration| {
            median(
                turns
                    .iter()
                    .map(|t| of(t).as_secs_f64() * 1e6 / count(t.latencies_us.len())),
            )
        };
        let cpu_us = per(|turn| turn.serving + turn.writing);
        bench.findings.figures.push(Figures {
            case: case.to_owned(),
            server: Subject::EchoSqlite.name(),
            clients: depth,
            cpu_us,
            cpu_serving_us: per(|turn| turn.serving),
            per_cpu_second: 1e6 / cpu_us,
            per_second: median(
                turns
                    .iter()
                    .map(|t| count(t.latencies_us.len()) / t.elapsed.as_secs_f64()),
            ),
            p50_ms: percentile_ms(&latencies, 0.5),
            p95_ms: percentile_ms(&latencies, 0.95),
            p99_ms: percentile_ms(&latencies, 0.99),
            peak_mib: mib(Memory::of(process.child.id()).peak),
            ..Figures::default()
        });
    }
    Ok(())
}

/// A server that is spoken to in lines; dropped, it is ended.
struct Process {
    child: Child,
    read: BufReader<unix::OwnedReadHalf>,
    write: unix::OwnedWriteHalf,
    era: Era,
    next: u64,
}

#[derive(Default)]
struct Turn {
    latencies_us: Vec<u32>,
    elapsed: Duration,
    serving: Duration,
    writing: Duration,
}

impl Process {
    async fn start(binary: &Path, folder: &Path, era: Era) -> Result<Self> {
        let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let child = server::command(binary)
            .args(["stdio", "--data-dir"])
            .arg(folder)
            .env("GENKAN_LIMITS__CALLS_PER_MINUTE", "4000000000")
            .stdin(Stdio::from(std::os::fd::OwnedFd::from(theirs.try_clone()?)))
            .stdout(Stdio::from(std::os::fd::OwnedFd::from(theirs)))
            .stderr(File::create(folder.join("log"))?)
            .spawn()
            .context("it did not start")?;
        let (read, write) = UnixStream::from_std(ours)?.into_split();
        let read = BufReader::new(read);
        let mut process = Self {
            child,
            read,
            write,
            era,
            next: 1_000_000,
        };
        if era == Era::Legacy {
            process.say(INITIALIZE).await?;
            process.hear().await?;
            process.say(INITIALIZED).await?;
        }
        Ok(process)
    }

    /// Keeps so many requests under way for this time, and waits for the last of them.
    async fn turn(&mut self, depth: usize, time: Duration) -> Result<Turn> {
        let before = Snapshot::of(self.child.id());
        let (begun, mut turn, mut sent) = (Instant::now(), Turn::default(), HashMap::new());
        for _ in 0..depth {
            self.ask(&mut sent).await?;
        }
        while !sent.is_empty() {
            let id = self.hear().await?;
            let since: Instant = sent.remove(&id).context("an answer to nothing")?;
            let latency = u32::try_from(since.elapsed().as_micros()).unwrap_or(u32::MAX);
            turn.latencies_us.push(latency);
            if begun.elapsed() < time {
                self.ask(&mut sent).await?;
            }
        }
        turn.elapsed = begun.elapsed();
        let spent = Snapshot::of(self.child.id()).since(&before);
        (turn.serving, turn.writing) = (spent.serving, spent.writing);
        Ok(turn)
    }

    async fn ask(&mut self, sent: &mut HashMap<u64, Instant>) -> Result<()> {
        self.next += 1;
        let body = Ask::echo("test_echo").body(self.era, self.next);
        sent.insert(self.next, Instant::now());
        self.say(&body).await
    }

    async fn say(&mut self, message: &str) -> Result<()> {
        self.write
            .write_all(format!("{message}\n").as_bytes())
            .await?;
        Ok(())
    }

    /// The number of the request that the next message answers.
    async fn hear(&mut self) -> Result<u64> {
        let mut line = String::new();
        let read = tokio::time::timeout(PATIENCE, self.read.read_line(&mut line));
        let length = read.await.context("no answer came")??;
        ensure!(length > 0, "it ended");
        let is_well = find(line.as_bytes(), b"\"result\"").is_some()
            && find(line.as_bytes(), b"\"isError\":true").is_none();
        ensure!(is_well, "it answers {line}");
        id_of(&line).with_context(|| format!("an answer without a number: {line}"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The number behind `"id":`, without reading the rest.
fn id_of(line: &str) -> Option<u64> {
    let (_, rest) = line.split_once("\"id\":")?;
    let end = rest.find(|c: char| !c.is_ascii_digit())?;
    rest[..end].parse().ok()
}

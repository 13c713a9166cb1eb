//! A small store of team knowledge, for the cases that search in one or write to one.

use std::{fmt::Write as _, time::Duration};

use anyhow::{Result, bail, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::{
    ask,
    http::Connection,
    message::{Ask, Era},
    subject::Running,
    template::Template,
};

/// How many ask for entries to be written at once.
const WRITERS: usize = 16;
/// How often a server may say that it is too busy, and how long to wait after that.
const ATTEMPTS: usize = 50;
const PAUSE: Duration = Duration::from_millis(200);
/// How many searches are measured for each size, and how many different ones there are.
const SEARCHES: usize = 200;
/// After so long fewer will do, but never fewer than a tenth.
const ENOUGH: Duration = Duration::from_secs(30);
/// How long it may take to fill a store from one size to the next.
const PATIENCE: Duration = Duration::from_secs(150);

/// Words as a team uses them: some in every entry, most in few.
const WORDS: [&str; 16] = [
    "deploy",
    "release",
    "rollback",
    "database",
    "migration",
    "customer",
    "invoice",
    "payment",
    "latency",
    "cache",
    "review",
    "incident",
    "backup",
    "region",
    "contract",
    "holiday",
];

/// Fills a store to each size in turn, and searches it.
pub async fn measure(bench: &mut Bench, sizes: &[usize]) {
    eprintln!("==> knowledge: `knowledge_get_task_context` over a growing number of entries");
    let subjects = [Subject::Sqlite, Subject::Postgres];
    for subject in subjects {
        if !bench.wants(subject) {
            continue;
        }
        if let Err(error) = grow(bench, subject, sizes).await {
            let text = format!("{} is left out of `knowledge`: {error:#}", subject.name());
            bench.findings.skip(&text);
        }
    }
}

async fn grow(bench: &mut Bench, subject: Subject, sizes: &[usize]) -> Result<()> {
    let scratch = bench.scratch.join("knowledge");
    let running = subject::start(subject, &bench.programs, &scratch, 0).await?;
    begin(&running).await?;
    let (mut written, began) = (0, Instant::now());
    for size in sizes {
        let numbers = written..*size;
        let Ok(done) = timeout(PATIENCE, write(&running, numbers)).await else {
            let spent = PATIENCE.as_secs();
            bail!("{size} entries were not written within {spent} s");
        };
        done?;
        eprintln!(
            "    {size:>7} entries after {:.1} s",
            began.elapsed().as_secs_f64()
        );
        written = *size;
        measure_at(bench, &running, *size).await?;
    }
    Ok(())
}

/// Searches a store of this size, and notes what it costs.
async fn measure_at(bench: &mut Bench, running: &Running, size: usize) -> Result<()> {
    let pid = running.server.pid();
    let before = Snapshot::of(pid);
    let sorted_us = search(running).await?;
    let spent = Snapshot::of(pid).since(&before).all();
    let server = running.subject.name();
    let figures = [
        ("search p50", percentile_ms(&sorted_us, 0.5), "ms"),
        ("search p95", percentile_ms(&sorted_us, 0.95), "ms"),
        (
            "search CPU",
            spent.as_secs_f64() * 1_000.0 / count(sorted_us.len()),
            "ms",
        ),
        ("memory", mib(Memory::of(pid).resident), "MiB"),
    ];
    for (what, value, unit) in figures {
        let name = format!("{server}: {what} over {size} entries");
        bench.findings.note(name, value, unit);
        let curve = Curve {
            plot: format!("{what} by entries"),
            line: server.clone(),
            over: "entries",
            unit,
            points: Vec::new(),
        };
        bench.findings.grow(curve, count(size), value);
    }
    Ok(())
}

/// The calls that make the scope which entries are written to.
pub const BEGINNING: [(&str, &str); 2] = [
    (
        "knowledge_create_namespace",
        r#"{"name":"bench","description":"For the benchmark."}"#,
    ),
    (
        "knowledge_create_scope",
        r#"{"scope":"bench:load","description":"For the benchmark."}"#,
    ),
];

/// Makes the scope that entries are written to.
pub async fn begin(running: &Running) -> Result<()> {
    for (tool, arguments) in BEGINNING {
        ask::once(running, tool, arguments).await?;
    }
    Ok(())
}

/// Writes entries with these numbers.
pub async fn write(running: &Running, numbers: std::ops::Range<usize>) -> Result<()> {
    let step = numbers.len().div_ceil(WRITERS).max(1);
    let parts: Vec<_> = numbers.clone().step_by(step).collect();
    let writers = parts.into_iter().map(|from| {
        let to = (from + step).min(numbers.end);
        async move {
            let mut connection = Connection::open(running.server.address).await?;
            for number in from..to {
                let ask = Ask::Call {
                    tool: "knowledge_write_knowledge".into(),
                    arguments: entry(number),
                };
                let request = Template::new(&ask, Era::Modern, "/mcp", &running.credentials());
                write_one(&mut connection, request).await?;
            }
            Ok(())
        }
    });
    stream::iter(writers)
        .buffer_unordered(WRITERS)
        .try_collect::<()>()
        .await
}

/// Writes one entry; a server that says it is too busy is asked again.
async fn write_one(connection: &mut Connection, mut request: Template) -> Result<()> {
    for _ in 0..ATTEMPTS {
        let reply = connection.exchange(request.numbered(0)).await?;
        if reply.status != 503 {
            ensure!(reply.is_well(), "{}", String::from_utf8_lossy(reply.body));
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
    bail!("the server was too busy {ATTEMPTS} times to write an entry")
}

/// An entry: some common words, and a few that one entry in a thousand has.
pub fn entry(number: usize) -> String {
    let word = |shift: usize| WORDS[(number * 7 + shift * 5 + number / 16) % WORDS.len()];
    let rare = (number * 2_654_435_761) % 1_000;
    format!(
        "{{\"scope\":\"bench:load\",\"context\":\"{} {} topic{rare}\",\"content\":\"Note {number}: \
         the {} of topic{rare} comes before the {}, and the {} is told to the team that owns it.\"}}",
        word(0),
        word(1),
        word(2),
        word(3),
        word(4),
    )
}

/// Three queries, as an assistant asks before a task: one of rare words and two of common ones.
pub fn query(number: usize) -> String {
    let mut text = String::from("{\"scope\":\"bench:load\",\"queries\":[");
    let _ = write!(
        text,
        "\"topic{} {}\",",
        (number * 37) % 1_000,
        WORDS[number % 16]
    );
    let _ = write!(
        text,
        "\"{} {}\",",
        WORDS[(number + 3) % 16],
        WORDS[(number + 8) % 16]
    );
    let _ = write!(text, "\"{} of the team\"]}}", WORDS[(number + 5) % 16]);
    text
}

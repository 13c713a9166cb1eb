//! How searching team knowledge grows with the number of entries: a thousand scopes, text after
//! Zipf, three and fifteen queries of four words of which one stands in more than a tenth of all
//! entries.

mod fill;
mod library;

use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use tokio::time::timeout;

use crate::{
    figures::{Curve, percentile_ms},
    http::Connection,
    load::{self, Load, Pace, Taken, WhenShed},
    message::{Ask, Era},
    run::{Bench, count, mib},
    subject::{self, Running, Subject},
    template::Template,
    usage::{Memory, Snapshot},
};

/// How many searches of three queries, and of fifteen, are measured for each size.
const SEARCHES: usize = 300;
const BATCHES: usize = 60;
/// Searches that go ahead, so that what is measured is warm.
const AHEAD: usize = 20;
/// After so long fewer will do, but never fewer than a tenth.
const ENOUGH: Duration = Duration::from_secs(20);
/// How long it may take to fill a store from one size to the next.
const PATIENCE: Duration = Duration::from_secs(2_400);
/// How many clients there are, how many different things each asks, and for how long.
const CROWD: usize = 100;
const QUESTIONS: usize = 40;
const CROWD_TIME: Duration = Duration::from_secs(10);
/// How often each of them asks: an assistant asks once before a task, which takes it minutes.
const PER_SECOND: f64 = 1.0;

/// What is measured, as it is named in the report.
pub const P95: &str = "search p95";
/// The same for a call with fifteen queries.
pub const BATCH_P95: &str = "search of 15 queries p95";
/// What a call with fifteen queries takes beside fifteen calls with one each.
pub const BATCH_SHARE: &str = "15 queries in one call, to 15 calls";
/// With a hundred clients that each ask once a second.
pub const CROWD_P95: &str = "search p95 with 100 clients";
/// Answers to these that were no results.
pub const CROWD_ERRORS: &str = "errors with 100 clients";
/// The same with a hundred that ask again at once, more than can be served.
pub const RUSH_ERRORS: &str = "errors with 100 clients without a pause";

/// The name of a figure in the report.
pub fn name(server: &str, what: &str, entries: f64) -> String {
    format!("{server}: {what} over {entries} entries")
}

/// The name of the plot in which it stands over the number of entries.
pub fn plot(what: &str) -> String {
    format!("{what} by entries")
}

/// Fills a store to each size in turn, and searches it.
pub async fn measure(bench: &mut Bench, sizes: &[usize]) {
    eprintln!("==> knowledge: `knowledge_get_task_context` over a growing number of entries");
    for subject in [Subject::Sqlite, Subject::Postgres] {
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
    fill::begin(&running).await?;
    let (mut written, began) = (0, Instant::now());
    for size in sizes {
        let Ok(done) = timeout(PATIENCE, fill::write(&running, written..*size)).await else {
            let spent = PATIENCE.as_secs();
            bail!("{size} entries were not written within {spent} s");
        };
        done?;
        let spent = began.elapsed().as_secs_f64();
        eprintln!("    {size:>7} entries after {spent:.1} s");
        written = *size;
        Measuring {
            running: &running,
            size: *size,
            bench,
        }
        .all()
        .await?;
    }
    Ok(())
}

/// The searches in a store of one size.
struct Measuring<'m> {
    running: &'m Running,
    size: usize,
    bench: &'m mut Bench,
}

impl Measuring<'_> {
    async fn all(&mut self) -> Result<()> {
        let pid = self.running.server.pid();
        self.note("memory before", mib(Memory::of(pid).resident), "MiB");
        self.search(0..AHEAD, 3).await?;
        let before = Snapshot::of(pid);
        let mut taken = self.search(AHEAD..AHEAD + SEARCHES, 3).await?;
        let spent = Snapshot::of(pid).since(&before).all();
        taken.sort_unstable();
        self.note("search p50", percentile_ms(&taken, 0.5), "ms");
        self.note(P95, percentile_ms(&taken, 0.95), "ms");
        let cpu = spent.as_secs_f64() * 1_000.0 / count(taken.len());
        self.note("search CPU", cpu, "ms");
        let mut taken = self.search(0..BATCHES, 15).await?;
        let batches: f64 = taken.iter().map(|us| f64::from(*us)).sum();
        taken.sort_unstable();
        self.note(BATCH_P95, percentile_ms(&taken, 0.95), "ms");
        let singles = self.singly(taken.len()).await?;
        self.note(BATCH_SHARE, batches * 100.0 / singles, "%");
        self.crowd().await?;
        self.rush().await?;
        self.note("memory after", mib(Memory::of(pid).resident), "MiB");
        Ok(())
    }

    /// Notes a figure; one with a unit gets a plot over the number of entries.
    fn note(&mut self, what: &str, value: f64, unit: &'static str) {
        let findings = &mut self.bench.findings;
        let (server, size) = (self.running.subject.name(), count(self.size));
        findings.note(name(&server, what, size), value, unit);
        eprintln!("            {what}: {value:.1} {unit}");
        if unit.is_empty() {
            return;
        }
        let curve = Curve {
            plot: plot(what),
            line: server,
            over: "entries",
            unit,
            points: Vec::new(),
        };
        findings.grow(curve, size, value);
    }

    /// Searches one after another, with so many queries each, and returns the latencies in
    /// microseconds.
    async fn search(&self, numbers: std::ops::Range<usize>, queries: usize) -> Result<Vec<u32>> {
        let mut connection = Connection::open(self.running.server.address).await?;
        let (mut latencies, all) = (Vec::new(), Instant::now());
        let enough = numbers.len() / 10;
        for number in numbers {
            if latencies.len() >= enough && all.elapsed() > ENOUGH {
                break;
            }
            let arguments = library::search(number, queries, self.size);
            latencies.push(self.ask(&mut connection, &arguments).await?);
        }
        Ok(latencies)
    }

    /// Asks the queries of the first batches each in a call of its own, and returns the time in
    /// microseconds.
    async fn singly(&self, batches: usize) -> Result<f64> {
        let mut connection = Connection::open(self.running.server.address).await?;
        let mut sum = 0.0;
        for number in 0..batches {
            let batch = library::search(number, 15, self.size);
            for query in batch["queries"].as_array().into_iter().flatten() {
                let one = serde_json::json!({"scope": batch["scope"], "queries": [query]});
                sum += f64::from(self.ask(&mut connection, &one).await?);
            }
        }
        Ok(sum)
    }

    async fn ask(&self, connection: &mut Connection, arguments: &serde_json::Value) -> Result<u32> {
        let mut template = self.template(arguments);
        let begun = Instant::now();
        let reply = connection.exchange(template.numbered(0)).await?;
        let taken = u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX);
        ensure!(reply.is_well(), "{}", String::from_utf8_lossy(reply.body));
        Ok(taken)
    }

    fn template(&self, arguments: &serde_json::Value) -> Template {
        let ask = Ask::Call {
            tool: "knowledge_get_task_context".into(),
            arguments: arguments.to_string(),
        };
        Template::new(&ask, Era::Modern, "/mcp", &self.running.credentials())
    }

    /// A hundred clients that search before their tasks, each once a second.
    async fn crowd(&mut self) -> Result<()> {
        #[allow(clippy::cast_precision_loss, reason = "a hundred")]
        let pace = Pace::Open(PER_SECOND * CROWD as f64);
        let mut taken = self.load(pace).await?;
        taken.latencies_us.sort_unstable();
        self.note(CROWD_P95, percentile_ms(&taken.latencies_us, 0.95), "ms");
        self.tell(CROWD_ERRORS, &taken, "with 100 clients");
        Ok(())
    }

    /// A hundred clients that search again as soon as they are answered: more than can be served, so
    /// some are turned away, and come again when they were told to.
    async fn rush(&mut self) -> Result<()> {
        let taken = self.load(Pace::Closed).await?;
        self.tell(RUSH_ERRORS, &taken, "with 100 clients without a pause");
        Ok(())
    }

    async fn load(&self, pace: Pace) -> Result<Taken> {
        let templates = |client: usize| {
            let numbers = client * QUESTIONS..(client + 1) * QUESTIONS;
            let searches = numbers.map(|number| AHEAD + SEARCHES + number);
            let searches = searches.map(|number| library::search(number, 3, self.size));
            searches.map(|search| self.template(&search)).collect()
        };
        let load = Load {
            address: self.running.server.address,
            templates: (0..CROWD).map(templates).collect(),
            pace,
            warm_up: Duration::from_secs(1),
            time: CROWD_TIME,
            when_shed: WhenShed::Return,
        };
        load::run(&load, || {}).await
    }

    /// Notes how many were answered, turned away and failed.
    fn tell(&mut self, errors: &str, taken: &Taken, who: &str) {
        #[allow(clippy::cast_precision_loss, reason = "counts of one run")]
        for (what, number) in [
            (errors, taken.errors),
            (&*format!("turned away {who}"), taken.shed),
            (&*format!("answers {who}"), taken.answers),
        ] {
            self.note(what, number as f64, "");
        }
        if let Some(error) = &taken.first_error {
            self.bench.findings.skip(error);
        }
    }
}

//! A hundred clients at once: every call is answered, and memory stays bounded. In the gate they ask
//! again as soon as they are answered, for a minute. The long run is ten minutes at the pace of
//! people, a hundred calls a second in all, and there the time that calls take is bounded too. Before
//! it tens of thousands of calls fill every cache, so that what grows after them is a leak.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use genkan_testkit::McpClient;
use serde_json::json;
use tokio::{sync::Barrier, task::JoinSet};

use crate::house::{House, admin, evidence, is_soak};

const CLIENTS: u32 = 100;

/// How much a server may grow between its warm-up and its end. It keeps caches of a fixed size;
/// what it writes meanwhile stays on the disk.
const GROWTH_MIB: u64 = 64;

/// How much it may grow per minute in the second half of the long run: what leaks grows on.
const SLOPE_MIB: f64 = 1.0;

/// What calls of the long run may take in milliseconds: on average, 95 % of them, and 99 %.
const AVERAGE_MS: f64 = 85.0;
const P95_MS: f64 = 145.0;
const P99_MS: f64 = 300.0;

/// How many calls a second are answered: each client asks once, and the last ones end a little later.
const PER_SECOND: f64 = 99.0;

/// What 95 % of the database's statements may take, in seconds.
const STATEMENT_S: f64 = 0.05;

/// How long clients may take to warm the server up.
const WARM_WITHIN: Duration = Duration::from_secs(300);

/// How long, and how often each client asks; without a pace it asks as soon as it is answered.
#[derive(Clone, Copy)]
struct Plan {
    /// How many clients begin, and the calls of each, before memory is looked at for the first time.
    warm_up: (u32, u32),
    time: Duration,
    pace: Option<Duration>,
}

impl Plan {
    fn of(gate: Duration) -> Self {
        match is_soak() {
            true => Self {
                warm_up: (8, 5_000),
                time: Duration::from_secs(600),
                pace: Some(Duration::from_secs(1)),
            },
            false => Self {
                warm_up: (CLIENTS, 10),
                time: gate,
                pace: None,
            },
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn load_of_a_hundred_clients_meets_no_error_on_sqlite() {
    run(House::sqlite(), Plan::of(Duration::from_secs(60))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn load_of_a_hundred_clients_meets_no_error_on_postgres() {
    if let Some(house) = House::postgres().await {
        run(house, Plan::of(Duration::from_secs(20))).await;
    }
}

async fn run(house: House, plan: Plan) {
    // A debug build on a busy machine searches slowly, and here nobody is to be refused.
    let house = match plan.pace {
        Some(_) => house,
        None => house.with("GENKAN_LIMITS__HEAVY_WAITING_MS", "60000"),
    };
    let server = house.binary.serve();
    let warm = Arc::new(Barrier::new(CLIENTS as usize + 1));
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        let (client, warm) = (admin(&server), warm.clone());
        clients.spawn(ask_on(client, number, plan, warm));
    }
    let is_warm = tokio::time::timeout(WARM_WITHIN, warm.wait()).await;
    is_warm.expect("every client meets no error while it warms up");
    let begun = Instant::now();
    let before = resident_mib(server.child.id());
    let leak = plan.pace.map(|_| {
        let second_half = plan.time / 2;
        tokio::spawn(slope(server.child.id(), second_half, plan.time))
    });
    let mut took: Vec<Duration> = clients.join_all().await.concat();
    let (seconds, after) = (
        begun.elapsed().as_secs_f64(),
        resident_mib(server.child.id()),
    );
    took.sort_unstable();
    let taken = Taken::of(&took, seconds);
    let figures = format!(
        "- {}: {CLIENTS} clients for {seconds:.0} s, {}, one call in ten a write: {taken}; resident \
         memory {before} MiB when warm, {after} MiB at the end ({}, clients on the same machine).",
        house.database,
        match plan.pace {
            Some(pace) => format!("each asking every {} s", pace.as_secs_f64()),
            None => "each asking again when answered".to_owned(),
        },
        match is_soak() {
            true => "build of the profile `gate`",
            false => "debug build",
        },
    );
    evidence(&format!("load-{}", house.database), &figures);
    assert!(after <= before + GROWTH_MIB, "memory grew: {figures}");
    if let Some(leak) = leak {
        let slope = leak.await.unwrap();
        let line = format!(
            "- {}: in its second half memory grew by {slope:.2} MiB per minute.",
            house.database
        );
        evidence(&format!("load-{}-slope", house.database), &line);
        assert!(slope <= SLOPE_MIB, "memory leaks: {line}");
        let rate = taken.per_second;
        assert!(rate >= PER_SECOND, "too few calls were answered: {figures}");
        let metrics = server.get("/metrics", Some(&server.admin_key())).body;
        let statements = p95_at_most(&metrics, "db_query_duration_seconds");
        assert!(
            statements <= STATEMENT_S,
            "p95 of statements: {statements} s"
        );
        let is_quick = taken.average <= AVERAGE_MS && taken.p95 < P95_MS && taken.p99 < P99_MS;
        assert!(is_quick, "calls took too long: {figures}");
    }
    assert_eq!(server.terminate(), Some(0));
    house.verify();
}

/// How much the process grows per minute from one moment of its run to another, by least squares.
async fn slope(process: u32, from: Duration, to: Duration) -> f64 {
    const EVERY: Duration = Duration::from_secs(5);
    let begun = Instant::now();
    tokio::time::sleep(from).await;
    let mut points = Vec::new();
    while begun.elapsed() < to.saturating_sub(EVERY) {
        #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
        points.push((
            begun.elapsed().as_secs_f64() / 60.0,
            resident_mib(process) as f64,
        ));
        tokio::time::sleep(EVERY).await;
    }
    #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (time, memory) = (mean(|point| point.0), mean(|point| point.1));
    let together: f64 = points.iter().map(|(x, y)| (x - time) * (y - memory)).sum();
    let alone: f64 = points.iter().map(|(x, _)| (x - time).powi(2)).sum();
    together / alone
}

/// One client: warms up at once, then goes on as planned. Returns what each call took; a call that
/// is late at its turn has taken long since then.
async fn ask_on(client: McpClient, number: u32, plan: Plan, warm: Arc<Barrier>) -> Vec<Duration> {
    let (clients, calls) = plan.warm_up;
    if number < clients {
        for call in 0..calls {
            // Of all topics in turn, ten calls of each.
            one_call(&client, (number + call / 10) % CLIENTS, call).await;
        }
    }
    warm.wait().await;
    let begun = Instant::now();
    let (mut took, mut due) = (Vec::new(), begun);
    if let Some(pace) = plan.pace {
        // Not all at once, but one after the other.
        due += pace * number / CLIENTS;
    }
    for call in calls.. {
        if due.max(Instant::now()) >= begun + plan.time {
            break;
        }
        match plan.pace {
            Some(pace) => {
                tokio::time::sleep_until(due.into()).await;
                one_call(&client, number, call).await;
                took.push(due.elapsed());
                due += pace;
            }
            None => took.push(one_call(&client, number, call).await),
        }
    }
    took
}

/// What the calls took.
struct Taken {
    calls: usize,
    per_second: f64,
    average: f64,
    p50: f64,
    p95: f64,
    p99: f64,
}

impl Taken {
    fn of(sorted: &[Duration], seconds: f64) -> Self {
        let ms = |took: Duration| took.as_secs_f64() * 1000.0;
        let at = |percent: usize| ms(sorted[(sorted.len() - 1) * percent / 100]);
        #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
        let calls = sorted.len() as f64;
        Self {
            calls: sorted.len(),
            per_second: calls / seconds,
            average: ms(sorted.iter().sum()) / calls,
            p50: at(50),
            p95: at(95),
            p99: at(99),
        }
    }
}

impl std::fmt::Display for Taken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} calls ({:.0} per second), 0 errors; average {:.1} ms, p50 {:.1} ms, p95 {:.1} ms, p99 \
             {:.1} ms",
            self.calls, self.per_second, self.average, self.p50, self.p95, self.p99
        )
    }
}

/// A write, or a search for what this client wrote. Fails the test unless it does what was asked.
/// Clients that ask in step do not write in step.
async fn one_call(client: &McpClient, number: u32, call: u32) -> Duration {
    let begun = Instant::now();
    // Each has words of its own, so that a search finds tens of entries and not all of them.
    let topic = format!("client{number}");
    let answer = if (number + call).is_multiple_of(10) {
        let content = format!("{topic} reading{call}");
        let write = json!({ "content": content, "context": topic, "scope": "global:default" });
        client.call("knowledge_write_knowledge", write).await
    } else {
        let search = json!({ "queries": [topic], "scope": "global:default" });
        client.call("knowledge_get_task_context", search).await
    };
    let took = begun.elapsed();
    assert_eq!(answer.status, 200, "{:#}", answer.body);
    answer.structured();
    took
}

/// The bound of the bucket in which the 95th of a hundred values of a histogram lies.
fn p95_at_most(metrics: &str, name: &str) -> f64 {
    let mut buckets: Vec<(f64, f64)> = Vec::new();
    let lines = metrics.lines().filter_map(|line| {
        let labels = line.strip_prefix(name)?.strip_prefix("_bucket{")?;
        let (labels, count) = labels.rsplit_once("} ")?;
        let bound = labels
            .split(',')
            .find_map(|label| label.strip_prefix("le=\""))?;
        let bound = bound.trim_end_matches('"').replace("+Inf", "inf");
        Some((bound.parse().unwrap(), count.parse::<f64>().unwrap()))
    });
    for (bound, count) in lines {
        match buckets.iter_mut().find(|(known, _)| *known == bound) {
            Some((_, sum)) => *sum += count,
            None => buckets.push((bound, count)),
        }
    }
    buckets.sort_by(|one, other| f64::total_cmp(&one.0, &other.0));
    let all = buckets.last().unwrap_or_else(|| panic!("no {name}")).1;
    let within = buckets.iter().find(|(_, count)| *count >= 0.95 * all);
    within.unwrap().0
}

/// The resident memory of a process.
fn resident_mib(process: u32) -> u64 {
    let Ok(status) = std::fs::read_to_string(format!("/proc/{process}/status")) else {
        return 0;
    };
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    number.unwrap() / 1024
}

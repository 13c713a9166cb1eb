//! More requests than a server can answer: how many it serves, how fast it says no to the others,
//! and how soon it is itself again.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::{
    ask,
    case::{self, Case},
    figures::percentile_ms,
    http::Connection,
    load::{self, Load, Pace, Taken, WhenShed},
    run::{Bench, count, mib},
    subject::{self, Running, Subject},
    usage::Memory,
};

/// The name of the case, and the begin of the names of its figures.
pub const NAME: &str = "overload";

/// How many times as much as it can do the server is asked for.
const EXCESS: f64 = 3.0;
/// How long a load goes on before it counts.
const WARM_UP: Duration = Duration::from_millis(200);
/// How long it may take until it serves as before.
const RECOVERY: Duration = Duration::from_secs(20);
/// How long each part of it is, at least; the flood itself three times as long.
const SHORTEST: Duration = Duration::from_secs(2);
/// How often somebody asks how it is.
const HEALTH_EVERY: Duration = Duration::from_millis(50);

/// The names of figures that budgets are on, after the server's.
pub const SERVED: &str = "served, of what it can do without the flood";
/// How long the admitted took.
pub const P95: &str = "p95 of what it served";
/// How long it took to recover.
pub const RECOVERED: &str = "back to normal after";
/// What it needed more than before.
pub const GROWTH: &str = "memory at the peak, more than before";
/// How often it was asked in vain how it is.
pub const UNWELL: &str = "`/health` not answered";
/// Neither served nor properly refused.
pub const ERRORS: &str = "neither served nor refused";

/// Floods both databases' servers in turn.
pub async fn measure(bench: &mut Bench) {
    eprintln!("==> {NAME}: three times as many searches as the server can answer");
    let Some(case) = case::all(false).into_iter().find(|c| c.name == "context") else {
        return;
    };
    let subjects = [Subject::Sqlite, Subject::Postgres];
    for subject in subjects {
        if !bench.wants(subject) {
            continue;
        }
        if let Err(error) = flood(bench, &case, subject).await {
            bench.findings.skip(&format!(
                "{} is left out of `{NAME}`: {error:#}",
                subject.name()
            ));
        }
    }
}

async fn flood(bench: &mut Bench, case: &Case, subject: Subject) -> Result<()> {
    let scratch = bench.scratch.join(NAME);
    let running = subject::start(subject, &bench.programs, &scratch, 0).await?;
    ask::prepare(&running, case).await?;
    let time = bench.plan.time.max(SHORTEST);
    let usual = load(&running, case, 64, Pace::Closed, time).await?;
    let before = Memory::of(running.server.pid()).resident;
    let capacity = per_second(&usual, usual.answers);
    let offered = capacity * EXCESS;
    // Enough that the server, and not the crowd, decides who waits.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "some hundreds"
    )]
    let crowd = (offered * 0.5) as usize + 200;
    let pace = Pace::Open(offered);
    let over = Instant::now() + WARM_UP + time * 3;
    let (flooded, unwell) = tokio::join!(
        load(&running, case, crowd.min(2_000), pace, time * 3),
        health(&running, time * 3)
    );
    let flooded = flooded.context("in the flood")?;
    let peak = Memory::of(running.server.pid()).peak;
    let recovered = recovery(&running, case, &usual, over).await?;

    let mut latencies = flooded.latencies_us.clone();
    latencies.sort_unstable();
    let served = per_second(&flooded, flooded.answers);
    let asked = flooded.answers + flooded.shed;
    let figures = [
        ("can do without the flood", capacity, "calls/s"),
        ("was asked", per_second(&flooded, asked), "calls/s"),
        ("served", served, "calls/s"),
        (SERVED, served * 100.0 / capacity, "%"),
        ("refused", per_second(&flooded, flooded.shed), "calls/s"),
        (
            "p50 of what it served",
            percentile_ms(&latencies, 0.5),
            "ms",
        ),
        (P95, percentile_ms(&latencies, 0.95), "ms"),
        (
            "p99 of what it served",
            percentile_ms(&latencies, 0.99),
            "ms",
        ),
        (RECOVERED, recovered, "s"),
        (GROWTH, mib(peak.saturating_sub(before)), "MiB"),
        (UNWELL, count(unwell), "times"),
        (ERRORS, per_second(&flooded, flooded.errors), "calls/s"),
    ];
    for (what, value, unit) in figures {
        bench.findings.note(name(subject, what), value, unit);
    }
    Ok(())
}

/// The whole name of a figure.
pub fn name(subject: Subject, what: &str) -> String {
    format!("{}, {NAME}: {what}", subject.name())
}

async fn load(
    running: &Running,
    case: &Case,
    clients: usize,
    pace: Pace,
    time: Duration,
) -> Result<Taken> {
    let each = (0..clients).map(|client| ask::templates(running, case, client, clients));
    let each = futures_util::future::join_all(each).await;
    let load = Load {
        address: running.server.address,
        templates: each.into_iter().collect::<Result<_>>()?,
        pace,
        warm_up: WARM_UP,
        time,
        when_shed: WhenShed::Count,
    };
    load::run(&load, || {}).await
}

/// Asks how the server is for as long; returns how often it did not say that it is well.
async fn health(running: &Running, time: Duration) -> usize {
    let (begun, mut unwell) = (Instant::now(), 0);
    let request = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    while begun.elapsed() < time {
        let ask = async {
            let mut connection = Connection::open(running.server.address).await.ok()?;
            let reply = connection.exchange(request).await.ok()?;
            (reply.status == 200).then_some(())
        };
        let answer = tokio::time::timeout(Duration::from_secs(2), ask).await;
        unwell += usize::from(!matches!(answer, Ok(Some(()))));
        tokio::time::sleep(HEALTH_EVERY).await;
    }
    unwell
}

/// Seconds since the flood was over until a crowd of the usual size is served as before: nobody is
/// refused or gets an error, and most are answered in no more than twice the usual time.
async fn recovery(running: &Running, case: &Case, usual: &Taken, over: Instant) -> Result<f64> {
    let p50 = |taken: &Taken| {
        let mut sorted = taken.latencies_us.clone();
        sorted.sort_unstable();
        percentile_ms(&sorted, 0.5)
    };
    loop {
        let now = load(running, case, 64, Pace::Closed, Duration::from_millis(500)).await?;
        let is_well = now.shed == 0 && now.errors == 0 && p50(&now) <= 2.0 * p50(usual);
        if is_well || over.elapsed() > RECOVERY {
            return Ok(over.elapsed().as_secs_f64());
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts of one run")]
fn per_second(taken: &Taken, number: u64) -> f64 {
    number as f64 / taken.elapsed.as_secs_f64()
}

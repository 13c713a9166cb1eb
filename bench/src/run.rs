//! Runs cases: rounds in which every server is asked in turn, so that noise hits all alike.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use anyhow::{Context, Result};

use crate::{
    ask,
    case::Case,
    figures::{Curve, Figures, Findings, median, percentile_ms},
    load::{self, Load, Taken, WhenShed},
    subject::{self, Programs, Running, Subject},
    usage::{Memory, Snapshot, Spent, postmaster},
};

/// How long and how often everything is measured.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How long each server is asked before any turn counts, so that what compiles as it runs has.
    pub first: Duration,
    /// How often each server has its turn.
    pub rounds: usize,
    /// How long a turn goes on before it counts.
    pub warm_up: Duration,
    /// How long a turn counts.
    pub time: Duration,
}

/// The servers that are running, and what has been found out.
pub struct Bench {
    /// How to start more of them.
    pub programs: Programs,
    /// Where their stores lie.
    pub scratch: PathBuf,
    /// How long and how often.
    pub plan: Plan,
    /// Only servers with this in their name are measured, and the floor.
    pub server: String,
    /// What has been found out so far.
    pub findings: Findings,
    running: BTreeMap<Subject, Running>,
    postmaster: Option<u32>,
}

/// One turn of one server.
struct Turn {
    taken: Taken,
    spent: Spent,
    postgres: Option<Spent>,
}

impl Bench {
    /// With nothing running yet. `postgres` is the port of the database server.
    pub fn new(programs: Programs, scratch: PathBuf, plan: Plan, postgres: Option<u16>) -> Self {
        let postmaster = postgres.and_then(postmaster);
        let (findings, running) = (Findings::default(), BTreeMap::new());
        Self {
            programs,
            scratch,
            plan,
            server: String::new(),
            findings,
            running,
            postmaster,
        }
    }

    /// Whether this server takes part.
    pub fn wants(&self, subject: Subject) -> bool {
        subject == Subject::Floor || subject.name().contains(&self.server)
    }

    /// Runs one case with each of its numbers of clients. Who fails is named and left out.
    pub async fn run(&mut self, case: &Case) {
        eprintln!("==> {}: {}", case.name, case.about);
        let mut taking_part = self.start_all(case).await;
        let most = case.clients.iter().copied().max().unwrap_or(1);
        for subject in taking_part.clone() {
            if let Err(error) = self.turn(case, subject, most, self.plan.first).await {
                self.give_up(case, subject, &error);
            }
        }
        taking_part.retain(|subject| self.running.contains_key(subject));
        for clients in case.clients.clone() {
            let mut turns: BTreeMap<Subject, Vec<Turn>> = BTreeMap::new();
            for round in 0..self.plan.rounds {
                for position in 0..taking_part.len() {
                    let subject = taking_part[(position + round) % taking_part.len()];
                    match self.turn(case, subject, clients, self.plan.time).await {
                        Ok(turn) => turns.entry(subject).or_default().push(turn),
                        Err(error) => self.give_up(case, subject, &error),
                    }
                }
                taking_part.retain(|subject| self.running.contains_key(subject));
            }
            self.sum_up(case, clients, &turns);
        }
        // What one case left behind should not weigh on the next.
        self.running.clear();
    }

    /// Starts who takes part. The floor is last, since it has to know how long answers are.
    async fn start_all(&mut self, case: &Case) -> Vec<Subject> {
        let mut size = 300;
        let (floor, others): (Vec<_>, Vec<_>) = case
            .subjects
            .iter()
            .partition(|subject| **subject == Subject::Floor);
        for subject in others.into_iter().chain(floor) {
            // Each case on a store of its own.
            let scratch = self.scratch.join(case.name);
            let started = subject::start(subject, &self.programs, &scratch, size).await;
            let checked = match started {
                Ok(running) => ask::prepare(&running, case)
                    .await
                    .map(|bytes| (running, bytes)),
                Err(error) => Err(error),
            };
            match checked {
                Ok((running, bytes)) => {
                    if subject.is_genkan() {
                        size = bytes;
                    }
                    self.running.insert(subject, running);
                }
                Err(error) => self.give_up(case, subject, &error),
            }
        }
        case.subjects
            .iter()
            .copied()
            .filter(|s| self.running.contains_key(s))
            .collect()
    }

    fn give_up(&mut self, case: &Case, subject: Subject, error: &anyhow::Error) {
        let name = subject.name();
        let state = self
            .running
            .remove(&subject)
            .map(|mut running| running.server.check());
        let mut text = format!("{name} is left out of `{}`: {error:#}", case.name);
        if let Some(Err(ended)) = state {
            text.push_str(&format!("; {ended}"));
        }
        self.findings.skip(&text);
    }

    async fn turn(
        &mut self,
        case: &Case,
        subject: Subject,
        clients: usize,
        time: Duration,
    ) -> Result<Turn> {
        let running = self
            .running
            .get_mut(&subject)
            .context("it is not running")?;
        running.server.check()?;
        let each = (0..clients).map(|client| ask::templates(running, case, client, clients));
        let each = futures_util::future::join_all(each).await;
        let templates = each.into_iter().collect::<Result<Vec<_>>>()?;
        let warm_up = self.plan.warm_up;
        let (address, pace) = (running.server.address, case.pace);
        let load = Load {
            address,
            templates,
            pace,
            warm_up,
            time,
            when_shed: WhenShed::Fail,
        };
        let (pid, mut edges) = (running.server.pid(), Vec::new());
        let postmaster = self.postmaster.filter(|_| subject.is_on_postgres());
        let taken = load::run(&load, || {
            edges.push((Snapshot::of(pid), postmaster.map(Snapshot::of_family)));
        });
        let taken = taken.await?;
        let [(before, postgres_before), (after, postgres_after)] = &edges[..] else {
            anyhow::bail!("the load had no begin and end");
        };
        let postgres = postgres_after.as_ref().zip(postgres_before.as_ref());
        let postgres = postgres.map(|(after, before)| after.since(before));
        Ok(Turn {
            taken,
            spent: after.since(before),
            postgres,
        })
    }

    fn sum_up(&mut self, case: &Case, clients: usize, turns: &BTreeMap<Subject, Vec<Turn>>) {
        let floor = turns.get(&Subject::Floor);
        for subject in &case.subjects {
            let (Some(own), Some(running)) = (turns.get(subject), self.running.get(subject)) else {
                continue;
            };
            let mut figures = sum_up(own, floor);
            figures.case = case.name.to_owned();
            figures.server = subject.name();
            figures.clients = clients;
            figures.peak_mib = mib(Memory::of(running.server.pid()).peak);
            let error = own.iter().find_map(|turn| turn.taken.first_error.clone());
            if let Some(error) = error {
                let text = format!("{} in `{}`: {error}", figures.server, case.name);
                self.findings.skip(&text);
            }
            eprintln!(
                "    {clients:>3} clients  {:<22} {:>8.1} µs  {:>5.2} ×",
                figures.server,
                figures.cpu_us,
                figures.ratio.unwrap_or(f64::NAN),
            );
            if let Some((over, size)) = subject.size().filter(|_| case.subjects.len() > 2) {
                let curve = Curve {
                    plot: format!("CPU per call by {over}"),
                    line: "Genkan, SQLite".to_owned(),
                    over,
                    unit: "µs",
                    points: Vec::new(),
                };
                self.findings.grow(curve, count(size), figures.cpu_us);
            }
            self.findings.figures.push(figures);
        }
    }
}

/// Bytes as MiB.
#[allow(clippy::cast_precision_loss, reason = "memory of one process")]
pub fn mib(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}

/// A number of things.
#[allow(
    clippy::cast_precision_loss,
    reason = "counts here are far smaller than 2^52"
)]
pub fn count(number: usize) -> f64 {
    number as f64
}

fn sum_up(turns: &[Turn], floor: Option<&Vec<Turn>>) -> Figures {
    let mut latencies: Vec<u32> = turns
        .iter()
        .flat_map(|turn| turn.taken.latencies_us.iter().copied())
        .collect();
    latencies.sort_unstable();
    let all = |turn: &Turn| per_answer(turn.spent.all(), turn);
    let serving = |turn: &Turn| per_answer(turn.spent.serving, turn);
    let cpu_us = median(turns.iter().map(all));
    let ratios: Vec<f64> = ratios(turns, floor, all);
    Figures {
        cpu_us,
        cpu_serving_us: median(turns.iter().map(serving)),
        cpu_postgres_us: turns.iter().any(|turn| turn.postgres.is_some()).then(|| {
            median(
                turns
                    .iter()
                    .filter_map(|t| Some(per_answer(t.postgres?.all(), t))),
            )
        }),
        ratio: floor.map(|_| median(ratios.iter().copied())),
        ratio_range: floor.map(|_| {
            ratios
                .iter()
                .fold((f64::MAX, 0.0), |(low, high), r| (r.min(low), r.max(high)))
        }),
        ratio_serving: floor.map(|_| {
            median(
                turns
                    .iter()
                    .zip(floor.into_iter().flatten())
                    .map(|(own, floor)| serving(own) / all(floor)),
            )
        }),
        per_cpu_second: 1e6 / cpu_us,
        per_second: median(turns.iter().map(per_second)),
        p50_ms: percentile_ms(&latencies, 0.5),
        p95_ms: percentile_ms(&latencies, 0.95),
        p99_ms: percentile_ms(&latencies, 0.99),
        errors: turns.iter().map(|turn| turn.taken.errors).sum(),
        answer_bytes: turns.last().map_or(0, |turn| turn.taken.answer_bytes),
        ..Figures::default()
    }
}

fn ratios(turns: &[Turn], floor: Option<&Vec<Turn>>, of: impl Fn(&Turn) -> f64) -> Vec<f64> {
    turns
        .iter()
        .zip(floor.into_iter().flatten())
        .map(|(own, floor)| of(own) / of(floor))
        .collect()
}

#[allow(clippy::cast_precision_loss, reason = "counts of one turn")]
fn per_answer(spent: Duration, turn: &Turn) -> f64 {
    spent.as_secs_f64() * 1e6 / turn.taken.answers as f64
}

#[allow(clippy::cast_precision_loss, reason = "counts of one turn")]
fn per_second(turn: &Turn) -> f64 {
    turn.taken.answers as f64 / turn.taken.elapsed.as_secs_f64()
}

//! The budgets: ratios and bounds that must hold in one run, whatever the machine.

use crate::{
    chat,
    figures::{Findings, Judged},
    overload, retrieval, start,
    subject::Subject,
};

/// Judges what was measured. What a whole run did not measure is named as left out.
pub fn judge(findings: &mut Findings, is_whole: bool) {
    let mut judge = Judge {
        findings,
        judged: Vec::new(),
        missing: Vec::new(),
    };
    judge.calls();
    judge.peers();
    judge.growth();
    judge.retrieval();
    judge.start_and_memory();
    judge.overload();
    judge.chat();
    let Judge {
        judged, missing, ..
    } = judge;
    findings.judged = judged;
    for name in missing.iter().filter(|_| is_whole) {
        findings.skip(&format!("not measured: {name}"));
    }
}

struct Judge<'a> {
    findings: &'a Findings,
    judged: Vec<Judged>,
    /// Budgets of which this run has no figure.
    missing: Vec<String>,
}

impl Judge<'_> {
    fn most(&mut self, name: impl Into<String>, value: Option<f64>, budget: f64, unit: &str) {
        self.note(name, value, format!("≤ {budget} {unit}"), |value| {
            value <= budget
        });
    }

    fn least(&mut self, name: impl Into<String>, value: Option<f64>, budget: f64, unit: &str) {
        self.note(name, value, format!("≥ {budget} {unit}"), |value| {
            value >= budget
        });
    }

    fn note(
        &mut self,
        name: impl Into<String>,
        value: Option<f64>,
        budget: String,
        holds: impl Fn(f64) -> bool,
    ) {
        match value {
            Some(value) => self.judged.push(Judged {
                name: name.into(),
                budget,
                value,
                holds: holds(value),
            }),
            None => self.missing.push(name.into()),
        }
    }

    /// A call, a change and a list against the floor.
    fn calls(&mut self) {
        let (findings, own) = (self.findings, Subject::EchoSqlite.name());
        for (clients, all, serving) in [(64, 2.0, 1.5), (16, 2.2, 1.75)] {
            let echo = findings.find("echo", &own, clients);
            let name =
                |what| format!("read-only call, {clients} clients: CPU to an axum echo{what}");
            self.most(name(""), echo.and_then(|echo| echo.ratio), all, "×");
            let value = echo.and_then(|echo| echo.ratio_serving);
            self.most(name(", without SQLite's threads"), value, serving, "×");
            let rmcp = findings.find("echo", &Subject::Rmcp.name(), clients);
            let value = echo.zip(rmcp).map(|(echo, rmcp)| echo.cpu_us / rmcp.cpu_us);
            let name = format!("read-only call, {clients} clients: CPU to bare rmcp");
            self.most(name, value, 0.55, "×");
        }
        for (clients, budget) in [(64, 2.25), (16, 3.75)] {
            let change = findings.find("change", &own, clients);
            let name = format!("mutating call, {clients} clients: CPU to an axum echo");
            self.most(name, change.and_then(|change| change.ratio), budget, "×");
        }
        for (clients, budget) in [(64, 3.5), (16, 5.5)] {
            let send = findings.find("send", &own, clients);
            let name =
                format!("call that leaves the house, {clients} clients: CPU to an axum echo");
            self.most(name, send.and_then(|send| send.ratio), budget, "×");
        }
        for clients in [64, 16] {
            let list = findings.find("list-50", &Subject::Tools(50).name(), clients);
            let name =
                format!("list of 50 tools, {clients} clients: CPU to an echo of as many bytes");
            self.most(name, list.and_then(|list| list.ratio), 1.3, "×");
        }
        let errors = findings.figures.iter().map(|figures| figures.errors);
        #[allow(clippy::cast_precision_loss, reason = "a count of one run")]
        let errors = (!findings.figures.is_empty()).then(|| errors.sum::<u64>() as f64);
        self.most(
            "answers that were no results, in all cases",
            errors,
            0.0,
            "",
        );
    }

    /// Calls per processor second against the peers.
    fn peers(&mut self) {
        let findings = self.findings;
        let per = |server: &str| findings.find("echo", server, 64).map(|f| f.per_cpu_second);
        let Some(own) = per(&Subject::EchoSqlite.name()) else {
            return;
        };
        for (peer, least) in [
            (Subject::Rmcp, 1.5),
            (Subject::FastMcp, 20.0),
            (Subject::TypeScript, 20.0),
        ] {
            let name = format!("read-only calls per CPU second, against {}", peer.name());
            let value = per(&peer.name()).map(|theirs| own / theirs);
            self.least(name, value, least, "×");
        }
    }

    /// What must not grow. The instructions of a call are the sharper measure (`bench guard`).
    fn growth(&mut self) {
        let rows = [
            ("echo-by-tools", Subject::Tools(50), Subject::Tools(5_000)),
            (
                "echo-by-tenants",
                Subject::Tenants(1),
                Subject::Tenants(1_000),
            ),
        ];
        for (case, few, many) in rows {
            let findings = self.findings;
            let cpu = |subject: Subject| {
                let found = findings.find(case, &subject.name(), 16);
                found.map(|figures| figures.cpu_us)
            };
            let value = cpu(few).zip(cpu(many)).map(|(few, many)| many / few);
            let short = |subject: Subject| subject.name().replace("Genkan, ", "");
            let name = format!("CPU per call with {}, to {}", short(many), short(few));
            self.most(name, value, 1.1, "×");
        }
    }

    /// Searching team knowledge: what holds over a hundred thousand entries, and three times as much
    /// beyond. There a hundred clients may ask for more than two processors compute, so that they are
    /// held to get answers, not to get them at once.
    fn retrieval(&mut self) {
        let plot = retrieval::plot(retrieval::P95);
        let searched = self.findings.curves.iter().filter(|c| c.plot == plot);
        for curve in searched {
            for (entries, _) in &curve.points {
                self.searches(&curve.line, *entries);
            }
        }
    }

    fn searches(&mut self, server: &str, entries: f64) {
        let is_large = entries > 100_000.0;
        let times = if is_large { 3.0 } else { 1.0 };
        let rows = [
            (retrieval::P95, 20.0 * times, "ms"),
            (retrieval::BATCH_P95, 60.0 * times, "ms"),
            (retrieval::BATCH_SHARE, 50.0, "%"),
            (retrieval::CROWD_ERRORS, 0.0, ""),
            (retrieval::RUSH_ERRORS, 0.0, ""),
        ];
        let crowd = (!is_large).then_some((retrieval::CROWD_P95, 500.0, "ms"));
        for (what, budget, unit) in rows.into_iter().chain(crowd) {
            let name = retrieval::name(server, what, entries);
            let value = self.findings.single(&name);
            self.most(name, value, budget, unit);
        }
    }

    fn start_and_memory(&mut self) {
        let rows = [
            (start::FIRST_ANSWER, 150.0, "ms"),
            (start::IDLE, 40.0, "MiB"),
            (start::IDLE_SESSIONS, 500.0, "MiB"),
        ];
        for (name, budget, unit) in rows {
            self.most(name, self.findings.single(name), budget, unit);
        }
    }

    fn chat(&mut self) {
        for subject in [Subject::Sqlite, Subject::Postgres] {
            for (what, budget, unit) in [
                (chat::MEAN, 50.0, "ms"),
                (chat::P95, 5.0, "ms"),
                (chat::ERRORS, 0.0, ""),
            ] {
                let name = chat::name(subject, what);
                let value = self.findings.single(&name);
                self.most(name, value, budget, unit);
            }
        }
    }

    fn overload(&mut self) {
        for subject in [Subject::Sqlite, Subject::Postgres] {
            let findings = self.findings;
            let name = |what| overload::name(subject, what);
            let value = |what| findings.single(&name(what));
            let served = value(overload::SERVED);
            let rows = [
                (overload::P95, value(overload::P95), 1_000.0, "ms"),
                (overload::RECOVERED, value(overload::RECOVERED), 10.0, "s"),
                (overload::GROWTH, value(overload::GROWTH), 100.0, "MiB"),
                (overload::UNWELL, value(overload::UNWELL), 0.0, "times"),
                (overload::ERRORS, value(overload::ERRORS), 0.0, "calls/s"),
            ];
            self.least(name(overload::SERVED), served, 70.0, "%");
            for (what, value, budget, unit) in rows {
                self.most(name(what), value, budget, unit);
            }
        }
    }
}

//! The budgets: ratios that must hold in one run, whatever the machine.

use crate::{
    case::LIST_50,
    figures::{Findings, Judged},
    start,
    subject::Subject,
};

/// Judges what was measured; what was not is left out.
pub fn judge(findings: &mut Findings) {
    let mut judged = Vec::new();
    let echo = Subject::EchoSqlite.name();
    let mut most = |name: String, value: Option<f64>, budget: f64, unit: &str| {
        if let Some(value) = value {
            let budget_text = format!("≤ {budget} {unit}");
            judged.push(Judged {
                name,
                budget: budget_text,
                value,
                holds: value <= budget,
            });
        }
    };
    for (clients, all, serving) in [(64, 2.0, 1.5), (16, 2.2, 1.75)] {
        let own = findings.find("echo", &echo, clients);
        let name = |what: &str| format!("read-only call, {clients} clients: CPU {what}");
        most(
            name("to an axum echo"),
            own.and_then(|own| own.ratio),
            all,
            "×",
        );
        let value = own.and_then(|own| own.ratio_serving);
        most(
            name("to an axum echo, without SQLite's threads"),
            value,
            serving,
            "×",
        );
    }
    for (clients, budget) in [(64, 2.25), (16, 3.75)] {
        let own = findings
            .find("change", &echo, clients)
            .and_then(|own| own.ratio);
        let name = format!("mutating call, {clients} clients: CPU to an axum echo");
        most(name, own, budget, "×");
    }
    let list = findings.find("list-50", &Subject::Tools(LIST_50).name(), 64);
    most(
        "list of 50 tools: CPU to an echo of as many bytes".into(),
        list.and_then(|l| l.ratio),
        1.3,
        "×",
    );
    most(
        start::FIRST_ANSWER.into(),
        findings.single(start::FIRST_ANSWER),
        150.0,
        "ms",
    );
    most(
        start::IDLE.into(),
        findings.single(start::IDLE),
        40.0,
        "MiB",
    );
    let per = |server: &str| findings.find("echo", server, 64).map(|f| f.per_cpu_second);
    if let Some(own) = per(&echo) {
        for (peer, least) in [
            (Subject::Rmcp, 1.5),
            (Subject::FastMcp, 20.0),
            (Subject::TypeScript, 20.0),
        ] {
            let Some(theirs) = per(&peer.name()) else {
                continue;
            };
            let name = format!("read-only calls per CPU second, against {}", peer.name());
            let (value, budget) = (own / theirs, format!("≥ {least} ×"));
            judged.push(Judged {
                name,
                budget,
                value,
                holds: value >= least,
            });
        }
    }
    findings.judged = judged;
}

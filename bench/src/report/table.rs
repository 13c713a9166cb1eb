//! Findings as tables of Markdown, which a terminal shows well enough.

use std::fmt::Write as _;

use crate::figures::{Figures, Findings};

/// Everything, one table after another.
pub(super) fn of(findings: &Findings) -> String {
    let mut text = String::new();
    for (name, value) in &findings.about {
        let _ = writeln!(text, "- {name}: {value}");
    }
    text.push('\n');
    text.push_str(&load(findings));
    text.push_str(&singles(findings));
    text.push_str(&judged(findings));
    if !findings.skipped.is_empty() {
        text.push_str("Left out or failed:\n\n");
        for line in &findings.skipped {
            let _ = writeln!(text, "- {}", line.replace('\n', " "));
        }
    }
    text.trim_end().to_owned()
}

fn load(findings: &Findings) -> String {
    if findings.figures.is_empty() {
        return String::new();
    }
    let mut text = String::from(
        "| case | clients | server | CPU µs | to floor | range | without SQLite | calls/CPU s | calls/s \
         | p50 ms | p95 ms | p99 ms | peak MiB | errors |\n\
         |---|--:|---|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for figures in &findings.figures {
        row(&mut text, figures);
    }
    text.push('\n');
    text
}

fn row(text: &mut String, figures: &Figures) {
    let Figures {
        case,
        clients,
        server,
        cpu_us,
        ..
    } = figures;
    let times = |ratio: Option<f64>| ratio.map_or("–".to_owned(), |ratio| format!("{ratio:.2}"));
    let range = figures.ratio_range.map_or("–".to_owned(), |(low, high)| {
        format!("{low:.2}–{high:.2}")
    });
    let postgres = figures
        .cpu_postgres_us
        .map_or(String::new(), |us| format!(" + {us:.1}"));
    let _ = writeln!(
        text,
        "| {case} | {clients} | {server} | {cpu_us:.1}{postgres} | {} | {range} | {} | {:.0} | {:.0} \
         | {:.2} | {:.2} | {:.2} | {:.0} | {} |",
        times(figures.ratio),
        times(figures.ratio_serving),
        figures.per_cpu_second,
        figures.per_second,
        figures.p50_ms,
        figures.p95_ms,
        figures.p99_ms,
        figures.peak_mib,
        figures.errors,
    );
}

fn singles(findings: &Findings) -> String {
    if findings.singles.is_empty() {
        return String::new();
    }
    let mut text = String::from("| what | how much |\n|---|--:|\n");
    for single in &findings.singles {
        let _ = writeln!(
            text,
            "| {} | {:.1} {} |",
            single.name, single.value, single.unit
        );
    }
    text.push('\n');
    text
}

fn judged(findings: &Findings) -> String {
    if findings.judged.is_empty() {
        return String::new();
    }
    let mut text = String::from("| budget | must be | is | |\n|---|--:|--:|---|\n");
    for judged in &findings.judged {
        let verdict = if judged.holds { "holds" } else { "**missed**" };
        let _ = writeln!(
            text,
            "| {} | {} | {:.2} | {verdict} |",
            judged.name, judged.budget, judged.value
        );
    }
    let holding = findings.judged.iter().filter(|judged| judged.holds).count();
    let all = findings.judged.len();
    let _ = writeln!(text, "\n{holding} of {all} budgets hold.\n");
    text
}

//! What is measured, in the form that the report and its JSON file have.

use serde::Serialize;

/// One server under one load, over all rounds.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Figures {
    /// What was asked, as [`crate::case::Case::name`].
    pub case: String,
    /// Who was asked.
    pub server: String,
    /// How many clients asked at once.
    pub clients: usize,
    /// Processor time of the server's process per request, all threads, in microseconds.
    pub cpu_us: f64,
    /// The same without the threads of SQLite.
    pub cpu_serving_us: f64,
    /// Processor time of the database server per request.
    pub cpu_postgres_us: Option<f64>,
    /// `cpu_us` as a multiple of the floor's in the same round: the median of the rounds.
    pub ratio: Option<f64>,
    /// The smallest and the largest ratio of any round.
    pub ratio_range: Option<(f64, f64)>,
    /// The same for `cpu_serving_us`.
    pub ratio_serving: Option<f64>,
    /// Requests answered per second of processor time.
    pub per_cpu_second: f64,
    /// Requests answered per second, load and server on the same cores.
    pub per_second: f64,
    /// Latencies in milliseconds.
    pub p50_ms: f64,
    /// Latencies in milliseconds.
    pub p95_ms: f64,
    /// Latencies in milliseconds.
    pub p99_ms: f64,
    /// The most memory that the process ever held, in MiB.
    pub peak_mib: f64,
    /// Answers that were no results.
    pub errors: u64,
    /// The bytes of an answer.
    pub answer_bytes: usize,
}

/// A single figure with a name.
#[derive(Clone, Debug, Serialize)]
pub struct Single {
    /// What it is.
    pub name: String,
    /// How much, in `unit`.
    pub value: f64,
    /// Of what.
    pub unit: &'static str,
}

/// How something grows: one line of a plot.
#[derive(Clone, Debug, Serialize)]
pub struct Curve {
    /// The plot that it belongs to, such as `CPU per search`.
    pub plot: String,
    /// Which line it is.
    pub line: String,
    /// What grows, such as `entries`.
    pub over: &'static str,
    /// Of what the values are.
    pub unit: &'static str,
    /// How many, and the value there.
    pub points: Vec<(f64, f64)>,
}

/// A budget and whether it holds.
#[derive(Clone, Debug, Serialize)]
pub struct Judged {
    /// What is bounded.
    pub name: String,
    /// The most or the least that it may be.
    pub budget: String,
    /// What it is.
    pub value: f64,
    /// Whether it holds.
    pub holds: bool,
}

/// Everything that a run found out.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Findings {
    /// Date, commit, machine and versions, each with its name.
    pub about: Vec<(String, String)>,
    /// Servers under load.
    pub figures: Vec<Figures>,
    /// Start, memory, growth.
    pub singles: Vec<Single>,
    /// What grows with something else.
    pub curves: Vec<Curve>,
    /// What must hold.
    pub judged: Vec<Judged>,
    /// What was left out, and why.
    pub skipped: Vec<String>,
}

impl Findings {
    /// The figures of one server in one case.
    pub fn find(&self, case: &str, server: &str, clients: usize) -> Option<&Figures> {
        self.figures.iter().find(|figures| {
            figures.case == case && figures.server == server && figures.clients == clients
        })
    }

    /// A single figure.
    pub fn single(&self, name: &str) -> Option<f64> {
        self.singles
            .iter()
            .find(|single| single.name == name)
            .map(|single| single.value)
    }

    /// Says what is left out, and why.
    pub fn skip(&mut self, text: &str) {
        eprintln!("warning: {text}");
        self.skipped.push(text.to_owned());
    }

    /// Notes a single figure.
    pub fn note(&mut self, name: impl Into<String>, value: f64, unit: &'static str) {
        self.singles.push(Single {
            name: name.into(),
            value,
            unit,
        });
    }
}

impl Findings {
    /// Adds a point to a line of a plot.
    pub fn grow(&mut self, curve: Curve, at: f64, value: f64) {
        let same = |known: &&mut Curve| known.plot == curve.plot && known.line == curve.line;
        match self.curves.iter_mut().find(same) {
            Some(known) => known.points.push((at, value)),
            None => self.curves.push(Curve {
                points: vec![(at, value)],
                ..curve
            }),
        }
    }
}

/// The middle one of some values, or zero of none.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values
        .into_iter()
        .filter(|value| value.is_finite())
        .collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// The value below which so much of the sorted values lies, in milliseconds.
pub fn percentile_ms(sorted_us: &[u32], share: f64) -> f64 {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a position in a list that is far smaller than 2^52"
    )]
    let at = (sorted_us.len() as f64 * share) as usize;
    let value = sorted_us.get(at.min(sorted_us.len().saturating_sub(1)));
    value.map_or(0.0, |us| f64::from(*us) / 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::{median, percentile_ms};

    #[test]
    fn middle_and_ends_are_found() {
        assert_eq!(median([3.0, f64::NAN, 1.0, 2.0]), 2.0);
        assert_eq!(median([]), 0.0);
        let sorted: Vec<u32> = (0..100).collect();
        assert_eq!(percentile_ms(&sorted, 0.5), 0.05);
        assert_eq!(percentile_ms(&sorted, 1.0), 0.099);
        assert_eq!(percentile_ms(&[], 0.5), 0.0);
    }
}

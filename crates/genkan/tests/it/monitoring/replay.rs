//! What one scrape of a real server says, and a history made of it: the same scrape once more every
//! 15 seconds, so that what Prometheus must answer can be computed without Prometheus.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

/// Seconds between two scrapes, as in `deploy/prometheus/prometheus.yml`.
pub(super) const STEP: u32 = 15;
/// When the history begins, in seconds since 1970, and how many scrapes it has.
const BEGIN: u32 = 1_767_225_600;
const SCRAPES: u32 = 81;
/// The moment at which everything is asked.
pub(super) const END: u32 = BEGIN + STEP * (SCRAPES - 1);

/// How long the history is, in seconds.
pub(super) const LENGTH: u32 = END - BEGIN;
/// The gauge that grows where memory creeps.
pub(super) const MEMORY: &str = "process_resident_memory_bytes";

/// Series that a server has once it talks to models, and was asked whether it is ready while it waited as a
/// spare; and the one that Prometheus adds.
const SYNTHETIC: &str = r#"
# TYPE up gauge
up 1
http_requests_total{method="GET",endpoint="/ready",status="503"} 60
openai_requests_total{model="small",status="success"} 9
openai_requests_total{model="small",status="failure"} 1
openai_requests_total{model="large",status="success"} 4
openai_tokens_used{model="small",token_type="prompt"} 30000
openai_tokens_used{model="small",token_type="completion"} 6000
openai_tokens_used{model="large",token_type="prompt"} 8000
openai_tokens_used{model="large",token_type="completion"} 1000
openai_request_duration_seconds_bucket{model="small",le="0.5"} 2
openai_request_duration_seconds_bucket{model="small",le="1"} 6
openai_request_duration_seconds_bucket{model="small",le="5"} 10
openai_request_duration_seconds_bucket{model="small",le="+Inf"} 10
openai_request_duration_seconds_bucket{model="large",le="0.5"} 0
openai_request_duration_seconds_bucket{model="large",le="1"} 1
openai_request_duration_seconds_bucket{model="large",le="5"} 4
openai_request_duration_seconds_bucket{model="large",le="+Inf"} 4
"#;

/// One line of a scrape.
#[derive(Clone)]
struct Sample {
    name: String,
    labels: BTreeMap<String, String>,
    value: f64,
}

/// One scrape of one instance.
#[derive(Clone)]
pub(super) struct Recorded {
    pub(super) instance: &'static str,
    samples: Vec<Sample>,
    gauges: BTreeSet<String>,
    /// Whether its memory was nothing at first and grew evenly to what it is.
    creeps: bool,
}

impl Recorded {
    /// What `/metrics` said, and the synthetic series.
    pub(super) fn of(instance: &'static str, metrics: &str) -> Self {
        let text = format!("{metrics}{SYNTHETIC}");
        let gauges = text.lines().filter_map(|line| {
            let (name, kind) = line.strip_prefix("# TYPE ")?.split_once(' ')?;
            (kind == "gauge").then(|| name.to_owned())
        });
        let lines = text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        Self {
            instance,
            gauges: gauges.collect(),
            samples: lines.map(Sample::parse).collect(),
            creeps: false,
        }
    }

    /// The same server on a bad day: what every alert is for has happened to it.
    pub(super) fn in_trouble(&self, instance: &'static str) -> Self {
        let mut trouble = self.clone();
        trouble.instance = instance;
        trouble.creeps = true;
        trouble.samples.clear();
        for sample in &self.samples {
            let mut worse = sample.clone();
            worse.worsen();
            // Requests that ended differently now end alike.
            let same =
                |other: &&mut Sample| other.name == worse.name && other.labels == worse.labels;
            match trouble.samples.iter_mut().find(same) {
                Some(known) => known.value += worse.value,
                None => trouble.samples.push(worse),
            }
        }
        trouble
    }

    /// The sum over the series with these labels.
    pub(super) fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        self.find(name, labels).map(|sample| sample.value).sum()
    }

    /// The sums by what these labels say; for no labels, one sum.
    pub(super) fn by(&self, name: &str, labels: &[&str]) -> BTreeMap<String, f64> {
        let mut sums = BTreeMap::new();
        for sample in self.find(name, &[]) {
            let value = |label: &&str| sample.labels.get(*label).map_or("", String::as_str);
            let key: Vec<&str> = labels.iter().map(value).collect();
            *sums.entry(key.join(" ")).or_insert(0.0) += sample.value;
        }
        sums
    }

    /// The quantile of a histogram, as Prometheus interpolates it: linearly within a bucket.
    pub(super) fn quantile(&self, part: f64, name: &str, labels: &[(&str, &str)]) -> f64 {
        let name = format!("{name}_bucket");
        let mut buckets: Vec<(f64, f64)> = Vec::new();
        for sample in self.find(&name, labels) {
            let bound = sample.labels["le"].replace("+Inf", "inf").parse().unwrap();
            match buckets.iter_mut().find(|(known, _)| *known == bound) {
                Some((_, count)) => *count += sample.value,
                None => buckets.push((bound, sample.value)),
            }
        }
        buckets.sort_by(|one, other| one.0.total_cmp(&other.0));
        let rank = part * buckets.last().unwrap().1;
        let at = buckets
            .iter()
            .position(|(_, count)| *count >= rank)
            .unwrap();
        let (low, below) = if at == 0 { (0.0, 0.0) } else { buckets[at - 1] };
        let (high, count) = buckets[at];
        if high.is_infinite() {
            return low;
        }
        low + (high - low) * (rank - below) / (count - below)
    }

    /// The names of the label's values for which the series has counted something.
    pub(super) fn counted(&self, name: &str, label: &str) -> Vec<String> {
        let sums = self.by(name, &[label]).into_iter();
        sums.filter(|(_, sum)| *sum > 0.0)
            .map(|(value, _)| value)
            .collect()
    }

    fn find(&self, name: &str, labels: &[(&str, &str)]) -> impl Iterator<Item = &Sample> {
        let fits = move |sample: &&Sample| {
            let has = |(label, value): &(&str, &str)| sample.labels[*label] == *value;
            sample.name == name && labels.iter().all(has)
        };
        self.samples.iter().filter(fits)
    }

    /// Counters have grown by what was recorded in every step; gauges stayed as they were, but for the
    /// memory that creeps.
    fn write_history(&self, text: &mut String) {
        for sample in &self.samples {
            let mut series = format!(
                "{}{{job=\"genkan\",instance=\"{}\"",
                sample.name, self.instance
            );
            for (label, value) in &sample.labels {
                let _ = write!(series, ",{label}=\"{value}\"");
            }
            let is_gauge = self.gauges.contains(&sample.name);
            let creeps = self.creeps && sample.name == MEMORY;
            for scrape in 0..SCRAPES {
                let times = match (creeps, is_gauge) {
                    (true, _) => f64::from(scrape) / f64::from(SCRAPES - 1),
                    (false, true) => 1.0,
                    (false, false) => f64::from(scrape),
                };
                let (value, at) = (sample.value * times, BEGIN + STEP * scrape);
                let _ = writeln!(text, "{series}}} {value} {at}");
            }
        }
    }
}

/// The history of these instances, in the OpenMetrics format.
pub(super) fn history(instances: &[&Recorded]) -> String {
    let mut text = String::new();
    for recorded in instances {
        recorded.write_history(&mut text);
    }
    text + "# EOF\n"
}

impl Sample {
    fn parse(line: &str) -> Self {
        let (series, value) = line.rsplit_once(' ').unwrap();
        let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
        let labels = labels.strip_suffix('}').unwrap();
        let label = |part: &str| {
            let (label, value) = part.split_once('=').unwrap();
            (label.to_owned(), value.trim_matches('"').to_owned())
        };
        Self {
            name: name.to_owned(),
            labels: labels
                .split(',')
                .filter(|part| !part.is_empty())
                .map(label)
                .collect(),
            value: value.parse().unwrap(),
        }
    }

    fn worsen(&mut self) {
        let bound = self.labels.get("le").and_then(|bound| bound.parse().ok());
        let below = |limit: f64| bound.is_some_and(|bound: f64| bound < limit);
        match self.name.as_str() {
            "up" => self.value = 0.0,
            // A load balancer that asks often must not hide what fails.
            "http_requests_total" if self.labels["endpoint"] == "/ready" => {}
            "http_requests_total" => self.label("status", "503"),
            "http_request_duration_seconds_bucket" if below(1.0) => self.value = 0.0,
            "mcp_tool_calls_total" => match self.labels["status"].as_str() {
                "success" => self.label("status", "failure"),
                _ => self.label("status", "success"),
            },
            "genkan_settings_rejected" => self.value = 1.0,
            "redis_connections_active" => self.value = 0.0,
            "genkan_store_queue_length" => self.value = 5000.0,
            "genkan_store_commit_seconds_bucket" if below(0.5) => self.value = 0.0,
            "genkan_calls_refused_total" => self.value *= 30.0,
            "system_memory_usage_percent" => self.value = 95.0,
            _ => {}
        }
    }

    fn label(&mut self, label: &str, value: &str) {
        self.labels.insert(label.to_owned(), value.to_owned());
    }
}

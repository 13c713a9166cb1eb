//! A real Prometheus on a history of ours, with the configuration of `deploy/prometheus`.

use std::{
    collections::BTreeMap,
    fmt::Write,
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use genkan_testkit::binary::http;
use serde_json::Value;
use tempfile::TempDir;

/// How long it may take to start, or to come to know something.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running Prometheus, killed when dropped.
pub(super) struct Prometheus {
    process: Child,
    address: String,
    _folder: TempDir,
}

impl Prometheus {
    /// Starts it on the history, if it is installed. It scrapes the target with the key.
    pub(super) fn start(history: &str, target: &str, key: &str) -> Option<Self> {
        if Command::new("prometheus")
            .arg("--version")
            .output()
            .is_err()
        {
            eprintln!("skipped: there is no prometheus");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        fs::write(file("history.txt"), history).unwrap();
        fs::write(file("genkan.key"), key).unwrap();
        fs::write(
            file("alerts.yml"),
            super::text("deploy/prometheus/alerts.yml"),
        )
        .unwrap();
        let configuration = configuration(&file("genkan.key"));
        fs::write(file("prometheus.yml"), configuration).unwrap();
        let targets = super::text("deploy/prometheus/targets.yml");
        assert!(targets.contains("localhost:8137"), "{targets}");
        let targets = targets.replace("localhost:8137", target);
        fs::write(file("targets.yml"), targets).unwrap();
        let made = Command::new("promtool")
            .args(["tsdb", "create-blocks-from", "openmetrics", "--quiet"])
            .args([file("history.txt"), file("data")])
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        let mut process = Command::new("prometheus")
            .arg(format!(
                "--config.file={}",
                file("prometheus.yml").display()
            ))
            .arg(format!("--storage.tsdb.path={}", file("data").display()))
            // The history is of one day, whatever today is.
            .arg("--storage.tsdb.retention.time=100y")
            .arg("--web.listen-address=127.0.0.1:0")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let address = address(&mut process);
        Some(Self {
            process,
            address,
            _folder: folder,
        })
    }

    /// The answer to an expression at this second: values by the labels other than job and instance.
    pub(super) fn at(&self, time: u32, expression: &str) -> BTreeMap<String, f64> {
        let path = format!("/api/v1/query?time={time}&query={}", encoded(expression));
        by_labels(&self.get(&path), &["__name__", "job", "instance"])
    }

    /// The answer to an expression of an alert: the values that would fire for this instance.
    pub(super) fn fires(&self, time: u32, expression: &str, instance: &str) -> Vec<f64> {
        let path = format!("/api/v1/query?time={time}&query={}", encoded(expression));
        let result = self.get(&path)["result"].clone();
        let of_instance = result.as_array().unwrap().iter();
        of_instance
            .filter(|series| series["metric"]["instance"] == instance)
            .map(value)
            .collect()
    }

    /// Waits until the answer to an expression is 1, now.
    pub(super) fn comes_to_know(&self, expression: &str) {
        let path = format!("/api/v1/query?query={}", encoded(expression));
        self.waits(expression, || {
            let result = self.get(&path)["result"].clone();
            result
                .as_array()
                .unwrap()
                .iter()
                .any(|series| value(series) == 1.0)
        });
    }

    /// Waits until every rule was evaluated, and tells how that went, by the alert's name.
    pub(super) fn health_of_rules(&self) -> BTreeMap<String, String> {
        let mut health = BTreeMap::new();
        self.waits("the rules", || {
            let data = self.get("/api/v1/rules");
            let rules = data["groups"][0]["rules"].as_array().unwrap();
            let text = |rule: &Value, field: &str| rule[field].as_str().unwrap().to_owned();
            let each = rules
                .iter()
                .map(|rule| (text(rule, "name"), text(rule, "health")));
            health = each.collect();
            health.values().all(|word| word != "unknown")
        });
        health
    }

    fn waits(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let begun = Instant::now();
        while !is_so() {
            assert!(
                begun.elapsed() < PATIENCE,
                "{what}: not within {PATIENCE:?}"
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn get(&self, path: &str) -> Value {
        let answer = http::get(&self.address, path, None);
        let mut body: Value =
            serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{path}: {answer:?}"));
        assert_eq!(body["status"], "success", "{path}: {body}");
        body["data"].take()
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The configuration as it is given to operators, but for the place of the key and the time that
/// a test has.
fn configuration(key: &Path) -> String {
    let mut text = super::text("deploy/prometheus/prometheus.yml");
    let key = key.display().to_string();
    for (theirs, ours) in [
        ("/etc/prometheus/genkan.key", key.as_str()),
        ("scrape_interval: 15s", "scrape_interval: 1s"),
        ("evaluation_interval: 15s", "evaluation_interval: 1s"),
    ] {
        assert!(text.contains(theirs), "{theirs} in {text}");
        text = text.replace(theirs, ours);
    }
    text
}

/// Where it says that it listens, once it says that it is ready.
fn address(process: &mut Child) -> String {
    let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
    let (mut address, mut said) = (None, String::new());
    loop {
        let line = lines.next();
        let line = line
            .unwrap_or_else(|| panic!("prometheus ended: {said}"))
            .unwrap();
        if line.contains("msg=\"Listening on\"") {
            let (_, told) = line.rsplit_once("address=").unwrap();
            address = Some(told.trim_matches('"').to_owned());
        }
        if line.contains("Server is ready to receive web requests") {
            // Whatever else it says is read, so that it never waits for a reader.
            std::thread::spawn(move || lines.for_each(drop));
            return address.unwrap_or_else(|| panic!("no address: {said}"));
        }
        said += &format!("{line}\n");
    }
}

fn by_labels(data: &Value, without: &[&str]) -> BTreeMap<String, f64> {
    let series = data["result"].as_array().unwrap().iter();
    let named = series.map(|series| {
        let mut labels: Vec<_> = series["metric"].as_object().unwrap().iter().collect();
        labels.retain(|(label, _)| !without.contains(&label.as_str()));
        labels.sort_by_key(|(label, _)| label.as_str());
        let words: Vec<_> = labels
            .iter()
            .map(|(_, word)| word.as_str().unwrap())
            .collect();
        (words.join(" "), value(series))
    });
    named.collect()
}

fn value(series: &Value) -> f64 {
    series["value"][1].as_str().unwrap().parse().unwrap()
}

fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        let _ = if byte.is_ascii_alphanumeric() {
            write!(encoded, "{}", char::from(byte))
        } else {
            write!(encoded, "%{byte:02X}")
        };
    }
    encoded
}

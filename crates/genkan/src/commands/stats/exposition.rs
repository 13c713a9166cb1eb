//! The Prometheus text format (version 0.0.4), read back.

use std::collections::BTreeMap;

use serde::Serialize;

/// All metrics of one moment.
#[derive(Debug, Default, PartialEq, Serialize)]
pub(super) struct Exposition {
    /// In the order of the text.
    pub(super) families: Vec<Family>,
}

/// One metric with all its series.
#[derive(Debug, Default, PartialEq, Serialize)]
pub(super) struct Family {
    /// Its name.
    pub(super) name: String,
    /// `counter`, `gauge`, `histogram`, `summary` or `untyped`.
    pub(super) kind: String,
    /// What it means.
    pub(super) help: String,
    /// Its samples.
    pub(super) samples: Vec<Sample>,
}

/// One number.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Sample {
    /// The name of the series, such as `…_bucket`.
    pub(super) name: String,
    /// Its labels.
    pub(super) labels: BTreeMap<String, String>,
    /// The number; absent where it is none or endless, which JSON cannot say.
    pub(super) value: Option<f64>,
}

impl Exposition {
    /// Reads the text; `None` if it is something else.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut exposition = Self::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, help) = rest.split_once(' ').unwrap_or((rest, ""));
                exposition.family(name).help = help.to_owned();
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ')?;
                exposition.family(name).kind = kind.to_owned();
            } else if !line.starts_with('#') {
                let sample = sample(line)?;
                exposition.family_of(&sample.name).samples.push(sample);
            }
        }
        Some(exposition)
    }

    /// The samples of a series, such as `http_requests_total`.
    pub(super) fn samples<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Sample> {
        let all = self.families.iter().flat_map(|family| &family.samples);
        all.filter(move |sample| sample.name == name)
    }

    fn family(&mut self, name: &str) -> &mut Family {
        let at = self.families.iter().position(|family| family.name == name);
        let at = at.unwrap_or_else(|| {
            self.families.push(Family {
                name: name.to_owned(),
                kind: "untyped".to_owned(),
                ..Family::default()
            });
            self.families.len() - 1
        });
        &mut self.families[at]
    }

    /// Series of a histogram belong to the family without their ending.
    fn family_of(&mut self, series: &str) -> &mut Family {
        let endings = ["_bucket", "_sum", "_count"];
        let shorter = endings
            .iter()
            .find_map(|ending| series.strip_suffix(ending));
        let of_histogram = shorter.filter(|name| {
            let mut families = self.families.iter();
            families.any(|family| {
                family.name == *name && matches!(&*family.kind, "histogram" | "summary")
            })
        });
        self.family(of_histogram.unwrap_or(series))
    }
}

fn sample(line: &str) -> Option<Sample> {
    let end = line.find(['{', ' '])?;
    let (name, rest) = line.split_at(end);
    let (labels, rest) = match rest.strip_prefix('{') {
        Some(rest) => labels(rest)?,
        None => (BTreeMap::new(), rest),
    };
    let value: f64 = rest.split_whitespace().next()?.parse().ok()?;
    Some(Sample {
        name: name.to_owned(),
        labels,
        value: value.is_finite().then_some(value),
    })
}

/// Reads `a="b",c="d"}`, and returns what follows.
fn labels(mut rest: &str) -> Option<(BTreeMap<String, String>, &str)> {
    let mut labels = BTreeMap::new();
    loop {
        if let Some(rest) = rest.strip_prefix('}') {
            return Some((labels, rest));
        }
        let (name, after) = rest.split_once("=\"")?;
        let mut value = String::new();
        let mut characters = after.char_indices();
        let end = loop {
            match characters.next()? {
                (at, '"') => break at,
                (_, '\\') => value.push(match characters.next()?.1 {
                    'n' => '\n',
                    other => other,
                }),
                (_, other) => value.push(other),
            }
        };
        labels.insert(name.to_owned(), value);
        rest = after[end + 1..].trim_start_matches(',');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_are_read_with_their_labels_and_families() {
        let text = "# HELP t Times \\ of \"it\"\n# TYPE t histogram\n\
                    t_bucket{le=\"0.1\",a=\"x\\\"y\\\\z\\n\"} 2\nt_bucket{le=\"+Inf\",a=\"\"} 3\n\
                    t_sum 0.5\nt_count 3\n\n# TYPE c_count counter\nc_count 7\nn NaN\n";
        let found = Exposition::parse(text).unwrap();
        let names: Vec<_> = found.families.iter().map(|family| &*family.name).collect();
        assert_eq!(names, ["t", "c_count", "n"]);
        assert_eq!(found.families[0].samples.len(), 4);
        assert_eq!(found.families[0].samples[0].labels["a"], "x\"y\\z\n");
        assert_eq!(found.samples("c_count").next().unwrap().value, Some(7.0));
        assert_eq!(found.samples("n").next().unwrap().value, None);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_reading_panic(text in "([a-z_]{0,3}[{]?[a-z=\"\\\\,}]{0,12} ?[0-9.eE+-]{0,4}\\n?){0,3}|\\PC{0,30}") {
            let _ = Exposition::parse(&text);
        }
    }
}

//! The environment, read once at start and here alone.

use std::{collections::BTreeMap, ffi::OsString, path::PathBuf};

use crate::settings::{
    file::Layer,
    reader::{Origin, Problem, unknown},
    section::Key,
    value::Raw,
};

/// Names with our prefix that are not settings.
const RESERVED: [&str; 2] = ["GENKAN_DATA_DIR", "GENKAN_CONFIG"];
/// Names that users know from elsewhere, for keys of ours. Our own names win.
pub(crate) const KNOWN: [(&str, &str); 9] = [
    ("ENVIRONMENT", "server.environment"),
    ("MAX_CONCURRENT_REQUESTS", "limits.concurrent_calls"),
    ("MEMORY_LIMIT_MB", "limits.memory_mb"),
    ("REDIS_URL", "redis.url"),
    ("ZULIP_SITE", "zulip.site"),
    ("ZULIP_EMAIL", "zulip.email"),
    ("ZULIP_API_KEY", "zulip.api_key"),
    ("ZULIP_BOT_EMAIL", "zulip.bot_email"),
    ("ZULIP_BOT_API_KEY", "zulip.bot_api_key"),
];
/// Variables of tests; the program never reads them.
const RESERVED_PREFIX: &str = "GENKAN_TEST_";
const PREFIX: &str = "GENKAN_";
/// What Kubernetes sets in every pod beside a service named `genkan`.
const KUBERNETES: [&str; 2] = ["GENKAN_SERVICE_", "GENKAN_PORT"];

/// A copy of the environment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment(BTreeMap<OsString, OsString>);

impl Environment {
    /// The environment of this process.
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place that reads the environment"
    )]
    pub(crate) fn of_this_process() -> Self {
        Self(std::env::vars_os().collect())
    }

    /// The variable, unless it is absent or empty.
    pub(crate) fn find(&self, name: &str) -> Option<&OsString> {
        self.0
            .get(&OsString::from(name))
            .filter(|value| !value.is_empty())
    }

    /// The variable as a path.
    pub(crate) fn find_path(&self, name: &str) -> Option<PathBuf> {
        self.find(name).map(PathBuf::from)
    }

    /// Every name, as far as it is text.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().filter_map(|name| name.to_str())
    }

    /// The settings in `GENKAN_SECTION__KEY` variables. Any other name with our prefix is a problem.
    pub(crate) fn settings(&self, keys: &[Key]) -> Layer {
        let mut layer = Layer::default();
        for (name, path) in KNOWN {
            if let Some(text) = self.find(name).and_then(|value| value.to_str()) {
                let found = (Raw::Text(text.into()), Origin::Environment(name.into()));
                layer.0.push((path.into(), found));
            }
        }
        for (name, value) in &self.0 {
            let Some(name) = name.to_str().filter(|name| is_ours(name)) else {
                continue;
            };
            let Some(key) = keys.iter().find(|key| key.variable() == name) else {
                let path = name[PREFIX.len()..].to_ascii_lowercase().replace("__", ".");
                let culprit = format!("environment variable `{name}`");
                let names = keys.iter().map(|key| (key.path.as_str(), key.variable()));
                layer.1.push(unknown(&culprit, &path, names));
                continue;
            };
            match value.to_str() {
                Some(text) => {
                    let origin = Origin::Environment(name.to_owned());
                    layer
                        .0
                        .push((key.path.clone(), (Raw::Text(text.to_owned()), origin)));
                }
                None => layer.1.push(Problem::new(
                    format!("environment variable `{name}` is not valid UTF-8"),
                    "Set it again with plain text.",
                )),
            }
        }
        layer
    }
}

impl<K: Into<OsString>, V: Into<OsString>> FromIterator<(K, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}

fn is_ours(name: &str) -> bool {
    let of_kubernetes = !name.contains("__") && KUBERNETES.iter().any(|p| name.starts_with(p));
    name.starts_with(PREFIX)
        && !RESERVED.contains(&name)
        && !name.starts_with(RESERVED_PREFIX)
        && !of_kubernetes
}

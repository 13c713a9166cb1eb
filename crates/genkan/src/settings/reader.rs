//! Takes values out of the layers, one key at a time, and remembers everything that is wrong.

use std::{collections::BTreeMap, fmt, path::PathBuf};

use genkan_core::{Code, Error};

use crate::settings::{
    realms,
    value::{Raw, Value},
};

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Nobody set it.
    Default,
    /// The store.
    Stored,
    /// A line of the settings file.
    File(PathBuf, usize),
    /// A file of the secrets folder.
    SecretFile(PathBuf),
    /// An environment variable.
    Environment(String),
    /// A flag of the command line.
    CommandLine(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Stored => f.write_str("stored"),
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
            Self::SecretFile(path) => write!(f, "{}", path.display()),
            Self::Environment(name) => f.write_str(name),
            Self::CommandLine(flag) => f.write_str(flag),
        }
    }
}

/// One thing that is wrong, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Names the culprit.
    pub(crate) message: String,
    /// What to do next.
    pub(crate) hint: String,
}

impl Problem {
    /// A problem with its hint.
    pub(crate) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: hint.into(),
        }
    }
}

/// One value that a layer gave.
pub(crate) type Found = (Raw, Origin);

/// One key as `config show` prints it.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// `section.key`.
    pub(crate) path: String,
    /// The value; hidden for secrets, null when absent.
    pub(crate) value: serde_json::Value,
    /// Where it came from.
    pub(crate) origin: Origin,
}

/// The merged layers while sections are read from them.
#[derive(Debug)]
pub(crate) struct Reader {
    found: BTreeMap<String, Found>,
    entries: Vec<Entry>,
    problems: Vec<Problem>,
}

impl Reader {
    /// Merges the layers, the weakest first.
    pub(crate) fn new(layers: impl IntoIterator<Item = Vec<(String, Found)>>) -> Self {
        let found = layers.into_iter().flatten().collect();
        Self {
            found,
            entries: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// Adds a problem that a source met.
    pub(crate) fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Gives a value for a key that no layer has. Returns whether none had.
    pub(crate) fn give(&mut self, path: String, found: Found) -> bool {
        let is_free = !self.found.contains_key(&path);
        if is_free {
            self.found.insert(path, found);
        }
        is_free
    }

    /// Takes one key. `None` if its value is wrong.
    pub(crate) fn take<T: Value>(&mut self, path: &str, default: Option<&str>) -> Option<T> {
        let (value, origin) = match self.found.get(path) {
            Some((raw, origin)) => (T::parse(raw), origin.clone()),
            None => (by_default(default), Origin::Default),
        };
        match value {
            Ok(value) => {
                let shown = value.shown();
                self.entries.push(Entry {
                    path: path.to_owned(),
                    value: shown,
                    origin,
                });
                Some(value)
            }
            Err(why) => {
                let problem = Problem::new(
                    format!("{origin}: `{path}`: {why}"),
                    format!(
                        "`{path}` takes {}. See docs/reference/settings.md.",
                        T::KIND
                    ),
                );
                self.problems.push(problem);
                None
            }
        }
    }

    /// What was read, or everything that was wrong in one error.
    pub(crate) fn finish(self) -> Result<Vec<Entry>, Error> {
        match refused(&self.problems) {
            Some(error) => Err(error),
            None => Ok(self.entries),
        }
    }
}

fn by_default<T: Value>(default: Option<&str>) -> Result<T, String> {
    let value = match default {
        Some(text) => T::parse(&Raw::Text(text.into()))?,
        None => T::absent().ok_or("expected a value, found none")?,
    };
    Ok(value)
}

/// One error for all problems: the first one's hint, every one's message.
pub(crate) fn refused(problems: &[Problem]) -> Option<Error> {
    let first = problems.first()?;
    let message = problems
        .iter()
        .map(|p| p.message.as_str())
        .collect::<Vec<_>>()
        .join("\n");
    Some(Error::new(Code::ConfigInvalid, message).hint(first.hint.clone()))
}

/// The problem of a name that does not exist, with the nearest one that does.
///
/// `names` are the right names, each with the form in which to write it.
pub(crate) fn unknown<'n>(
    culprit: &str,
    asked: &str,
    names: impl Iterator<Item = (&'n str, String)>,
) -> Problem {
    let nearest = names
        .map(|(name, written)| (strsim::damerau_levenshtein(name, asked), name, written))
        .min_by_key(|(distance, ..)| *distance)
        .filter(|(distance, name, _)| *distance <= name.len() / 3);
    let hint = match nearest {
        Some((.., written)) => format!("Did you mean `{written}`?"),
        None if asked.starts_with(realms::PREFIX) => realms::HINT.to_owned(),
        None => "See docs/reference/settings.md for what exists.".to_owned(),
    };
    Problem::new(format!("{culprit} is not a setting"), hint)
}

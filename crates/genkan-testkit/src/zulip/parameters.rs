//! Parameters: form fields and query, many of them JSON inside a string.

use std::{cell::RefCell, collections::BTreeSet};

use serde_json::Value;

use super::refusal::Refusal;

/// The parameters of one request, and which of them somebody read.
#[derive(Default)]
pub(super) struct Parameters {
    pairs: Vec<(String, String)>,
    read: RefCell<BTreeSet<String>>,
}

type Result<T> = std::result::Result<T, Refusal>;

impl Parameters {
    /// Reads `a=b&c=d` as browsers write it.
    pub(super) fn add(&mut self, text: &str) {
        let pairs = url::form_urlencoded::parse(text.as_bytes());
        self.pairs.extend(pairs.into_owned());
    }

    pub(super) fn find(&self, name: &str) -> Option<&str> {
        self.read.borrow_mut().insert(name.to_owned());
        let pair = self.pairs.iter().rev().find(|(key, _)| key == name)?;
        Some(&pair.1)
    }

    pub(super) fn get(&self, name: &str) -> Result<&str> {
        self.find(name).ok_or_else(|| Refusal::missing(name))
    }

    /// A value that must be JSON.
    pub(super) fn find_json(&self, name: &str) -> Result<Option<Value>> {
        self.find(name)
            .map(|text| {
                serde_json::from_str(text)
                    .map_err(|_| Refusal::bad(format!("{name} is not valid JSON")))
            })
            .transpose()
    }

    pub(super) fn get_json(&self, name: &str) -> Result<Value> {
        self.find_json(name)?.ok_or_else(|| Refusal::missing(name))
    }

    pub(super) fn number(&self, name: &str) -> Result<Option<u64>> {
        self.find_json(name)?
            .map(|value| {
                value
                    .as_u64()
                    .ok_or_else(|| Refusal::bad(format!("{name} is not an integer")))
            })
            .transpose()
    }

    pub(super) fn flag(&self, name: &str, otherwise: bool) -> Result<bool> {
        match self.find_json(name)? {
            None => Ok(otherwise),
            Some(Value::Bool(truth)) => Ok(truth),
            Some(_) => Err(Refusal::bad(format!("{name} is not a boolean"))),
        }
    }

    /// What nobody read: Zulip says so, and answers all the same.
    pub(super) fn ignored(&self) -> Vec<String> {
        let read = self.read.borrow();
        let names = self.pairs.iter().map(|(name, _)| name);
        let ignored: BTreeSet<_> = names
            .filter(|name| !read.contains(*name))
            .cloned()
            .collect();
        ignored.into_iter().collect()
    }
}

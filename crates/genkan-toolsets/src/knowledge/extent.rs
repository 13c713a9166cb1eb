//! Which part of team knowledge a statistic is about, and since when.

use std::collections::BTreeMap;

use genkan_core::{Code, Error, Result, Timestamp};
use genkan_store::TenantTx;

use super::{
    existing,
    name::{NamespaceName, ScopeName},
};

/// How many days a statistic looks back if nobody says.
pub(crate) const DAYS: u32 = 30;
/// The most days that it can look back.
const MOST_DAYS: u32 = 366;
/// The milliseconds of a day.
const DAY: i64 = 86_400_000;

/// What is asked about.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    namespace: Option<NamespaceName>,
    scope: Option<ScopeName>,
    /// Today and the days before it.
    pub(crate) days: u32,
}

impl Asked {
    /// Reads the arguments `namespace`, `scope` and `days`.
    pub(crate) fn read(
        namespace: Option<&str>,
        scope: Option<&str>,
        days: Option<u32>,
    ) -> Result<Self> {
        let wrong = |message: String| Err(Error::new(Code::InvalidArguments, message));
        if namespace.is_some() && scope.is_some() {
            return wrong("`namespace`: a scope names its namespace; give one of both".to_owned());
        }
        let days = days.unwrap_or(DAYS);
        if !(1..=MOST_DAYS).contains(&days) {
            return wrong(format!("`days` is {days}; 1–{MOST_DAYS} are allowed"));
        }
        Ok(Self {
            namespace: namespace
                .map(|name| NamespaceName::parse("namespace", name))
                .transpose()?,
            scope: scope
                .map(|name| ScopeName::parse("scope", name))
                .transpose()?,
            days,
        })
    }

    /// About one scope, as long as usual.
    pub(crate) fn of_scope(scope: ScopeName) -> Self {
        Self {
            scope: Some(scope),
            days: DAYS,
            ..Self::default()
        }
    }

    /// When the first of the days began.
    pub(crate) fn since(&self, now: Timestamp) -> Timestamp {
        let today = now.as_millis().div_euclid(DAY);
        Timestamp::from_millis((today - i64::from(self.days) + 1) * DAY)
    }

    /// The scopes that it is about.
    pub(crate) async fn scopes(&self, tx: &mut TenantTx) -> Result<Scopes> {
        let mut scopes = tx.knowledge_scopes().await?;
        if let Some(name) = &self.scope {
            scopes.retain(|one| one.namespace == name.namespace && one.name == name.scope);
            if scopes.is_empty() {
                return Err(existing::no_scope(tx, "scope", name).await?);
            }
        }
        if let Some(name) = &self.namespace {
            scopes.retain(|one| one.namespace == name.as_str());
            if scopes.is_empty() {
                return Err(existing::no_namespace(tx, "namespace", name.as_str()).await?);
            }
        }
        let named = scopes
            .into_iter()
            .map(|one| (one.id.clone(), one.full_name()));
        Ok(Scopes(named.collect()))
    }
}

/// Complete names of scopes, by id.
pub(crate) struct Scopes(BTreeMap<String, String>);

impl Scopes {
    /// The ids.
    pub(crate) fn ids(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }

    /// The complete names, by id.
    pub(crate) fn each(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(id, name)| (id.as_str(), name.as_str()))
    }

    /// The name of one of them.
    pub(crate) fn name(&self, id: &str) -> String {
        self.0.get(id).cloned().unwrap_or_default()
    }
}

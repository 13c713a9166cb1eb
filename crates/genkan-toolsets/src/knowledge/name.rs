//! The names of namespaces and scopes, checked once where they come in.

use std::fmt;

use genkan_core::{Code, Error, Result};
use genkan_store::knowledge::Scope;

use super::culprit::quoted;

/// The namespace that every tenant has.
pub(crate) const GLOBAL: &str = "global";
/// The scope that every namespace has.
pub(crate) const DEFAULT: &str = "default";

/// The name of a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamespaceName(String);

impl NamespaceName {
    /// Takes the value of the argument if it is a namespace name.
    pub(crate) fn parse(argument: &str, text: &str) -> Result<Self> {
        if !is_name(text) {
            return Err(Error::new(
                Code::InvalidName,
                format!("`{argument}`: {} is not a namespace name", quoted(text)),
            )
            .hint("A name is 2–64 of a–z, 0–9 and `-`, such as `my-team`."));
        }
        Ok(Self(text.to_owned()))
    }

    /// The text form.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is `global`, which cannot be renamed or deleted.
    pub(crate) fn is_global(&self) -> bool {
        self.0 == GLOBAL
    }
}

impl fmt::Display for NamespaceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The complete name of a scope: `namespace:scope`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ScopeName {
    /// The namespace.
    pub(crate) namespace: String,
    /// The scope within it.
    pub(crate) scope: String,
}

impl ScopeName {
    /// Takes the value of the argument if it is a complete scope name.
    pub(crate) fn parse(argument: &str, text: &str) -> Result<Self> {
        match text.split_once(':') {
            Some((namespace, scope)) if is_name(namespace) && is_name(scope) => {
                Ok(Self { namespace: namespace.to_owned(), scope: scope.to_owned() })
            }
            _ => Err(Error::new(Code::InvalidName, format!("`{argument}`: {} is not a scope name", quoted(text)))
                .hint("A scope is written in full, `namespace:scope`, each 2–64 of a–z, 0–9 and `-`, such as `global:default`.")),
        }
    }

    /// The name of a scope that exists.
    pub(crate) fn of(scope: &Scope) -> Self {
        Self {
            namespace: scope.namespace.clone(),
            scope: scope.name.clone(),
        }
    }

    /// Whether this is the default scope of its namespace, which cannot be renamed or deleted.
    pub(crate) fn is_default(&self) -> bool {
        self.scope == DEFAULT
    }

    /// Whether this is `global:default`, the end of every scope line.
    pub(crate) fn is_global_default(&self) -> bool {
        self.is_default() && self.namespace == GLOBAL
    }
}

impl fmt::Display for ScopeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.namespace, self.scope)
    }
}

fn is_name(text: &str) -> bool {
    (2..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

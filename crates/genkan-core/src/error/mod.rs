//! The one outward error: a code from one table, a message and a hint that anyone may read, and a
//! source that only the log sees.

mod code;

#[cfg(test)]
mod tests;

use std::{borrow::Cow, error::Error as StdError, fmt};

use serde::Serialize;
use serde_json::Value;

pub use code::Code;

/// The result of everything that can be refused or fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, in the form every door can show.
pub struct Error(Box<Body>);

struct Body {
    code: Code,
    message: Cow<'static, str>,
    hint: Option<Cow<'static, str>>,
    data: Option<Value>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error with the code's own hint. The message names the culprit and holds no secret.
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Body {
            code,
            message: message.into(),
            hint: None,
            data: None,
            source: None,
        }))
    }

    /// A fault of ours: outward nothing but the code, the cause goes to the log.
    pub fn internal(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(
            Code::Internal,
            "Genkan could not do this because of a fault of its own",
        )
        .source(source)
    }

    /// Says what to do next, where that is more precise than the code's own hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Adds machine-readable detail (JSON-RPC `error.data`).
    #[must_use]
    pub fn data(mut self, data: Value) -> Self {
        self.0.data = Some(data);
        self
    }

    /// Keeps the cause for the log.
    #[must_use]
    pub fn source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The same error for one more of those who waited for it together.
    #[must_use]
    pub fn again(&self) -> Self {
        let Body {
            code,
            message,
            hint,
            data,
            ..
        } = &*self.0;
        let (code, message, hint, data) = (*code, message.clone(), hint.clone(), data.clone());
        Self(Box::new(Body {
            code,
            message,
            hint,
            data,
            source: Some(format!("{self:?}").into()),
        }))
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The message, fit for anyone.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do next.
    pub fn hint_text(&self) -> &str {
        self.0.hint.as_deref().unwrap_or_else(|| self.0.code.hint())
    }

    /// The machine-readable detail, if any.
    pub fn data_value(&self) -> Option<&Value> {
        self.0.data.as_ref()
    }

    /// The `{code, message, hint, doc}` that every door shows.
    pub fn shown(&self) -> Shown<'_> {
        Shown {
            code: self.code().as_str(),
            message: self.message(),
            hint: self.hint_text(),
            doc: self.code().doc(),
        }
    }
}

/// The outward form of an [`Error`].
#[derive(Debug, Serialize)]
pub struct Shown<'a> {
    /// The code, one row of the table in `docs/errors.md`.
    pub code: &'static str,
    /// What went wrong, naming the culprit.
    pub message: &'a str,
    /// What to do next.
    pub hint: &'a str,
    /// Where the code is explained, relative to the repository.
    pub doc: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code().as_str(), self.message())?;
        let mut cause = self.source_error();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl Error {
    fn source_error(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source_error()
    }
}

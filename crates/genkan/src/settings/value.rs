//! What a setting's value may be, and how it is read from text and from TOML.
//!
//! Text (environment, secret files, command line, defaults) is parsed; TOML is typed already, and
//! a value of another type is refused rather than guessed at.

use std::{
    net::SocketAddr,
    num::{NonZeroU32, NonZeroU64},
};

use genkan_core::Secret;
use serde_json::json;

/// A value as a source gave it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Raw {
    /// Text, still to be parsed.
    Text(String),
    /// A TOML string.
    String(String),
    /// A TOML integer.
    Integer(i64),
    /// A TOML boolean.
    Boolean(bool),
    /// A TOML array.
    List(Vec<Raw>),
    /// Any other TOML value, by what it is.
    Other(&'static str),
}

impl Raw {
    /// What this is, in words, with the value where that helps.
    fn described(&self) -> String {
        match self {
            Self::Text(text) => format!("`{}`", text.escape_debug()),
            Self::String(text) => format!("the text \"{}\"", text.escape_debug()),
            Self::Integer(number) => format!("the number {number}"),
            Self::Boolean(truth) => format!("`{truth}`"),
            Self::List(_) => "a list".into(),
            Self::Other(kind) => (*kind).into(),
        }
    }
}

/// A type that a setting can have.
pub(crate) trait Value: Sized {
    /// What it takes, for messages and the reference.
    const KIND: &'static str;
    /// Whether it must never be shown.
    const SECRET: bool = false;

    /// Reads it. The error says what was found; it never repeats a secret.
    fn parse(raw: &Raw) -> Result<Self, String>;

    /// The value when nothing is set and there is no default.
    fn absent() -> Option<Self> {
        None
    }

    /// The form that `config show` prints; hidden for secrets.
    fn shown(&self) -> serde_json::Value;
}

fn refuse<T>(expected: &str, raw: &Raw) -> Result<T, String> {
    Err(format!("expected {expected}, found {}", raw.described()))
}

impl Value for String {
    const KIND: &'static str = "text";

    fn parse(raw: &Raw) -> Result<Self, String> {
        match raw {
            Raw::Text(text) | Raw::String(text) => Ok(text.clone()),
            other => refuse(Self::KIND, other),
        }
    }

    fn shown(&self) -> serde_json::Value {
        json!(self)
    }
}

impl Value for Secret<String> {
    const KIND: &'static str = "secret text";
    const SECRET: bool = true;

    fn parse(raw: &Raw) -> Result<Self, String> {
        match raw {
            Raw::Text(text) | Raw::String(text) if text.is_empty() => {
                Err("expected secret text, found nothing".into())
            }
            Raw::Text(text) | Raw::String(text) => Ok(Self::new(text.clone())),
            Raw::Integer(_) => Err("expected secret text, found a number".into()),
            other => refuse(Self::KIND, other),
        }
    }

    fn shown(&self) -> serde_json::Value {
        json!("(hidden)")
    }
}

impl Value for bool {
    const KIND: &'static str = "true or false";

    fn parse(raw: &Raw) -> Result<Self, String> {
        match raw {
            Raw::Boolean(truth) => Ok(*truth),
            Raw::Text(text) if text == "true" => Ok(true),
            Raw::Text(text) if text == "false" => Ok(false),
            other => refuse(Self::KIND, other),
        }
    }

    fn shown(&self) -> serde_json::Value {
        json!(self)
    }
}

macro_rules! numbers {
    ($($type:ty, $kind:literal;)*) => {$(
        impl Value for $type {
            const KIND: &'static str = $kind;

            fn parse(raw: &Raw) -> Result<Self, String> {
                let number = match raw {
                    Raw::Integer(number) => number.to_string().parse().ok(),
                    Raw::Text(text) => text.parse().ok(),
                    _ => None,
                };
                number.map_or_else(|| refuse(Self::KIND, raw), Ok)
            }

            fn shown(&self) -> serde_json::Value {
                json!(self.get())
            }
        }
    )*};
}

numbers! {
    NonZeroU32, "a whole number of at least 1";
    NonZeroU64, "a whole number of at least 1";
}

impl Value for SocketAddr {
    const KIND: &'static str = "an address such as 127.0.0.1:8137";

    fn parse(raw: &Raw) -> Result<Self, String> {
        match raw {
            Raw::Text(text) | Raw::String(text) => {
                text.parse().or_else(|_| refuse(Self::KIND, raw))
            }
            other => refuse(Self::KIND, other),
        }
    }

    fn shown(&self) -> serde_json::Value {
        json!(self.to_string())
    }
}

impl<T: Value> Value for Option<T> {
    const KIND: &'static str = T::KIND;
    const SECRET: bool = T::SECRET;

    fn parse(raw: &Raw) -> Result<Self, String> {
        T::parse(raw).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn shown(&self) -> serde_json::Value {
        self.as_ref().map_or(serde_json::Value::Null, T::shown)
    }
}

/// A list: an array in TOML, separated by commas in text.
impl<T: Value + ListItem> Value for Vec<T> {
    const KIND: &'static str = T::LIST;

    fn parse(raw: &Raw) -> Result<Self, String> {
        match raw {
            Raw::List(items) => items.iter().map(T::parse).collect(),
            Raw::Text(text) => text
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(|item| T::parse(&Raw::Text(item.into())))
                .collect(),
            other => refuse(Self::KIND, other),
        }
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }

    fn shown(&self) -> serde_json::Value {
        self.iter().map(T::shown).collect()
    }
}

/// A type that lists are made of.
pub(crate) trait ListItem {
    /// What a list of it is called.
    const LIST: &'static str;
}

/// Implements [`Value`] for a checked piece of text with `parse(&str) -> Result<Self, String>` and
/// `Display`.
macro_rules! checked_text {
    ($type:ty, $kind:literal) => {
        impl $crate::settings::value::Value for $type {
            const KIND: &'static str = $kind;

            fn parse(raw: &$crate::settings::value::Raw) -> Result<Self, String> {
                let text = <String as $crate::settings::value::Value>::parse(raw)?;
                Self::check(&text).map_err(|why| {
                    format!("expected {}, found `{}`{why}", $kind, text.escape_debug())
                })
            }

            fn shown(&self) -> serde_json::Value {
                serde_json::Value::String(self.to_string())
            }
        }
    };
}

pub(in crate::settings) use checked_text;

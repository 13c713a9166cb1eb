//! Resources: what can be read by its URI (MCP 2026-07-28 resources).

use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Map, Value, value::RawValue};

use crate::{
    CallContext, Code, Error, Permission, Result, Stop,
    completion::{Argument, Completion},
};

/// Everything that a toolset lets clients read.
#[async_trait]
pub trait Resources: Send + Sync {
    /// What a caller needs to list, read and watch any of it. Asked once, at start.
    fn permission(&self) -> Permission;

    /// Families of URIs that are too many to list. Asked once, at start.
    fn templates(&self) -> Vec<Template> {
        Vec::new()
    }

    /// Whether a URI is one of this toolset's, if it exists at all. Cheap: asked for every URI.
    fn owns(&self, uri: &str) -> bool;

    /// Whether changes of such a URI are announced with [`CallContext::announce`].
    fn announces(&self, _uri: &str) -> bool {
        false
    }

    /// One page of what can be listed, in an order that does not change by itself. The cursor is
    /// one that an earlier page gave, and comes through clients.
    async fn list(&self, ctx: &CallContext, cursor: Option<&str>) -> Result<Page>;

    /// Reads a resource. What does not exist, or not for this caller, is [`unknown`].
    async fn read(&self, ctx: &CallContext, uri: &str) -> Result<Reading, Stop>;

    /// Completes a variable of one of the templates.
    async fn complete(
        &self,
        _ctx: &CallContext,
        _template: &str,
        _argument: &Argument,
    ) -> Result<Completion> {
        Ok(Completion::default())
    }
}

/// The error for a URI that names nothing. Nobody learns whether it names something for others.
pub fn unknown(uri: &str) -> Error {
    let shown: String = uri.chars().take(200).flat_map(char::escape_debug).collect();
    Error::new(
        Code::UnknownResource,
        format!("there is no resource `{shown}` here"),
    )
    .data(serde_json::json!({ "uri": uri }))
}

/// One page of a list of resources.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The resources.
    pub resources: Vec<Resource>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

/// What a list says of a resource.
#[derive(Clone, Debug, Default)]
pub struct Resource {
    /// What it is read by (RFC 3986).
    pub uri: String,
    /// The name for programs.
    pub name: String,
    /// The name for people.
    pub title: Option<String>,
    /// What it holds, for models.
    pub description: Option<String>,
    /// The media type, if known.
    pub mime_type: Option<String>,
    /// How large it is, if known.
    pub size_bytes: Option<u64>,
    /// Further members of the wire form: `annotations`, `icons`, `_meta`.
    pub more: Map<String, Value>,
}

/// A family of resources.
#[derive(Clone, Debug, Default)]
pub struct Template {
    /// The URI with its variables (RFC 6570).
    pub uri_template: String,
    /// The name for programs.
    pub name: String,
    /// The name for people.
    pub title: Option<String>,
    /// What these resources hold, for models.
    pub description: Option<String>,
    /// The media type, if it is the same for all.
    pub mime_type: Option<String>,
    /// Further members of the wire form: `annotations`, `icons`, `_meta`.
    pub more: Map<String, Value>,
}

/// What was read.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// The contents; several where the URI names a group. Never empty.
    pub contents: Vec<Contents>,
    /// For how long a client may keep it.
    pub keep: Duration,
    /// Members of the result's `_meta`.
    pub meta: Option<Box<Map<String, Value>>>,
}

impl Reading {
    /// Contents that must be read anew each time.
    pub fn of(contents: Contents) -> Self {
        Self {
            contents: vec![contents],
            ..Self::default()
        }
    }
}

/// The contents of one resource.
#[derive(Clone, Debug)]
pub enum Contents {
    /// Text or bytes.
    Held {
        /// The URI of these contents.
        uri: String,
        /// Their media type, if known.
        mime_type: Option<String>,
        /// Text or bytes.
        body: Body,
        /// Their `_meta`.
        meta: Option<Box<Map<String, Value>>>,
    },
    /// In its wire form already, as an upstream sent it.
    Raw(Box<RawValue>),
}

/// Text, or bytes that go as Base64.
#[derive(Clone, Debug)]
pub enum Body {
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(bytes::Bytes),
}

impl Contents {
    /// Text of this media type.
    pub fn text(uri: &str, mime_type: &str, text: impl Into<String>) -> Self {
        Self::held(uri, mime_type, Body::Text(text.into()))
    }

    /// Bytes of this media type.
    pub fn bytes(uri: &str, mime_type: &str, bytes: impl Into<bytes::Bytes>) -> Self {
        Self::held(uri, mime_type, Body::Bytes(bytes.into()))
    }

    fn held(uri: &str, mime_type: &str, body: Body) -> Self {
        Self::Held {
            uri: uri.to_owned(),
            mime_type: Some(mime_type.to_owned()),
            body,
            meta: None,
        }
    }
}

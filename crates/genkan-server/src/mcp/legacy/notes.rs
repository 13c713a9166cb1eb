//! Requests that only a session knows, since it remembers what they say: which resources the client
//! watches, and from which level on it wants log messages.

use std::{collections::HashSet, sync::Arc};

use genkan_core::{Code, Error, Result, call::LogLevel, resource, subscription::Interest};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use super::Peer;
use crate::{
    house::House,
    mcp::{modern::listen, visitor::Visitor},
};

/// Something to remember.
pub(super) enum Note {
    /// `resources/subscribe`.
    Watch(Arc<str>),
    /// `resources/unsubscribe`.
    Unwatch(Arc<str>),
    /// `logging/setLevel`.
    Level(LogLevel),
}

/// Reads a request; `None` when it is not one of these.
pub(super) fn read(peer: &Peer, method: &str, params: &Map<String, Value>) -> Result<Option<Note>> {
    let text = |name: &str| match params.get(name) {
        Some(Value::String(text)) => Ok(text.as_str()),
        _ => Err(wrong(name, "a string")),
    };
    Ok(Some(match method {
        "resources/subscribe" => Note::Watch(text("uri")?.into()),
        "resources/unsubscribe" => Note::Unwatch(text("uri")?.into()),
        "logging/setLevel" if peer.logs => match LogLevel::parse(text("level")?) {
            Some(level) => Note::Level(level),
            None => return Err(wrong("level", "a log level of RFC 5424, such as `info`")),
        },
        _ => return Ok(None),
    }))
}

fn wrong(name: &str, wanted: &str) -> Error {
    let message = format!("`params.{name}` must be {wanted}");
    Error::new(Code::InvalidParams, message)
}

/// Remembers it, for whoever may have it so.
pub(super) async fn take(house: &House, peer: &Peer, visitor: Visitor, note: Note) -> Result<()> {
    match note {
        Note::Watch(uri) => {
            let wanted = Interest {
                uris: HashSet::from([Arc::clone(&uri)]),
                ..Interest::default()
            };
            let cancel = CancellationToken::new();
            let granted = listen::subscribe(house, &visitor, wanted, &cancel).await?;
            match granted.accepted.uris.contains(&uri) {
                true => peer.watch(uri),
                false => Err(resource::unknown(&uri)),
            }
        }
        Note::Unwatch(uri) => {
            visitor.principal(house).await?;
            peer.unwatch(&uri);
            Ok(())
        }
        Note::Level(level) => {
            visitor.principal(house).await?;
            peer.set_level(level);
            Ok(())
        }
    }
}

//! The members of results, the same in every revision that knows them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use genkan_core::{
    completion::Completion,
    outcome::Content,
    prompt::Messages,
    resource::{Body, Contents, Reading},
};
use serde_json::{Map, Value, json};

use super::wire;

/// The members of `resources/read`: `contents`.
pub(crate) fn reading(out: &mut Vec<u8>, reading: &Reading) {
    out.extend_from_slice(b"\"contents\":[");
    for (position, contents) in reading.contents.iter().enumerate() {
        if position > 0 {
            out.push(b',');
        }
        match contents {
            Contents::Raw(raw) => wire::splice(out, raw),
            Contents::Held {
                uri,
                mime_type,
                body,
                meta,
            } => {
                out.extend_from_slice(b"{\"uri\":");
                wire::json(out, uri);
                if let Some(mime_type) = mime_type {
                    out.extend_from_slice(b",\"mimeType\":");
                    wire::json(out, mime_type);
                }
                match body {
                    Body::Text(text) => {
                        out.extend_from_slice(b",\"text\":");
                        wire::json(out, text);
                    }
                    Body::Bytes(bytes) => {
                        out.extend_from_slice(b",\"blob\":\"");
                        out.extend_from_slice(STANDARD.encode(bytes).as_bytes());
                        out.push(b'"');
                    }
                }
                plain_meta(out, meta.as_deref());
                out.push(b'}');
            }
        }
    }
    out.push(b']');
}

/// The members of `prompts/get`: `description`, `messages`.
pub(crate) fn prompt(out: &mut Vec<u8>, prompt: &Messages) {
    if let Some(description) = &prompt.description {
        out.extend_from_slice(b"\"description\":");
        wire::json(out, description);
        out.push(b',');
    }
    out.extend_from_slice(b"\"messages\":[");
    for (position, message) in prompt.messages.iter().enumerate() {
        if position > 0 {
            out.push(b',');
        }
        out.extend_from_slice(b"{\"role\":");
        wire::json(out, message.speaker.as_str());
        out.extend_from_slice(b",\"content\":");
        match &message.content {
            Content::Text(text) => wire::text_block(out, text),
            Content::Raw(raw) => wire::splice(out, raw),
        }
        out.push(b'}');
    }
    out.push(b']');
}

/// The members of `completion/complete`: `completion`.
pub(crate) fn completion(out: &mut Vec<u8>, completion: &Completion) {
    let Completion {
        values,
        total,
        has_more,
    } = completion;
    let mut shown = json!({"values": values, "hasMore": has_more});
    if let Some(total) = total {
        shown["total"] = (*total).into();
    }
    out.extend_from_slice(b"\"completion\":");
    wire::json(out, &shown);
}

/// A member `_meta`, if there is any.
pub(crate) fn plain_meta(out: &mut Vec<u8>, meta: Option<&Map<String, Value>>) {
    if let Some(meta) = meta {
        out.extend_from_slice(b",\"_meta\":");
        wire::json(out, meta);
    }
}

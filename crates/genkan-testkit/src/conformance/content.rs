//! Every kind of content.

use genkan_core::ToolOutput;
use serde_json::{Value, json};

use super::fixture::{Fixture, blocks};

/// A red pixel (PNG).
pub(super) const IMAGE: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";

/// A wave without a sample.
const AUDIO: &str = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=";

/// The fixtures of this file.
pub(super) fn all() -> Vec<Fixture> {
    vec![
        Fixture::new("test_simple_text", "Answers with text.", |_, _| {
            let text = "This is a simple text response for testing.";
            Box::pin(async move { Ok(ToolOutput::text(text)) })
        }),
        Fixture::new("test_image_content", "Answers with an image.", |_, _| {
            Box::pin(async { blocks(&[image()]) })
        }),
        Fixture::new("test_audio_content", "Answers with audio.", |_, _| {
            let audio = json!({ "type": "audio", "data": AUDIO, "mimeType": "audio/wav" });
            Box::pin(async move { blocks(&[audio]) })
        }),
        Fixture::new(
            "test_embedded_resource",
            "Answers with a resource.",
            |_, _| Box::pin(async { blocks(&[embedded()]) }),
        ),
        Fixture::new(
            "test_multiple_content_types",
            "Answers with several kinds.",
            |_, _| {
                let text = json!({ "type": "text", "text": "Multiple content types test:" });
                Box::pin(async move { blocks(&[text, image(), mixed()]) })
            },
        ),
        Fixture::new("test_error_handling", "Reports a failure.", |_, _| {
            let text = "This tool intentionally returns an error for testing";
            let mut output = ToolOutput::text(text);
            output.is_error = true;
            Box::pin(async move { Ok(output) })
        }),
    ]
}

/// An image as a content block.
pub(super) fn image() -> Value {
    json!({ "type": "image", "data": IMAGE, "mimeType": "image/png" })
}

fn embedded() -> Value {
    let text = "This is an embedded resource content.";
    json!({
        "type": "resource",
        "resource": { "uri": "test://embedded-resource", "mimeType": "text/plain", "text": text },
    })
}

fn mixed() -> Value {
    let text = json!({ "test": "data", "value": 123 }).to_string();
    json!({
        "type": "resource",
        "resource": {
            "uri": "test://mixed-content-resource",
            "mimeType": "application/json",
            "text": text,
        },
    })
}

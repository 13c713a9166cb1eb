//! Shape: the answer is brought into bounds, and says so where something was left out.

use std::borrow::Cow;

use genkan_core::{
    Code, Error, Outcome, Result, ToolOutput,
    outcome::Content,
    prompt::Messages,
    resource::{Body, Contents, Reading},
};

/// Cuts a tool's answer that is larger than `limit` bytes, and refuses what cannot be cut.
///
/// Text is cut at the end and marked. A structured answer cannot be cut and stay true to its
/// schema, so that its beginning is shown as text and the answer is marked as an error. A resource
/// or a prompt in part would be taken for the whole.
pub(super) fn bounded(outcome: Outcome, limit: usize) -> Result<Outcome> {
    let whole = match outcome {
        Outcome::Tool(output) if size(&output) > limit => {
            return Ok(Outcome::Tool(cut(output, limit)));
        }
        Outcome::Reading(ref reading) => reading_size(reading),
        Outcome::Prompt(ref messages) => messages_size(messages),
        _ => 0,
    };
    if whole <= limit {
        return Ok(outcome);
    }
    let message = format!("it has {whole} bytes, and at most {limit} are shown");
    Err(Error::new(Code::TooLarge, message).hint("Ask for less, or raise `limits.result_bytes`."))
}

fn reading_size(reading: &Reading) -> usize {
    let one = |contents: &Contents| match contents {
        Contents::Held { body, .. } => match body {
            Body::Text(text) => text.len(),
            // As Base64.
            Body::Bytes(bytes) => bytes.len() / 3 * 4,
        },
        Contents::Raw(raw) => raw.get().len(),
    };
    reading.contents.iter().map(one).sum()
}

fn messages_size(messages: &Messages) -> usize {
    let messages = messages.messages.iter();
    messages.map(|message| content_size(&message.content)).sum()
}

fn size(output: &ToolOutput) -> usize {
    let content: usize = output.content.iter().map(content_size).sum();
    content + output.structured.as_ref().map_or(0, |raw| raw.get().len())
}

fn content_size(content: &Content) -> usize {
    match content {
        Content::Text(text) => text.len(),
        Content::Raw(raw) => raw.get().len(),
    }
}

fn cut(output: ToolOutput, limit: usize) -> ToolOutput {
    let whole = size(&output);
    let mut left = limit;
    let mut content = Vec::with_capacity(output.content.len() + 1);
    let structured = output.structured;
    let is_error = output.is_error || structured.is_some();
    let beginning = structured.map(|raw| Content::Text(Cow::Owned(raw.get().to_owned())));
    for block in output.content.into_iter().chain(beginning) {
        let block_size = content_size(&block);
        match block {
            block if block_size <= left => content.push(block),
            Content::Text(text) => content.push(Content::Text(
                text[..text.floor_char_boundary(left)].to_owned().into(),
            )),
            Content::Raw(_) => {}
        }
        left = left.saturating_sub(block_size);
    }
    content.push(Content::Text(marker(whole, limit).into()));
    ToolOutput {
        content,
        structured: None,
        is_error,
        meta: output.meta,
    }
}

fn marker(whole: usize, limit: usize) -> String {
    format!(
        "[{}: the whole answer has {whole} bytes and at most {limit} are shown; what the call did is done. \
         Ask for less, or raise `limits.result_bytes`.]",
        Code::TooLarge.as_str(),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text_of(outcome: Result<Outcome>) -> (String, bool) {
        let Ok(Outcome::Tool(output)) = outcome else {
            panic!("a tool's answer stays one")
        };
        let texts: Vec<_> = output
            .content
            .iter()
            .map(|content| match content {
                Content::Text(text) => text.to_string(),
                Content::Raw(raw) => raw.get().to_owned(),
            })
            .collect();
        (texts.join("|"), output.is_error)
    }

    #[test]
    fn an_answer_within_bounds_is_untouched() {
        let outcome = bounded(Outcome::Tool(ToolOutput::text("short")), 5);
        assert_eq!(text_of(outcome), ("short".to_owned(), false));
    }

    #[test]
    fn a_structured_answer_beyond_bounds_is_marked_as_an_error() {
        let output = ToolOutput::structured(&vec!["x"; 100]).unwrap();
        let (text, is_error) = text_of(bounded(Outcome::Tool(output), 20));
        assert!(
            is_error && text.contains("too_large") && text.contains("401 bytes"),
            "{text}"
        );
    }

    proptest! {
        #[test]
        fn cutting_never_panics_and_keeps_the_bound(text in "\\PC{0,500}", limit in 0_usize..600) {
            let whole = text.len();
            let (shown, _) = text_of(bounded(Outcome::Tool(ToolOutput::text(text)), limit));
            prop_assert!(whole <= limit || shown.contains("[too_large"));
            prop_assert!(shown.len() <= limit + 300);
        }
    }
}

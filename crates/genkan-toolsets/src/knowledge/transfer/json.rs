//! JSON: `{"scope": …, "entries": [{…}]}`, or the list alone.

use serde::Deserialize;
use serde_json::{json, value::RawValue};

use super::{Draft, Read};

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    entries: Vec<&'a RawValue>,
}

pub(super) fn read(text: &str) -> Vec<Read> {
    let entries = match text.trim_start().starts_with('[') {
        true => serde_json::from_str::<Vec<&RawValue>>(text),
        false => serde_json::from_str::<Named<'_>>(text).map(|whole| whole.entries),
    };
    let entries = match entries {
        Ok(entries) => entries,
        Err(error) => {
            let line = error.line().max(1);
            return vec![Read::fault(
                line,
                format!("is not a list of entries in JSON: {error}"),
            )];
        }
    };
    if entries.is_empty() {
        return vec![Read::fault(1, "holds no entries")];
    }
    entries.into_iter().map(|raw| one(text, raw)).collect()
}

fn one(text: &str, raw: &RawValue) -> Read {
    let begin = raw.get().as_ptr() as usize - text.as_ptr() as usize;
    let before = text.get(..begin).unwrap_or_default();
    let line = 1 + before.bytes().filter(|byte| *byte == b'\n').count();
    match serde_json::from_str::<Draft>(raw.get()) {
        Ok(draft) => Read {
            line,
            draft: Ok(draft),
        },
        Err(error) => Read::fault(
            line + error.line().max(1) - 1,
            format!("is no entry: {error}"),
        ),
    }
}

pub(super) fn write(scope: &str, drafts: &[Draft]) -> String {
    let whole = json!({ "scope": scope, "entries": drafts });
    format!("{whole:#}\n")
}

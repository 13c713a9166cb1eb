//! What a client says that it can be asked, and what the server says that it offers.

use genkan_core::{Code, Error, Result, Revision, call::Abilities};
use genkan_engine::Offers;
use serde_json::{Map, Value, json};

use super::{skills, tasks};

/// Reads a `ClientCapabilities` object as the revision defines it.
///
/// `elicitation: {}` means forms (MCP 2026-07-28 elicitation); before 2025-11-25 there was nothing
/// else, and before 2025-06-18 no elicitation at all.
pub(crate) fn read(capabilities: &Map<String, Value>, revision: Revision) -> Result<Abilities> {
    let sampling = object(capabilities, "sampling")?.is_some();
    let roots = object(capabilities, "roots")?.is_some();
    let elicitation =
        object(capabilities, "elicitation")?.filter(|_| revision >= Revision::V2025_06_18);
    let (elicitation_form, elicitation_url) = match elicitation {
        None => (false, false),
        Some(modes) if revision >= Revision::V2025_11_25 && !modes.is_empty() => (
            object(modes, "form")?.is_some(),
            object(modes, "url")?.is_some(),
        ),
        Some(_) => (true, false),
    };
    let tasks = revision.is_modern()
        && object(capabilities, "extensions")?
            .and_then(|extensions| extensions.get(tasks::EXTENSION))
            .is_some_and(Value::is_object);
    Ok(Abilities {
        tasks,
        elicitation_form,
        elicitation_url,
        sampling,
        roots,
    })
}

/// The `ServerCapabilities` of a profile, the same in both eras but for extensions. The sets of tools and prompts can
/// change, since an admin switches tools, and toolsets announce what they change.
pub(crate) fn offered(offers: Offers, revision: Revision) -> Value {
    let mut offered = json!({"tools": {"listChanged": true}});
    if offers.prompts {
        offered["prompts"] = json!({"listChanged": true});
    }
    if offers.resources {
        offered["resources"] = json!({"subscribe": true, "listChanged": true});
    }
    if offers.prompts || offers.resources {
        offered["completions"] = json!({});
    }
    if offers.logs {
        offered["logging"] = json!({});
    }
    let extensions = [
        (offers.tasks, tasks::EXTENSION, json!({})),
        (
            offers.skills,
            skills::EXTENSION,
            json!({"directoryRead": true}),
        ),
    ];
    for (_, name, settings) in extensions
        .into_iter()
        .filter(|(is_offered, ..)| *is_offered && revision.is_modern())
    {
        offered["extensions"][name] = settings;
    }
    offered
}

fn object<'a>(
    members: &'a Map<String, Value>,
    name: &str,
) -> Result<Option<&'a Map<String, Value>>> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::Object(inner)) => Ok(Some(inner)),
        Some(_) => Err(Error::new(
            Code::InvalidParams,
            format!("the capability `{name}` must be an object"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elicitation_means_what_the_revision_says() {
        use Revision::{V2025_03_26, V2025_06_18, V2025_11_25, V2026_07_28};
        let table = [
            (json!({}), V2026_07_28, (false, false)),
            (json!({"elicitation": {}}), V2026_07_28, (true, false)),
            (
                json!({"elicitation": {"form": {}}}),
                V2026_07_28,
                (true, false),
            ),
            (
                json!({"elicitation": {"url": {}}}),
                V2026_07_28,
                (false, true),
            ),
            (
                json!({"elicitation": {"form": {}, "url": {}}}),
                V2025_11_25,
                (true, true),
            ),
            (
                json!({"elicitation": {"url": {}}}),
                V2025_06_18,
                (true, false),
            ),
            (json!({"elicitation": {}}), V2025_03_26, (false, false)),
        ];
        for (capabilities, revision, expected) in table {
            let read = read(capabilities.as_object().unwrap(), revision).unwrap();
            assert_eq!(
                (read.elicitation_form, read.elicitation_url),
                expected,
                "{capabilities} {revision:?}"
            );
        }
    }

    #[test]
    fn a_capability_is_an_object() {
        let error = read(
            json!({"sampling": true}).as_object().unwrap(),
            Revision::V2026_07_28,
        )
        .unwrap_err();
        assert!(error.code() == Code::InvalidParams && error.message().contains("`sampling`"));
    }
}

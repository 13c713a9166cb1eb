//! The resources of the suite.

use async_trait::async_trait;
use genkan_core::{
    CallContext, Error, Permission, Resources, Result, Stop,
    permission::Action,
    resource::{Contents, Page, Reading, Resource, Template, unknown},
};
use serde_json::json;

use super::{content::IMAGE, skills};

/// Text, an image, one that may change, and a family.
pub(super) struct ResourceFixtures;

const TEXT: &str = "test://static-text";
const BINARY: &str = "test://static-binary";
pub(super) const WATCHED: &str = "test://watched-resource";

#[async_trait]
impl Resources for ResourceFixtures {
    fn permission(&self) -> Permission {
        Permission::new("conformance", Action::Read)
    }

    fn templates(&self) -> Vec<Template> {
        vec![Template {
            uri_template: "test://template/{id}/data".to_owned(),
            name: "template".to_owned(),
            description: Some("One of many.".to_owned()),
            mime_type: Some("application/json".to_owned()),
            ..Template::default()
        }]
    }

    fn owns(&self, uri: &str) -> bool {
        uri.starts_with("test://") || skills::file(uri).is_some()
    }

    fn announces(&self, uri: &str) -> bool {
        uri == WATCHED
    }

    async fn list(&self, _ctx: &CallContext, _cursor: Option<&str>) -> Result<Page> {
        let listed = [
            (TEXT, "static-text", "text/plain"),
            (BINARY, "static-binary", "image/png"),
            (WATCHED, "watched-resource", "text/plain"),
        ];
        let resources = listed.map(|(uri, name, mime_type)| Resource {
            uri: uri.to_owned(),
            name: name.to_owned(),
            description: Some("A resource of the suite.".to_owned()),
            mime_type: Some(mime_type.to_owned()),
            ..Resource::default()
        });
        Ok(Page {
            resources: resources.into_iter().chain([skills::listed()]).collect(),
            next: None,
        })
    }

    async fn read(&self, _ctx: &CallContext, uri: &str) -> Result<Reading, Stop> {
        let contents = match uri {
            TEXT => {
                let text = "This is the content of the static text resource.";
                Contents::text(uri, "text/plain", text)
            }
            BINARY => image()?,
            WATCHED => Contents::text(uri, "text/plain", "Nothing has changed."),
            _ => member(uri)
                .or_else(|| skills::file(uri))
                .ok_or_else(|| unknown(uri))?,
        };
        Ok(Reading::of(contents))
    }
}

fn image() -> Result<Contents> {
    let contents = json!({ "uri": BINARY, "mimeType": "image/png", "blob": IMAGE });
    let raw = serde_json::value::to_raw_value(&contents).map_err(Error::internal)?;
    Ok(Contents::Raw(raw))
}

/// One of the family, if the URI is of that form.
fn member(uri: &str) -> Option<Contents> {
    let id = uri
        .strip_prefix("test://template/")?
        .strip_suffix("/data")?;
    let data = format!("Data for ID: {id}");
    let text = json!({ "id": id, "templateTest": true, "data": data }).to_string();
    Some(Contents::text(uri, "application/json", text))
}

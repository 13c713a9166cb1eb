//! What one toolset lets clients read, and how lists show it.

use std::sync::Arc;

use genkan_core::{
    Permission, Resources, Revision, Toolset,
    digest::{Digest, Hasher},
    resource::{Resource, Template},
};
use serde_json::{Map, Value, json};

use super::page::Listed;
use crate::measure::Meters;

/// The resources of one toolset.
pub(crate) struct Source {
    pub(crate) toolset: String,
    pub(crate) resources: Arc<dyn Resources>,
    pub(crate) permission: Permission,
    pub(crate) meters: Meters,
}

impl Source {
    pub(crate) fn new(toolset: &dyn Toolset, resources: Arc<dyn Resources>) -> Self {
        Self {
            toolset: toolset.name().to_owned(),
            permission: resources.permission(),
            meters: Meters::of_resources(toolset.name()),
            resources,
        }
    }

    /// What a `requestState` of a read is bound to.
    pub(crate) fn digest(&self, uri: &str) -> Digest {
        let mut hasher = Hasher::new();
        for field in ["resources/read", &self.toolset, uri] {
            hasher.field(field.as_bytes());
        }
        hasher.finish()
    }
}

/// A template, and whose it is.
pub(crate) struct TemplateEntry {
    pub(crate) source: Arc<Source>,
    pub(crate) template: Template,
}

impl TemplateEntry {
    /// The templates of a source.
    pub(crate) fn of(source: &Arc<Source>) -> Vec<Arc<Self>> {
        let entry = |template| {
            Arc::new(Self {
                source: Arc::clone(source),
                template,
            })
        };
        source
            .resources
            .templates()
            .into_iter()
            .map(entry)
            .collect()
    }
}

impl Listed for TemplateEntry {
    const MEMBER: &'static str = "resourceTemplates";

    fn key(&self) -> &str {
        &self.template.uri_template
    }

    fn wire_form(&self, revision: Revision) -> Value {
        let Template {
            uri_template,
            name,
            title,
            description,
            mime_type,
            more,
        } = &self.template;
        let mut shown = more.clone();
        shown.insert("uriTemplate".into(), json!(uri_template));
        shown.insert("name".into(), json!(name));
        describe(&mut shown, title, description, mime_type, revision);
        Value::Object(shown)
    }
}

/// A resource as `resources/list` of the given revision shows it.
pub(crate) fn wire_form(resource: Resource, revision: Revision) -> Value {
    let Resource {
        uri,
        name,
        title,
        description,
        mime_type,
        size_bytes,
        more: mut shown,
    } = resource;
    shown.insert("uri".into(), uri.into());
    shown.insert("name".into(), name.into());
    describe(&mut shown, &title, &description, &mime_type, revision);
    if let Some(size) = size_bytes {
        shown.insert("size".into(), size.into());
    }
    Value::Object(shown)
}

/// Titles exist since 2025-06-18.
fn describe(
    shown: &mut Map<String, Value>,
    title: &Option<String>,
    description: &Option<String>,
    mime_type: &Option<String>,
    revision: Revision,
) {
    let title = title.as_ref().filter(|_| revision >= Revision::V2025_06_18);
    let members = [
        ("title", title),
        ("description", description.as_ref()),
        ("mimeType", mime_type.as_ref()),
    ];
    for (name, text) in members {
        if let Some(text) = text {
            shown.insert(name.into(), json!(text));
        }
    }
}

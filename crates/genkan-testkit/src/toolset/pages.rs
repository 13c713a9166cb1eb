//! Toolset `pages`: more resources than fit on one page of a list. Never part of the product.

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{
    CallContext, Permission, Resources, Result, Stop, Tool, Toolset,
    permission::Action,
    resource::{Contents, Page, Reading, Resource},
};

/// How many there are; the doors show at most 1,000 at once.
const NUMBERED: usize = 1_500;

/// How many the toolset gives at once.
const PAGE: usize = 500;

/// The toolset.
pub struct PagesToolset;

impl Toolset for PagesToolset {
    fn name(&self) -> &str {
        "pages"
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        Vec::new()
    }

    fn resources(&self) -> Option<Arc<dyn Resources>> {
        Some(Arc::new(Numbered))
    }
}

/// `numbered://0` and so on.
struct Numbered;

#[async_trait]
impl Resources for Numbered {
    fn permission(&self) -> Permission {
        Permission::new("test", Action::Read)
    }

    fn owns(&self, uri: &str) -> bool {
        uri.starts_with("numbered://")
    }

    async fn list(&self, _ctx: &CallContext, cursor: Option<&str>) -> Result<Page> {
        let first = cursor.and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
        let end = NUMBERED.min(first + PAGE);
        let numbered = |number: usize| Resource {
            uri: format!("numbered://{number}"),
            name: format!("number {number}"),
            ..Resource::default()
        };
        Ok(Page {
            resources: (first..end).map(numbered).collect(),
            next: (end < NUMBERED).then(|| end.to_string()),
        })
    }

    async fn read(&self, _ctx: &CallContext, uri: &str) -> Result<Reading, Stop> {
        Ok(Reading::of(Contents::text(
            uri,
            "text/plain",
            uri.to_owned(),
        )))
    }
}

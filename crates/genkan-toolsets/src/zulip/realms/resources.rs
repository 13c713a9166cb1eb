//! Resources of several organisations: `zulip://acme/channels` is `zulip://channels` of `acme`.

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{
    CallContext, Permission, Resources, Result, Stop,
    completion::{Argument, Completion},
    resource::{Contents, Page, Reading, Template, unknown},
};

use super::{Choice, REALM};

const SCHEME: &str = "zulip://";

/// What can be read in each organisation.
pub(super) struct InRealms(pub(super) Choice<dyn Resources>);

impl InRealms {
    fn first(&self) -> &Arc<dyn Resources> {
        let (_, resources) = self.0.0.first().expect("BUG: a choice is made of one");
        resources
    }

    /// The organisation, and its own URI.
    fn inner(&self, uri: &str) -> Option<(&Arc<dyn Resources>, String)> {
        let (realm, rest) = uri.strip_prefix(SCHEME)?.split_once('/')?;
        Some((self.0.find(realm)?, format!("{SCHEME}{rest}")))
    }
}

/// The URI beyond the organisation.
fn outer(realm: &str, uri: &str) -> String {
    let rest = uri.strip_prefix(SCHEME).unwrap_or(uri);
    format!("{SCHEME}{realm}/{rest}")
}

#[async_trait]
impl Resources for InRealms {
    fn permission(&self) -> Permission {
        self.first().permission()
    }

    fn templates(&self) -> Vec<Template> {
        let templates = self.first().templates().into_iter();
        templates
            .map(|template| Template {
                uri_template: outer("{realm}", &template.uri_template),
                ..template
            })
            .collect()
    }

    fn owns(&self, uri: &str) -> bool {
        uri.starts_with(SCHEME)
    }

    /// One organisation after the other. A cursor is `<realm>/<cursor there>`.
    async fn list(&self, ctx: &CallContext, cursor: Option<&str>) -> Result<Page> {
        let cursor = cursor.and_then(|cursor| cursor.split_once('/'));
        let place = cursor.and_then(|(realm, _)| {
            let mut names = self.0.0.iter().map(|(name, _)| name);
            names.position(|name| name == realm)
        });
        let place = place.unwrap_or_default();
        let Some((realm, resources)) = self.0.0.get(place) else {
            return Ok(Page::default());
        };
        let inner = cursor
            .map(|(_, inner)| inner)
            .filter(|inner| !inner.is_empty());
        let mut page = resources.list(ctx, inner).await?;
        for resource in &mut page.resources {
            resource.uri = outer(realm, &resource.uri);
            resource.name = format!("{realm}_{}", resource.name);
            resource.title = resource
                .title
                .as_ref()
                .map(|title| format!("{title} ({realm})"));
        }
        let behind = self.0.0.get(place + 1).map(|(next, _)| format!("{next}/"));
        page.next = page.next.map(|next| format!("{realm}/{next}")).or(behind);
        Ok(page)
    }

    async fn read(&self, ctx: &CallContext, uri: &str) -> Result<Reading, Stop> {
        let Some((resources, inner)) = self.inner(uri) else {
            return Err(unknown(uri).into());
        };
        let read = resources.read(ctx, &inner).await;
        let mut reading = read.map_err(|stop| match stop {
            Stop::Error(error) if error.code() == genkan_core::Code::UnknownResource => {
                unknown(uri).into()
            }
            stop => stop,
        })?;
        for contents in &mut reading.contents {
            if let Contents::Held { uri: held, .. } = contents {
                *held = uri.to_owned();
            }
        }
        Ok(reading)
    }

    async fn complete(
        &self,
        ctx: &CallContext,
        template: &str,
        argument: &Argument,
    ) -> Result<Completion> {
        if argument.name == REALM {
            return Ok(self.0.complete(argument));
        }
        let inner = template.replacen("{realm}/", "", 1);
        match self.0.named_before(argument) {
            Some(resources) => resources.complete(ctx, &inner, argument).await,
            None => Ok(Completion::default()),
        }
    }
}

//! Knowledge to be read: scopes and entries by their URIs, and the files of skills.

pub(crate) mod address;
pub(crate) mod entry_page;
mod listing;
mod scope_page;
mod statistics_page;

use async_trait::async_trait;
use genkan_core::{
    CallContext, Permission, Resources, Result, Stop,
    completion::{Argument, Completion},
    permission::Action,
    resource::{Contents, Page, Reading, Template, unknown},
};
use genkan_store::{Store, TenantTx, knowledge::Scope};

use self::{address::Address, entry_page::MARKDOWN};
use super::{complete, name::ScopeName, skills};

/// Everything of this toolset that can be read.
pub(super) struct KnowledgeResources(pub(super) Store);

#[async_trait]
impl Resources for KnowledgeResources {
    fn permission(&self) -> Permission {
        Permission::new("knowledge", Action::Read)
    }

    fn templates(&self) -> Vec<Template> {
        let template = |uri: &str, name: &str, title: &str, description: &str| Template {
            uri_template: uri.to_owned(),
            name: name.to_owned(),
            title: Some(title.to_owned()),
            description: Some(description.to_owned()),
            mime_type: Some(MARKDOWN.to_owned()),
            ..Template::default()
        };
        vec![
            template(
                address::SCOPES,
                "knowledge_scope",
                "A scope of team knowledge",
                "What the scope is, what it inherits from, and a list of what is known there.",
            ),
            template(
                address::ENTRIES,
                "knowledge_entry",
                "An entry of team knowledge",
                "One thing that the team knows, with its keywords.",
            ),
            template(
                address::STATISTICS,
                "knowledge_statistics",
                "How a scope of team knowledge is used",
                "How much is known there, what was searched for and what was not found.",
            ),
        ]
    }

    fn owns(&self, uri: &str) -> bool {
        uri.starts_with(address::SCHEME) || skills::owns(uri)
    }

    fn announces(&self, uri: &str) -> bool {
        !matches!(Address::parse(uri), None | Some(Address::Statistics(_)))
    }

    async fn list(&self, ctx: &CallContext, cursor: Option<&str>) -> Result<Page> {
        let mut tx = self.0.read(ctx.tenant()).await?;
        listing::page(&mut tx, cursor).await
    }

    async fn read(&self, ctx: &CallContext, uri: &str) -> Result<Reading, Stop> {
        let text = match Address::parse(uri) {
            Some(Address::Statistics(name)) => statistics_page::read(&self.0, ctx, name).await?,
            address => {
                let mut tx = self.0.read(ctx.tenant()).await?;
                match skills::owns(uri) {
                    true => skills::read(&mut tx, uri).await?,
                    false => read(&mut tx, address).await?.map(|text| (text, MARKDOWN)),
                }
            }
        };
        let (text, mime_type) = text.ok_or_else(|| unknown(uri))?;
        Ok(Reading::of(Contents::text(uri, mime_type, text)))
    }

    async fn complete(
        &self,
        ctx: &CallContext,
        _template: &str,
        argument: &Argument,
    ) -> Result<Completion> {
        let mut tx = self.0.read(ctx.tenant()).await?;
        complete::variable(&mut tx, argument).await
    }
}

/// The page of an address, if there is one.
async fn read(tx: &mut TenantTx, address: Option<Address>) -> Result<Option<String>> {
    match address {
        None | Some(Address::Statistics(_)) => Ok(None),
        Some(Address::Scope(name)) => match find_scope(tx, &name).await? {
            Some(scope) => scope_page::write(tx, &scope).await.map(Some),
            None => Ok(None),
        },
        Some(Address::Entry(name, id)) => {
            let Some(entry) = tx.knowledge_find_whole_entry(&id).await? else {
                return Ok(None);
            };
            let scope = tx.knowledge_get_scope(&entry.scope).await?.full_name();
            let is_there = scope == name.to_string();
            Ok(is_there.then(|| entry_page::write(&entry, &scope)))
        }
    }
}

/// The scope of this name. `global:default` is there even before the first write.
pub(crate) async fn find_scope(tx: &mut TenantTx, name: &ScopeName) -> Result<Option<Scope>> {
    let found = tx
        .knowledge_find_scope(&name.namespace, &name.scope)
        .await?;
    match found {
        None if name.is_global_default() => Ok(tx.knowledge_scopes().await?.into_iter().next()),
        found => Ok(found),
    }
}

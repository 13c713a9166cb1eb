//! What can be read of the chat: `zulip://channels`, `zulip://users` and `zulip://channel/{name}`, the
//! newest messages of a channel.

use std::fmt::Write as _;

use async_trait::async_trait;
use genkan_core::{
    CallContext, Permission, Resources, Result, Stop,
    completion::{Argument, Completion},
    permission::Action,
    resource::{Contents, Page, Reading, Resource, Template, unknown},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::{
    acting::{Acting, Chat, Who},
    named::Named,
    narrow::Narrow,
    page, topics,
    walk::{Order, Walk},
};

const SCHEME: &str = "zulip://";
const CHANNELS: &str = "zulip://channels";
const USERS: &str = "zulip://users";
const CHANNEL: &str = "zulip://channel/";
const MARKDOWN: &str = "text/markdown";
/// How many messages a channel's page has.
const NEWEST: u32 = 50;
/// How many channels one page of the list has.
const LISTED: usize = 500;
/// All that stands for itself in a URI (RFC 3986 §2.3) is left.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Everything of the chat that can be read.
pub(super) struct ZulipResources(pub(super) Chat);

#[async_trait]
impl Resources for ZulipResources {
    fn permission(&self) -> Permission {
        Permission::new("zulip", Action::Read)
    }

    fn templates(&self) -> Vec<Template> {
        vec![Template {
            uri_template: "zulip://channel/{name}".to_owned(),
            name: "zulip_channel".to_owned(),
            title: Some("A channel of the chat".to_owned()),
            description: Some("The newest 50 messages of the channel.".to_owned()),
            mime_type: Some(MARKDOWN.to_owned()),
            ..Template::default()
        }]
    }

    fn owns(&self, uri: &str) -> bool {
        uri.starts_with(SCHEME)
    }

    async fn list(&self, ctx: &CallContext, cursor: Option<&str>) -> Result<Page> {
        let known = self.0.acting(ctx, Who::User)?.channels().await?;
        let mut resources = Vec::new();
        if cursor.is_none() {
            resources.push(one(CHANNELS, "zulip_channels", "Channels of the chat"));
            resources.push(one(USERS, "zulip_users", "Users of the chat"));
        }
        let after = cursor.unwrap_or_default();
        let mut rest = known
            .all
            .iter()
            .filter(|channel| channel.name.as_str() > after);
        let mut last = None;
        for channel in rest.by_ref().take(LISTED) {
            let uri = of_channel(&channel.name);
            let title = format!("#{}", channel.name);
            resources.push(one(&uri, &format!("zulip_channel_{}", channel.id), &title));
            last = Some(channel.name.clone());
        }
        let next = rest.next().and(last);
        Ok(Page { resources, next })
    }

    async fn read(&self, ctx: &CallContext, uri: &str) -> Result<Reading, Stop> {
        let acting = self.0.acting(ctx, Who::User)?;
        let text = match uri {
            CHANNELS => channels(&acting).await?,
            USERS => users(&acting).await?,
            uri => match channel(&acting, uri).await? {
                Some(text) => text,
                None => return Err(unknown(uri).into()),
            },
        };
        Ok(Reading::of(Contents::text(uri, MARKDOWN, text)))
    }

    async fn complete(
        &self,
        ctx: &CallContext,
        _template: &str,
        argument: &Argument,
    ) -> Result<Completion> {
        channel_names(&self.0, ctx, &argument.value).await
    }
}

/// Names of channels that begin so.
pub(super) async fn channel_names(
    chat: &Chat,
    ctx: &CallContext,
    typed: &str,
) -> Result<Completion> {
    let known = chat.acting(ctx, Who::User)?.channels().await?;
    let names = known.all.iter().map(|channel| channel.name.as_str());
    Ok(Completion::among(names, typed))
}

/// Names of topics of the channel that begin so.
pub(super) async fn topic_names(
    chat: &Chat,
    ctx: &CallContext,
    channel: &str,
    typed: &str,
) -> Result<Completion> {
    let acting = chat.acting(ctx, Who::User)?;
    let channel = acting.channel(&Named::Name(channel.to_owned())).await?;
    let topics = topics::of(&acting, channel.id).await?;
    let names = topics.iter().map(|topic| topic.name.as_str());
    Ok(Completion::among(names, typed))
}

/// Names of people and bots that begin so.
pub(super) async fn user_names(chat: &Chat, ctx: &CallContext, typed: &str) -> Result<Completion> {
    let known = chat.acting(ctx, Who::User)?.users().await?;
    let active = known.all.iter().filter(|user| user.active);
    Ok(Completion::among(
        active.map(|user| user.name.as_str()),
        typed,
    ))
}

fn one(uri: &str, name: &str, title: &str) -> Resource {
    Resource {
        uri: uri.to_owned(),
        name: name.to_owned(),
        title: Some(title.to_owned()),
        mime_type: Some(MARKDOWN.to_owned()),
        ..Resource::default()
    }
}

fn of_channel(name: &str) -> String {
    format!("{CHANNEL}{}", utf8_percent_encode(name, ENCODED))
}

async fn channels(acting: &Acting) -> Result<String> {
    let mut page = "# Channels\n\n".to_owned();
    for channel in &acting.channels().await?.all {
        let what = channel.description.replace('\n', " ");
        let _ = writeln!(page, "- **{}** (id {}): {what}", channel.name, channel.id);
    }
    Ok(page)
}

async fn users(acting: &Acting) -> Result<String> {
    let mut page = "# Users\n\n".to_owned();
    for user in acting.users().await?.all.iter().filter(|user| user.active) {
        let kind = if user.bot { ", a bot" } else { "" };
        let _ = writeln!(page, "- **{}** (id {}{kind})", user.name, user.id);
    }
    Ok(page)
}

/// The page of a channel; `None` if the URI names none.
async fn channel(acting: &Acting, uri: &str) -> Result<Option<String>> {
    let name = uri.strip_prefix(CHANNEL).unwrap_or_default();
    let Ok(name) = percent_decode_str(name).decode_utf8() else {
        return Ok(None);
    };
    let known = acting.channels().await?;
    // Only the one form of its name is its URI.
    let Some(channel) = known.all.iter().find(|known| known.name == *name) else {
        return Ok(None);
    };
    let channel = acting.channel(&Named::Id(channel.id)).await?;
    let narrow = Narrow::default().channel(channel.id);
    let mut walk = Walk::new(acting, &narrow, Order::Newest, None);
    let mut messages = walk.page(NEWEST).await?.unwrap_or_default();
    messages.reverse();
    let (name, what) = (channel.name, channel.description);
    let page = page::of(messages, usize::MAX);
    Ok(Some(format!("# #{name}\n\n{what}\n\n{page}")))
}

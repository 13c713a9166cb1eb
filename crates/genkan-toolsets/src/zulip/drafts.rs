//! `zulip_drafts`: messages that are begun and not sent.

use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    acting::{Acting, Chat, Who},
    action,
    client::{Form, Recipient},
    send_message::{Kind, To, recipient},
    when,
};
use crate::typed::{About, TypedTool};

/// Keeps drafts.
pub(super) struct Drafts(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    action: Act,
    /// To edit or delete
    #[serde(default)]
    #[schemars(with = "u64")]
    id: Option<u64>,
    /// channel or direct, if it is for somebody yet
    #[serde(default)]
    #[schemars(with = "Kind")]
    r#type: Option<Kind>,
    /// The channel, or people, by name or id
    #[serde(default)]
    #[schemars(with = "To")]
    to: Option<To>,
    /// Of a message to a channel
    #[serde(default)]
    #[schemars(with = "String")]
    topic: Option<String>,
    /// Markdown
    #[serde(default)]
    #[schemars(with = "String")]
    content: Option<String>,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Act {
    List,
    Create,
    Edit,
    Delete,
}

#[derive(Default, Serialize, JsonSchema)]
pub(super) struct Answer {
    /// What was created, edited or deleted
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64")]
    id: Option<u64>,
    /// The list, the one edited last first
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<Draft>")]
    drafts: Option<Vec<Draft>>,
}

/// A message that is not sent.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct Draft {
    id: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    channel: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    topic: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    people: Vec<String>,
    content: String,
    /// RFC 3339, UTC
    edited: String,
}

#[async_trait]
impl TypedTool for Drafts {
    const ABOUT: About = About {
        name: "zulip_drafts",
        title: "Keep chat drafts",
        description: "Lists, creates, edits and deletes the own drafts. An edit replaces the whole draft.",
        effect: Effect::Changes,
        idempotent: false,
        asks: false,
        permission: ("zulip", Action::Write),
    };
    const IS_FURTHER: bool = true;
    const REACHES_OUT: bool = true;
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        arguments.check()?;
        let acting = self.0.acting(ctx, arguments.identity)?;
        let id = arguments.id;
        let path = ["drafts", &id.unwrap_or_default().to_string()];
        match arguments.action {
            Act::List => {
                let drafts = Some(list(&acting).await?);
                return Ok(Answer { id, drafts });
            }
            Act::Create => {
                let draft = arguments.draft(&acting).await?;
                let form = Form::new().json("drafts", &[draft]);
                let told = acting.change(Method::POST, &["drafts"], form).await?;
                let id = told["ids"][0].as_u64();
                id.ok_or_else(|| Error::new(Code::OutcomeUnknown, "Zulip told no id"))?;
                return Ok(Answer {
                    id,
                    ..Answer::default()
                });
            }
            Act::Edit => {
                let draft = arguments.draft(&acting).await?;
                let form = Form::new().json("draft", &draft);
                acting.change(Method::PATCH, &path, form).await?;
            }
            Act::Delete => {
                acting.change(Method::DELETE, &path, Form::new()).await?;
            }
        }
        Ok(Answer {
            id,
            ..Answer::default()
        })
    }
}

impl Arguments {
    fn check(&self) -> Result<()> {
        let given = [
            ("id", self.id.is_some()),
            ("type", self.r#type.is_some()),
            ("to", self.to.is_some()),
            ("topic", self.topic.is_some()),
            ("content", self.content.is_some()),
        ];
        let place = ["type", "to", "topic"];
        match self.action {
            Act::List => action::check("list", &given, &[], &[]),
            Act::Create => action::check("create", &given, &["content"], &place),
            Act::Edit => action::check("edit", &given, &["id", "content"], &place),
            Act::Delete => action::check("delete", &given, &["id"], &[]),
        }
    }

    /// The draft in Zulip's words.
    async fn draft(self, acting: &Acting) -> Result<Value> {
        let limits = acting.zulip.limits(&acting.identity).await?;
        let content = self.content.unwrap_or_default();
        limits.check_content(&content)?;
        if let Some(topic) = &self.topic {
            limits.check_topic(topic)?;
        }
        let (kind, to, topic) = match (self.r#type, self.to, self.topic) {
            (None, None, None) => ("", json!([]), String::new()),
            (Some(kind), Some(to), topic) => match recipient(acting, kind, to, topic).await? {
                Recipient::Channel { channel, topic } => ("stream", json!([channel]), topic),
                Recipient::Direct(people) => ("private", json!(people), String::new()),
            },
            _ => {
                let message = "`type` and `to` come together, and `topic` with both";
                return Err(Error::new(Code::InvalidArguments, message));
            }
        };
        Ok(json!({ "type": kind, "to": to, "topic": topic, "content": content }))
    }
}

async fn list(acting: &Acting) -> Result<Vec<Draft>> {
    let told = acting.get(&["drafts"], Form::new()).await?;
    let mut drafts = Vec::new();
    for one in told["drafts"].as_array().into_iter().flatten() {
        let text = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
        let addressed = acting.addressed(&one["type"], &one["to"]).await?;
        let channel = addressed.channel();
        drafts.push(Draft {
            id: one["id"].as_u64().unwrap_or_default(),
            topic: channel.is_some().then(|| text("topic")),
            channel,
            people: addressed.people(),
            content: text("content"),
            edited: when::shown(one["timestamp"].as_i64().unwrap_or_default()),
        });
    }
    Ok(drafts)
}

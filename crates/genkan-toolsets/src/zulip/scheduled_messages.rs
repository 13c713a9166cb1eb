//! `zulip_scheduled_messages`: messages that Zulip sends later.

use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    acting::{Acting, Chat, Who},
    action,
    client::{Form, Recipient},
    send_message::{Kind, To, recipient},
    when::{self, Moment},
};
use crate::typed::{About, TypedTool};

/// Schedules messages.
pub(super) struct ScheduledMessages(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    action: Act,
    /// To update or delete
    #[serde(default)]
    #[schemars(with = "u64")]
    id: Option<u64>,
    /// channel or direct
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
    /// 2026-11-01T08:30:00Z, or seconds since 1970
    #[serde(default)]
    #[schemars(with = "Moment")]
    deliver_at: Option<Moment>,
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
    Update,
    Delete,
}

#[derive(Default, Serialize, JsonSchema)]
pub(super) struct Answer {
    /// What was created, updated or deleted
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64")]
    id: Option<u64>,
    /// The list, the next first
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<Scheduled>")]
    scheduled: Option<Vec<Scheduled>>,
}

/// A message that is to be sent.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct Scheduled {
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
    deliver_at: String,
    /// Whether Zulip tried in vain
    failed: bool,
}

#[async_trait]
impl TypedTool for ScheduledMessages {
    const ABOUT: About = About {
        name: "zulip_scheduled_messages",
        title: "Schedule chat messages",
        description: "Lists, creates, updates and deletes messages that Zulip sends at a later time. An update changes what is given; `to` comes with `type`.",
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
        match arguments.action {
            Act::List => {
                let scheduled = Some(list(&acting).await?);
                Ok(Answer { id, scheduled })
            }
            Act::Create => {
                let form = arguments.form(ctx, &acting).await?;
                let told = acting.change(Method::POST, &[PATH], form).await?;
                let id = told["scheduled_message_id"].as_u64();
                id.ok_or_else(|| Error::new(Code::OutcomeUnknown, "Zulip told no id"))?;
                Ok(Answer {
                    id,
                    ..Answer::default()
                })
            }
            Act::Update => {
                let form = arguments.form(ctx, &acting).await?;
                one(&acting, Method::PATCH, id, form).await
            }
            Act::Delete => one(&acting, Method::DELETE, id, Form::new()).await,
        }
    }
}

const PATH: &str = "scheduled_messages";

impl Arguments {
    fn check(&self) -> Result<()> {
        let given = [
            ("id", self.id.is_some()),
            ("type", self.r#type.is_some()),
            ("to", self.to.is_some()),
            ("topic", self.topic.is_some()),
            ("content", self.content.is_some()),
            ("deliver_at", self.deliver_at.is_some()),
        ];
        let [_, parts @ ..] = given.map(|(name, _)| name);
        match self.action {
            Act::List => action::check("list", &given, &[], &[]),
            Act::Create => {
                let needed = ["type", "to", "content", "deliver_at"];
                action::check("create", &given, &needed, &["topic"])
            }
            Act::Update => {
                action::check("update", &given, &["id"], &parts)?;
                let [_, (_, has_type), (_, has_to), others @ ..] = given;
                let refuse = |message| Err(Error::new(Code::InvalidArguments, message));
                match (has_type, has_to) {
                    (true, false) | (false, true) => refuse("`to` and `type` come together"),
                    (false, false) if others.iter().all(|(_, is_given)| !is_given) => {
                        refuse("nothing to change: give what is to be other")
                    }
                    _ => Ok(()),
                }
            }
            Act::Delete => action::check("delete", &given, &["id"], &[]),
        }
    }

    /// What is given, in Zulip's words.
    async fn form(self, ctx: &CallContext, acting: &Acting) -> Result<Form> {
        let limits = acting.zulip.limits(&acting.identity).await?;
        let mut form = Form::new();
        if let Some(topic) = &self.topic {
            limits.check_topic(topic)?;
        }
        match (self.r#type, self.to, self.topic) {
            (Some(kind), Some(to), topic) => {
                form = match recipient(acting, kind, to, topic).await? {
                    Recipient::Channel { channel, topic } => form
                        .text("type", "stream")
                        .json("to", &channel)
                        .text("topic", topic),
                    Recipient::Direct(people) => form.text("type", "direct").json("to", &people),
                };
            }
            (_, _, Some(topic)) => form = form.text("topic", topic),
            _ => {}
        }
        if let Some(content) = self.content {
            limits.check_content(&content)?;
            form = form.text("content", content);
        }
        if let Some(at) = self.deliver_at {
            let at = at.later(ctx, "deliver_at")?;
            form = form.json("scheduled_delivery_timestamp", &at);
        }
        Ok(form)
    }
}

async fn one(acting: &Acting, method: Method, id: Option<u64>, form: Form) -> Result<Answer, Stop> {
    let path = [PATH, &id.unwrap_or_default().to_string()];
    acting.change(method, &path, form).await?;
    Ok(Answer {
        id,
        ..Answer::default()
    })
}

async fn list(acting: &Acting) -> Result<Vec<Scheduled>> {
    let told = acting.get(&[PATH], Form::new()).await?;
    let mut scheduled = Vec::new();
    for one in told[PATH].as_array().into_iter().flatten() {
        let text = |name: &str| one[name].as_str().map(str::to_owned);
        let addressed = acting.addressed(&one["type"], &one["to"]).await?;
        scheduled.push(Scheduled {
            id: one["scheduled_message_id"].as_u64().unwrap_or_default(),
            channel: addressed.channel(),
            people: addressed.people(),
            topic: text("topic"),
            content: text("content").unwrap_or_default(),
            deliver_at: when::shown(one["scheduled_delivery_timestamp"].as_i64().unwrap_or(0)),
            failed: one["failed"] == Value::Bool(true),
        });
    }
    Ok(scheduled)
}

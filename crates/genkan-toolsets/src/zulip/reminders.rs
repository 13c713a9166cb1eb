//! `zulip_reminders`: messages that Zulip reminds one of.

use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    acting::{Acting, Chat, Who},
    action,
    client::Form,
    when::{self, Moment},
};
use crate::typed::{About, TypedTool};

/// Keeps reminders.
pub(super) struct Reminders(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    action: Act,
    /// To delete
    #[serde(default)]
    #[schemars(with = "u64")]
    id: Option<u64>,
    /// Of what
    #[serde(default)]
    #[schemars(with = "u64")]
    message_id: Option<u64>,
    /// 2026-11-01T08:30:00Z, or seconds since 1970
    #[serde(default)]
    #[schemars(with = "Moment")]
    remind_at: Option<Moment>,
    /// In one's own words
    #[serde(default)]
    #[schemars(with = "String")]
    note: Option<String>,
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
    Delete,
}

#[derive(Default, Serialize, JsonSchema)]
pub(super) struct Answer {
    /// What was created or deleted
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64")]
    id: Option<u64>,
    /// The list, the next first
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<Reminder>")]
    reminders: Option<Vec<Reminder>>,
}

/// What one will be told.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct Reminder {
    id: u64,
    message_id: u64,
    /// Markdown, the message and the note in it
    content: String,
    /// RFC 3339, UTC
    remind_at: String,
    /// Whether Zulip tried in vain
    failed: bool,
}

/// What Zulip tells of one.
#[derive(Deserialize)]
struct Told {
    reminder_id: u64,
    reminder_target_message_id: u64,
    content: String,
    scheduled_delivery_timestamp: i64,
    #[serde(default)]
    failed: bool,
}

#[async_trait]
impl TypedTool for Reminders {
    const ABOUT: About = About {
        name: "zulip_reminders",
        title: "Keep chat reminders",
        description: "Lists, creates and deletes reminders: Zulip writes to oneself about a message at a later time. Needs Zulip 11.",
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
        let limits = acting.zulip.limits(&acting.identity).await?;
        if limits.feature_level < SINCE {
            let message = "this server has no reminders";
            return Err(Error::new(Code::RemoteRefused, message)
                .hint("They came with Zulip 11; zulip_server_info tells the version.")
                .into());
        }
        match arguments.action {
            Act::List => {
                let reminders = Some(list(&acting).await?);
                let id = None;
                Ok(Answer { id, reminders })
            }
            Act::Create => {
                let form = arguments.form(ctx)?;
                let told = acting.change(Method::POST, &["reminders"], form).await?;
                let id = told["reminder_id"].as_u64();
                id.ok_or_else(|| Error::new(Code::OutcomeUnknown, "Zulip told no id"))?;
                Ok(Answer {
                    id,
                    ..Answer::default()
                })
            }
            Act::Delete => {
                let id = arguments.id;
                let path = ["reminders", &id.unwrap_or_default().to_string()];
                acting.change(Method::DELETE, &path, Form::new()).await?;
                Ok(Answer {
                    id,
                    ..Answer::default()
                })
            }
        }
    }
}

/// The level of the API that brought them.
const SINCE: u32 = 381;
/// The longest note, in characters.
const MOST_NOTE: usize = 1_000;

impl Arguments {
    fn check(&self) -> Result<()> {
        let given = [
            ("id", self.id.is_some()),
            ("message_id", self.message_id.is_some()),
            ("remind_at", self.remind_at.is_some()),
            ("note", self.note.is_some()),
        ];
        match self.action {
            Act::List => action::check("list", &given, &[], &[]),
            Act::Create => {
                let needed = ["message_id", "remind_at"];
                action::check("create", &given, &needed, &["note"])
            }
            Act::Delete => action::check("delete", &given, &["id"], &[]),
        }
    }

    fn form(&self, ctx: &CallContext) -> Result<Form> {
        let mut form = Form::new().json("message_id", &self.message_id.unwrap_or_default());
        if let Some(at) = &self.remind_at {
            let at = at.later(ctx, "remind_at")?;
            form = form.json("scheduled_delivery_timestamp", &at);
        }
        if let Some(note) = &self.note {
            if note.chars().count() > MOST_NOTE {
                let message = "a note has at most 1000 characters";
                return Err(Error::new(Code::TooLarge, message));
            }
            form = form.text("note", note.clone());
        }
        Ok(form)
    }
}

async fn list(acting: &Acting) -> Result<Vec<Reminder>> {
    let told = acting.get(&["reminders"], Form::new()).await?;
    let told: Vec<Told> = super::lists::read(&told["reminders"])?;
    let shown = told.into_iter().map(|told| Reminder {
        id: told.reminder_id,
        message_id: told.reminder_target_message_id,
        content: told.content,
        remind_at: when::shown(told.scheduled_delivery_timestamp),
        failed: told.failed,
    });
    Ok(shown.collect())
}

//! `genkan key …`: API keys, through the tools of toolset `admin`.
//!
//! A key is printed once, alone on standard output; nobody can show it again.

use std::time::Duration;

use genkan_core::{Result, Role};
use serde_json::{Value, json};

use crate::{
    commands::text::duration,
    local::{Client, Session, admin_profile},
    output,
    surroundings::Surroundings,
};

/// Create, list, rotate and revoke API keys
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Create a key and print it, once
    Create {
        /// What the key is for, such as `build-server`
        name: String,
        /// viewer, user, operator, developer or admin
        #[arg(long, value_parser = role)]
        role: Role,
        /// When it ends, such as 90d, 12h or 30m [default: never]
        #[arg(long, value_name = "DURATION", value_parser = duration)]
        expires: Option<Duration>,
    },
    /// List the keys; their secrets are never shown
    List,
    /// Replace a key by a fresh one of the same name and role, and print it, once
    Rotate {
        /// The name of the key, or its id from `genkan key list`
        key: String,
    },
    /// End a key at once, in every process
    Revoke {
        /// The name of the key, or its id from `genkan key list`
        key: String,
    },
}

impl Command {
    /// What a person called the key, where the tool wants its id.
    fn key(&self) -> Option<&str> {
        match self {
            Self::Rotate { key } | Self::Revoke { key } => Some(key),
            Self::Create { .. } | Self::List => None,
        }
    }

    fn call(&self) -> (&'static str, Value) {
        match self {
            Self::Create {
                name,
                role,
                expires,
            } => {
                let mut arguments = json!({ "name": name, "role": role.as_str() });
                if let Some(expires) = expires {
                    arguments["expires_seconds"] = json!(expires.as_secs());
                }
                ("admin_key_create", arguments)
            }
            Self::List => ("admin_key_list", json!({})),
            Self::Rotate { key } => ("admin_key_rotate", json!({ "id": key })),
            Self::Revoke { key } => ("admin_key_revoke", json!({ "id": key })),
        }
    }
}

pub(crate) async fn run(arguments: Arguments, surroundings: &Surroundings) -> Result<()> {
    let mut session = Session::open(surroundings, &admin_profile()).await?;
    let answer = ask(session.client(), &arguments.command).await;
    session.close().await;
    let answer = answer?;
    let output = surroundings.output;
    match &arguments.command {
        Command::Create { .. } | Command::Rotate { .. } => {
            output.remark(&format!(
                "Key {} is shown only this once:",
                text_of(&answer, "id")
            ));
            output.result(&answer, || text_of(&answer, "key"));
        }
        Command::List => output.result(&answer, || table(&answer)),
        Command::Revoke { .. } => output.result(&answer, || {
            let (id, name) = (text_of(&answer, "id"), text_of(&answer, "name"));
            format!("Key {id} ({name}) is revoked.")
        }),
    }
    Ok(())
}

async fn ask(client: &mut Client, command: &Command) -> Result<Value> {
    let (tool, mut call) = command.call();
    if let Some(key) = command.key() {
        let list = client.ask("admin_key_list", json!({})).await?;
        if let Some(id) = id_of(&list, key) {
            call["id"] = json!(id);
        }
    }
    client.ask(tool, call).await
}

/// The id of the key that a person means: the one with this id, else the newest that has this name
/// and was not revoked. There may be older ones that expired, never two that work.
fn id_of(list: &Value, wanted: &str) -> Option<String> {
    let keys = list.get("keys").and_then(Value::as_array)?;
    let by_id = keys.iter().find(|key| text_of(key, "id") == wanted);
    let by_name = || {
        keys.iter()
            .rfind(|key| text_of(key, "name") == wanted && !is_revoked(key))
    };
    by_id.or_else(by_name).map(|key| text_of(key, "id"))
}

fn is_revoked(key: &Value) -> bool {
    key.get("revoked_at").is_some_and(|at| !at.is_null())
}

fn table(answer: &Value) -> String {
    let head = ["ID", "NAME", "ROLE", "CREATED", "EXPIRES", "STATE"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for key in answer
        .get("keys")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let state = if is_revoked(key) { "revoked" } else { "active" };
        rows.push(vec![
            text_of(key, "id"),
            text_of(key, "name"),
            text_of(key, "role"),
            or_never(key, "created_at"),
            or_never(key, "expires_at"),
            state.to_owned(),
        ]);
    }
    output::columns(&rows)
}

fn or_never(value: &Value, name: &str) -> String {
    value
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or("never")
        .to_owned()
}

fn text_of(value: &Value, name: &str) -> String {
    value
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).map_err(|error| format!("{}. {}", error.message(), error.hint_text()))
}

//! `genkan key …`: API keys, through the tools of toolset `admin`.
//!
//! A key is printed once, alone on standard output; nobody can show it again.

use std::time::Duration;

use genkan_core::{Result, Role};
use serde_json::{Value, json};

use crate::{commands::text::duration, local::Session, output, surroundings::Surroundings};

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
        /// The id of the key, from `genkan key list`
        id: String,
    },
    /// End a key at once, in every process
    Revoke {
        /// The id of the key, from `genkan key list`
        id: String,
    },
}

impl Command {
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
            Self::Rotate { id } => ("admin_key_rotate", json!({ "id": id })),
            Self::Revoke { id } => ("admin_key_revoke", json!({ "id": id })),
        }
    }
}

pub(crate) async fn run(arguments: Arguments, surroundings: &Surroundings) -> Result<()> {
    let (tool, call) = arguments.command.call();
    let answer = Session::ask_admin(surroundings, tool, call).await?;
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
        Command::Revoke { id } => output.result(&answer, || format!("Key {id} is revoked.")),
    }
    Ok(())
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
        let state = if key.get("revoked_at").is_some_and(|at| !at.is_null()) {
            "revoked"
        } else {
            "active"
        };
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

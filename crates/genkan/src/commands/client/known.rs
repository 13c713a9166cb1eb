//! The clients that can be set up: where each keeps its servers, and in which words.

use std::{ffi::OsString, path::PathBuf};

use genkan_core::{Code, Error, Result};
use serde_json::{Value, json};

use crate::{
    commands::client::{
        document::Format,
        way::{Key, Way},
    },
    platform::folders::{System, UserFolders},
};

/// A client that keeps its MCP servers in a file.
#[derive(Debug)]
pub(super) struct Client {
    /// What the command line calls it.
    pub(super) name: &'static str,
    /// What its makers call it.
    pub(super) title: &'static str,
    /// How its file is written.
    pub(super) format: Format,
    /// The part of the file that holds servers by name.
    pub(super) section: &'static str,
    file: fn(&UserFolders, &Variable<'_>) -> PathBuf,
    entry: fn(&Way) -> Result<Value>,
}

/// Looks a variable of the environment up.
pub(super) type Variable<'a> = dyn Fn(&str) -> Option<OsString> + 'a;

/// Every client, in the order of `genkan client list`.
pub(super) const ALL: &[Client] = &[
    Client {
        name: "claude-desktop",
        title: "Claude Desktop",
        format: Format::Json,
        section: "mcpServers",
        file: |user, _| {
            user.settings
                .join("Claude")
                .join("claude_desktop_config.json")
        },
        entry: |way| match way {
            Way::Stdio { .. } => Ok(command(way)),
            Way::Http { .. } => Err(Error::new(
                Code::InvalidArguments,
                "the file of Claude Desktop takes no address",
            )
            .hint("Leave `--http` out, or add the address in Settings → Connectors.")),
        },
    },
    Client {
        name: "claude-code",
        title: "Claude Code",
        format: Format::Json,
        section: "mcpServers",
        file: |user, variable| {
            folder(variable, "CLAUDE_CONFIG_DIR")
                .unwrap_or_else(|| user.home.clone())
                .join(".claude.json")
        },
        entry: |way| Ok(typed(way, |name| format!("${{{name}}}"))),
    },
    Client {
        name: "cursor",
        title: "Cursor",
        format: Format::Json,
        section: "mcpServers",
        file: |user, _| user.home.join(".cursor").join("mcp.json"),
        entry: |way| match way {
            Way::Stdio { .. } => Ok(command(way)),
            Way::Http { url, key } => {
                let header = bearer(key, |name| format!("${{env:{name}}}"));
                Ok(json!({ "url": url, "headers": header }))
            }
        },
    },
    Client {
        name: "vscode",
        title: "VS Code",
        format: Format::JsonWithComments,
        section: "servers",
        file: |user, _| user.settings.join("Code").join("User").join("mcp.json"),
        entry: |way| Ok(typed(way, |name| format!("${{env:{name}}}"))),
    },
    Client {
        name: "zed",
        title: "Zed",
        format: Format::JsonWithComments,
        section: "context_servers",
        file: |user, _| {
            let folder = match user.system {
                System::Linux => user.settings.join("zed"),
                System::MacOs => user.home.join(".config").join("zed"),
                System::Windows => user.settings.join("Zed"),
            };
            folder.join("settings.json")
        },
        entry: |way| match way {
            Way::Stdio { .. } => Ok(command(way)),
            Way::Http {
                key: Key::Variable(_),
                ..
            } => Err(Error::new(
                Code::InvalidArguments,
                "Zed takes no variables in its settings",
            )
            .hint("Give the key itself: `--key-file FILE`.")),
            Way::Http { url, key } => {
                Ok(json!({ "url": url, "headers": bearer(key, str::to_owned) }))
            }
        },
    },
    Client {
        name: "codex",
        title: "Codex",
        format: Format::Toml,
        section: "mcp_servers",
        file: |user, variable| {
            folder(variable, "CODEX_HOME")
                .unwrap_or_else(|| user.home.join(".codex"))
                .join("config.toml")
        },
        entry: |way| match way {
            Way::Stdio { .. } => Ok(command(way)),
            Way::Http {
                url,
                key: Key::Variable(name),
            } => Ok(json!({ "url": url, "bearer_token_env_var": name })),
            Way::Http { url, key } => {
                Ok(json!({ "url": url, "http_headers": bearer(key, str::to_owned) }))
            }
        },
    },
];

impl Client {
    /// The client of this name.
    pub(super) fn named(name: &str) -> Result<&'static Self, String> {
        ALL.iter()
            .find(|client| client.name == name)
            .ok_or_else(|| {
                let names: Vec<_> = ALL.iter().map(|client| client.name).collect();
                format!("it must be one of {}", names.join(", "))
            })
    }

    /// Its file for this user, which need not exist.
    pub(super) fn file(&self, user: &UserFolders, variable: &Variable<'_>) -> PathBuf {
        (self.file)(user, variable)
    }

    /// Our entry in its words.
    pub(super) fn entry(&self, way: &Way) -> Result<Value> {
        (self.entry)(way)
    }
}

/// The words in which most clients start a program.
fn command(way: &Way) -> Value {
    match way {
        Way::Stdio { command, args } => json!({ "command": command, "args": args }),
        Way::Http { url, .. } => json!({ "url": url }),
    }
}

/// The words of those that also name the kind of server.
fn typed(way: &Way, variable: fn(&str) -> String) -> Value {
    match way {
        Way::Stdio { command, args } => {
            json!({ "type": "stdio", "command": command, "args": args })
        }
        Way::Http { url, key } => {
            json!({ "type": "http", "url": url, "headers": bearer(key, variable) })
        }
    }
}

fn bearer(key: &Key, variable: fn(&str) -> String) -> Value {
    let text = match key {
        Key::Variable(name) => variable(name),
        Key::Text(key) => key.expose().clone(),
    };
    json!({ "Authorization": format!("Bearer {text}") })
}

fn folder(variable: &Variable<'_>, name: &str) -> Option<PathBuf> {
    variable(name)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

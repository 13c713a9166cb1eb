//! `genkan client …`: tells the AI clients on this computer of this house, and takes that back.
//!
//! Only our own entry in a client's file is ever touched. Before it is, the file is copied beside
//! itself; a file that cannot be understood is left alone.

mod document;
mod file;
mod known;
#[cfg(test)]
mod tests;
mod way;

use std::process::ExitCode;

use genkan_core::{Code, Error, Result};
use serde_json::{Value, json};

use crate::{
    commands::client::{
        file::{Change, ClientFile, State},
        known::Client,
    },
    output,
    platform::folders::{System, UserFolders},
    surroundings::Surroundings,
};

/// Set up the AI clients on this computer: claude-desktop, claude-code, cursor, vscode, zed, codex
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Add Genkan to a client, or to every client found; its file is copied first
    Install {
        /// The client [default: every client found on this computer]
        #[arg(value_parser = Client::named)]
        name: Option<&'static Client>,
        #[command(flatten)]
        way: way::Flags,
        /// Show what would be written, and write nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Take Genkan out of a client, or out of every client found
    Remove {
        /// The client [default: every client found on this computer]
        #[arg(value_parser = Client::named)]
        name: Option<&'static Client>,
        /// Show what would be done, and do nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Show which clients are here, and which of them know Genkan
    List {
        /// The client [default: all that can be set up]
        #[arg(value_parser = Client::named)]
        name: Option<&'static Client>,
    },
}

pub(crate) fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode> {
    let desk = Desk::of(surroundings)?;
    match &arguments.command {
        Command::List { name } => {
            desk.list(*name);
            Ok(ExitCode::SUCCESS)
        }
        Command::Install { name, way, dry_run } => {
            let way = way.way(surroundings)?;
            desk.each(*name, *dry_run, |file| file.install(&way))
        }
        Command::Remove { name, dry_run } => desk.each(*name, *dry_run, ClientFile::remove),
    }
}

/// The clients of one user.
struct Desk<'a> {
    surroundings: &'a Surroundings,
    user: UserFolders,
}

impl<'a> Desk<'a> {
    fn of(surroundings: &'a Surroundings) -> Result<Self> {
        let variable = |name: &str| surroundings.environment.find(name).cloned();
        let user = UserFolders::find(System::here(), variable).ok_or_else(|| {
            Error::new(Code::ConfigInvalid, "this user has no home folder")
                .hint("Set HOME (on Windows: USERPROFILE) to the folder that the clients use.")
        })?;
        Ok(Self { surroundings, user })
    }

    fn file(&self, client: &'static Client) -> ClientFile {
        let variable = |name: &str| self.surroundings.environment.find(name).cloned();
        ClientFile::new(client, client.file(&self.user, &variable), &self.user)
    }

    /// Changes one client, or each that is found. One that cannot be changed does not keep the
    /// others from it.
    fn each(
        &self,
        name: Option<&'static Client>,
        dry_run: bool,
        change: impl Fn(&ClientFile) -> Result<Change>,
    ) -> Result<ExitCode> {
        let act = |file: &ClientFile| {
            let change = change(file)?;
            if !dry_run {
                file.write(&change)?;
            }
            Ok(change)
        };
        if let Some(client) = name {
            let file = self.file(client);
            file.expect_found()?;
            let change = act(&file)?;
            self.tell(&[(client, change)], dry_run);
            return Ok(ExitCode::SUCCESS);
        }
        let found: Vec<_> = known::ALL
            .iter()
            .map(|client| self.file(client))
            .filter(ClientFile::is_found)
            .collect();
        if found.is_empty() {
            let message = "no client that can be set up was found on this computer";
            return Err(Error::new(Code::NoSuchItem, message)
                .hint("`genkan client list` shows where each was looked for."));
        }
        let (mut done, mut ended) = (Vec::new(), ExitCode::SUCCESS);
        for file in &found {
            match act(file) {
                Ok(change) => done.push((file.client, change)),
                Err(error) => {
                    self.surroundings.output.error(&error);
                    ended = output::exit_code(&error);
                }
            }
        }
        self.tell(&done, dry_run);
        Ok(ended)
    }

    fn tell(&self, done: &[(&Client, Change)], dry_run: bool) {
        let json = |(client, change): &(&Client, Change)| {
            json!({
                "client": client.name,
                "file": change.file,
                "changed": change.is_one(),
                "entry": change.entry.as_ref().map(shown),
                "backup": change.backup,
            })
        };
        let clients: Vec<Value> = done.iter().map(json).collect();
        let result = json!({ "dry_run": dry_run, "clients": clients });
        self.surroundings.output.result(&result, || {
            let lines = done
                .iter()
                .map(|(client, change)| change.told(client, dry_run));
            lines.collect::<Vec<_>>().join("\n")
        });
    }

    fn list(&self, name: Option<&'static Client>) {
        let wanted = known::ALL
            .iter()
            .filter(|client| name.is_none_or(|name| name.name == client.name));
        let states: Vec<_> = wanted
            .map(|client| {
                let file = self.file(client);
                let state = file.state();
                (client, file, state)
            })
            .collect();
        let json = |(client, file, state): &(&Client, ClientFile, State)| {
            json!({
                "client": client.name,
                "title": client.title,
                "state": state.word(),
                "file": file.path,
                "entry": state.entry().map(shown),
                "error": state.fault().map(Error::shown),
            })
        };
        let clients: Vec<Value> = states.iter().map(json).collect();
        self.surroundings
            .output
            .result(&json!({ "clients": clients }), || {
                let head = ["CLIENT", "STATE", "FILE"].map(str::to_owned).to_vec();
                let row = |(client, file, state): &(&Client, ClientFile, State)| {
                    let path = file.path.display().to_string();
                    vec![client.name.to_owned(), state.word().to_owned(), path]
                };
                let rows: Vec<_> = std::iter::once(head)
                    .chain(states.iter().map(row))
                    .collect();
                let faults = states.iter().filter_map(|(_, _, state)| state.fault());
                let faults: String = faults.map(|error| format!("\n{error}")).collect();
                format!("{}{faults}", output::columns(&rows))
            });
    }
}

/// An entry as it may be shown: with the key hidden, if it holds one.
fn shown(entry: &Value) -> Value {
    match entry {
        Value::Object(entries) => {
            let hidden = |(name, value): (&String, &Value)| {
                let text = value.as_str().unwrap_or_default();
                let is_key = name == "Authorization" && text.contains("gk_");
                let value = if is_key {
                    json!("Bearer (hidden)")
                } else {
                    shown(value)
                };
                (name.clone(), value)
            };
            Value::Object(entries.iter().map(hidden).collect())
        }
        other => other.clone(),
    }
}

//! Who is measured, and how each is started.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use genkan_testkit::TestDb;

use crate::{
    filled::{self, Many},
    message::Ask,
    server::{self, Server},
};

/// The master key of stores that have none of their own.
const MASTER: &str = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f";

/// A server that takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// axum alone.
    Floor,
    /// The official Rust SDK.
    Rmcp,
    /// The framework for Python.
    FastMcp,
    /// The official TypeScript SDK.
    TypeScript,
    /// The full stack with the echo tool of the tests.
    EchoSqlite,
    /// The same on PostgreSQL.
    EchoPostgres,
    /// The binary.
    Sqlite,
    /// The binary on PostgreSQL.
    Postgres,
    /// The full stack, at the profile of so many made-up tools.
    Tools(usize),
    /// The full stack with so many tenants, each asking with a key of its own.
    Tenants(usize),
    /// The full stack with so many keys, all of them asking.
    Keys(usize),
}

impl Subject {
    /// The name in tables.
    pub fn name(self) -> String {
        match self {
            Self::Floor => "axum echo".into(),
            Self::Rmcp => "rmcp 3.9".into(),
            Self::FastMcp => "FastMCP 4".into(),
            Self::TypeScript => "TypeScript SDK 2".into(),
            Self::EchoSqlite | Self::Sqlite => "Genkan, SQLite".into(),
            Self::EchoPostgres | Self::Postgres => "Genkan, PostgreSQL".into(),
            Self::Tools(number) => format!("Genkan, {number} tools"),
            Self::Tenants(number) => format!("Genkan, {number} tenants"),
            Self::Keys(number) => format!("Genkan, {number} keys"),
        }
    }

    /// Whether it is ours.
    pub fn is_genkan(self) -> bool {
        !matches!(
            self,
            Self::Floor | Self::Rmcp | Self::FastMcp | Self::TypeScript
        )
    }

    /// Whether its store is PostgreSQL.
    pub fn is_on_postgres(self) -> bool {
        matches!(self, Self::EchoPostgres | Self::Postgres)
    }

    /// What there are many of, and how many.
    pub fn size(self) -> Option<(&'static str, usize)> {
        match self {
            Self::Tools(number) => Some(("tools", number)),
            Self::Tenants(number) => Some(("tenants", number)),
            Self::Keys(number) => Some(("keys", number)),
            _ => None,
        }
    }

    /// The echo as this server offers it.
    pub fn echo(self) -> Ask {
        Ask::echo(match self {
            Self::Tools(_) => "made_tool_00000",
            _ if self.is_genkan() => "test_echo",
            _ => "echo",
        })
    }
}

/// Where the programs are. What is absent is skipped with a message.
#[derive(Clone, Debug)]
pub struct Programs {
    /// The binary `genkan`.
    pub genkan: PathBuf,
    /// The same with tools to measure.
    pub house: PathBuf,
    /// A Python that has FastMCP.
    pub python: Option<PathBuf>,
    /// Node, and the folder in which the TypeScript SDK is installed.
    pub node: Option<(PathBuf, PathBuf)>,
    /// The scripts of the peers.
    pub peers: PathBuf,
    /// Where this crate's own programs lie.
    pub beside: PathBuf,
}

/// A started server with what it needs.
pub struct Running {
    /// Who it is.
    pub subject: Subject,
    /// The process.
    pub server: Server,
    /// The key of an admin, where keys are known; the floor gets one that is as long.
    pub key: Option<String>,
    /// Keys of users who ask in turn; without any the admin asks.
    pub keys: Vec<String>,
    /// The path of its endpoint.
    path: &'static str,
    /// Its data; kept so that the server can be started again on it.
    pub folder: PathBuf,
    _database: Option<TestDb>,
}

impl Running {
    /// A server that has just started on this folder, and wrote the key of its admin there.
    pub fn of(subject: Subject, server: Server, folder: PathBuf) -> Self {
        let key = match subject {
            // It reads past what others look up.
            Subject::Floor => Some(format!("gk_{:0>60}", 0)),
            _ => std::fs::read_to_string(folder.join("admin.key")).ok(),
        };
        Self {
            subject,
            server,
            key: key.map(|text| text.trim().to_owned()),
            keys: Vec::new(),
            path: match subject {
                Subject::Tools(_) => "/mcp/made",
                _ => "/mcp",
            },
            folder,
            _database: None,
        }
    }

    /// The path of its endpoint.
    pub fn path(&self) -> &str {
        self.path
    }

    /// Header lines that say who asks, each ended.
    pub fn credentials(&self) -> String {
        self.key.as_ref().map_or_else(String::new, bearer)
    }

    /// The same for each of those who ask as this of so many clients, at least one: all keys are
    /// dealt out, and where there are fewer than clients they are shared.
    pub fn credentials_of(&self, client: usize, clients: usize) -> Vec<String> {
        if self.keys.is_empty() {
            return vec![self.credentials()];
        }
        let first = client % self.keys.len();
        let own = self.keys.iter().skip(first).step_by(clients.max(1));
        own.map(bearer).collect()
    }
}

#[allow(clippy::ptr_arg, reason = "it maps lists of strings")]
fn bearer(key: &String) -> String {
    format!("Authorization: Bearer {key}\r\n")
}

/// Starts the server on a store of its own below the folder. The floor answers with so many bytes.
pub async fn start(
    subject: Subject,
    programs: &Programs,
    scratch: &Path,
    answer_bytes: usize,
) -> Result<Running> {
    start_with(subject, programs, scratch, answer_bytes, &[]).await
}

/// The same with more variables in its environment.
pub async fn start_with(
    subject: Subject,
    programs: &Programs,
    scratch: &Path,
    answer_bytes: usize,
    variables: &[(&str, String)],
) -> Result<Running> {
    let folder = scratch.join(
        format!("{subject:?}")
            .to_ascii_lowercase()
            .replace(['(', ')'], "-"),
    );
    std::fs::create_dir_all(&folder)?;
    let keys = match subject {
        Subject::Tenants(number) => filled::make(&folder, MASTER, Many::Tenants, number).await?,
        Subject::Keys(number) => filled::make(&folder, MASTER, Many::Keys, number).await?,
        _ => Vec::new(),
    };
    let database = match subject.is_on_postgres() {
        true => Some(TestDb::postgres().await.context("there is no PostgreSQL")?),
        false => None,
    };
    let url = database.as_ref().and_then(TestDb::url);
    let mut command = command(subject, programs, &folder, answer_bytes)?;
    command.env("GENKAN_LIMITS__CALLS_PER_MINUTE", "4000000000");
    // Each client of each turn opens one, and they are all of one caller.
    command.env("GENKAN_LIMITS__SESSIONS_PER_PRINCIPAL", "10000");
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    // Every search is to be one.
    command.env("GENKAN_KNOWLEDGE__SEARCH_CACHE", "false");
    if let Some(url) = &url {
        command
            .env("GENKAN_STORE__URL", url)
            .env("GENKAN_STORE__AUTO_MIGRATE", "true")
            .env("GENKAN_SECRETS__MASTER_KEY", MASTER);
    }
    if !keys.is_empty() {
        command.env("GENKAN_SECRETS__MASTER_KEY", MASTER);
    }
    let server = Server::start(&mut command, &folder.join("log"))?;
    Ok(Running {
        keys,
        _database: database,
        ..Running::of(subject, server, folder)
    })
}

/// The command that serves on a free port of 127.0.0.1.
pub fn command(
    subject: Subject,
    programs: &Programs,
    folder: &Path,
    answer_bytes: usize,
) -> Result<std::process::Command> {
    let own = |name: &str| server::command(&programs.beside.join(name));
    Ok(match subject {
        Subject::Floor => {
            let mut command = own("genkan-bench-floor");
            command.arg(answer_bytes.to_string());
            command
        }
        Subject::Rmcp => own("genkan-bench-rmcp"),
        Subject::FastMcp => {
            let python = programs
                .python
                .as_ref()
                .context("no Python with FastMCP was set up")?;
            let mut command = server::command(python);
            command.arg(programs.peers.join("python/fastmcp_echo.py"));
            command
        }
        Subject::TypeScript => {
            let (node, folder) = programs
                .node
                .as_ref()
                .context("no Node with the TypeScript SDK was set up")?;
            let mut command = server::command(node);
            // Beside the modules, since that is where Node looks for them.
            command.arg(folder.join("typescript_echo.mjs"));
            command
        }
        Subject::Sqlite | Subject::Postgres => genkan(&programs.genkan, folder),
        Subject::EchoSqlite | Subject::EchoPostgres | Subject::Tenants(_) | Subject::Keys(_) => {
            genkan(&programs.house, folder)
        }
        Subject::Tools(number) => {
            let mut command = genkan(&programs.house, folder);
            command.env("GENKAN_TEST_TOOLS", number.to_string());
            command
        }
    })
}

fn genkan(binary: &Path, folder: &Path) -> std::process::Command {
    let mut command = server::command(binary);
    command
        .args(["--json", "serve", "--bind", "127.0.0.1:0", "--data-dir"])
        .arg(folder);
    command
}

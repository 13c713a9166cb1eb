//! What is measured: each case is one question, the servers that can answer it, and how it is asked.

use crate::{
    knowledge,
    load::Pace,
    message::{Ask, Era},
    sent,
    subject::Subject::{self, *},
};

/// One question to several servers.
#[derive(Clone, Debug)]
pub struct Case {
    /// A short name, for `--only` and for the report.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub about: &'static str,
    /// Who is asked. The floor comes first where there is one.
    pub subjects: Vec<Subject>,
    /// How many ask at once, each a run of its own.
    pub clients: Vec<usize>,
    /// When they ask.
    pub pace: Pace,
    /// In which words.
    pub era: Era,
    /// What they ask.
    pub question: Question,
}

/// What is asked of whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// A read-only tool without work of its own.
    Echo,
    /// A tool that changes one row, durably.
    Change,
    /// A tool that changes something outside: kept durably before it runs, and when it has.
    Send,
    /// A new entry of knowledge, indexed.
    Write,
    /// Ranked knowledge for a task, out of [`ENTRIES`] entries.
    Context,
    /// All tools.
    List,
}

impl Question {
    /// The words for this server.
    pub fn ask(self, subject: Subject) -> Ask {
        let call = |tool: &str, arguments: &str| Ask::Call {
            tool: tool.to_owned(),
            arguments: arguments.to_owned(),
        };
        match self {
            Self::Echo => subject.echo(),
            Self::List => Ask::List { cursor: None },
            Self::Change => call("knowledge_update_namespace", CHANGE),
            Self::Send => Ask::echo(match subject {
                Subject::Floor => "echo",
                _ => sent::TOOL,
            }),
            Self::Write => call("knowledge_write_knowledge", WRITE),
            Self::Context => call("knowledge_get_task_context", &knowledge::query(7)),
        }
    }
}

const CHANGE: &str = r#"{"name":"bench","description":"Change number {n}."}"#;
const WRITE: &str = concat!(
    r#"{"scope":"bench:load","context":"release deploy rollback number{n}","#,
    r#""content":"Releases go out on Tuesdays; entry {n} says how to roll one back."}"#
);

/// All cases. A quick run asks with fewer clients and leaves some out.
pub fn all(quick: bool) -> Vec<Case> {
    let mut cases = usual(quick);
    if !quick {
        cases.extend(rare());
    }
    let open = Case {
        pace: Pace::Open(1_000.0),
        ..case(
            "echo-open",
            "the echo at 1,000 requests per second, whether answered or not",
            &[Floor, EchoSqlite, EchoPostgres, Rmcp],
            &[16],
            Question::Echo,
        )
    };
    cases.push(open);
    cases
}

fn case(
    name: &'static str,
    about: &'static str,
    subjects: &[Subject],
    clients: &[usize],
    question: Question,
) -> Case {
    Case {
        name,
        about,
        subjects: subjects.to_vec(),
        clients: clients.to_vec(),
        pace: Pace::Closed,
        era: Era::Modern,
        question,
    }
}

/// What every run asks.
fn usual(quick: bool) -> Vec<Case> {
    let crowds: &[usize] = if quick { &[16, 64] } else { &[1, 16, 64, 100] };
    vec![
        case(
            "echo",
            "`tools/call` of a read-only echo, MCP 2026-07-28",
            &[Floor, EchoSqlite, EchoPostgres, Rmcp, FastMcp, TypeScript],
            crowds,
            Question::Echo,
        ),
        case(
            "change",
            "`tools/call` that changes one row, durable before it is answered",
            &[Floor, Sqlite, Postgres],
            crowds,
            Question::Change,
        ),
        case(
            "list-50",
            "`tools/list` with 50 tools",
            &[Floor, Tools(50)],
            if quick { &[64] } else { &[16, 64] },
            Question::List,
        ),
    ]
}

/// What only a full run asks.
fn rare() -> Vec<Case> {
    vec![
        case(
            "list-5000",
            "`tools/list` with 5,000 tools, the first page",
            &[Floor, Tools(5_000)],
            &[16],
            Question::List,
        ),
        case(
            "send",
            "`tools/call` of an echo that leaves the house: durable before it runs, and when it has",
            &[Floor, EchoSqlite, EchoPostgres],
            &[16, 64],
            Question::Send,
        ),
        case(
            "write",
            "`knowledge_write_knowledge`: an entry, indexed, with its likely conflicts",
            &[Floor, Sqlite, Postgres],
            &[16, 64],
            Question::Write,
        ),
        case(
            "context",
            "`knowledge_get_task_context` with three queries over 1,000 entries",
            &[Floor, Sqlite, Postgres],
            &[1, 16, 64],
            Question::Context,
        ),
        Case {
            era: Era::Legacy,
            ..case(
                "echo-legacy",
                "the echo in sessions of MCP 2025-11-25",
                &[Floor, EchoSqlite, EchoPostgres],
                &[1, 16, 64, 100],
                Question::Echo,
            )
        },
        case(
            "echo-by-tools",
            "the echo out of 50, 500 and 5,000 tools",
            &[Floor, Tools(50), Tools(500), Tools(5_000)],
            &[16],
            Question::Echo,
        ),
        case(
            "echo-by-tenants",
            "the echo by 1, 100 and 1,000 tenants in turn",
            &[Floor, Tenants(1), Tenants(100), Tenants(1_000)],
            &[16],
            Question::Echo,
        ),
        case(
            "echo-by-keys",
            "the echo with 1, 1,000 and 10,000 keys in turn",
            &[Floor, Keys(1), Keys(1_000), Keys(10_000)],
            &[16],
            Question::Echo,
        ),
    ]
}

/// How many entries the case `context` searches.
pub const ENTRIES: usize = 1_000;

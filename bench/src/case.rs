//! What is measured: each case is one question, the servers that can answer it, and how it is asked.

use crate::{
    load::Pace,
    message::{Ask, Era},
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
    /// A new entry of knowledge, indexed.
    Write,
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
            Self::List => Ask::List,
            Self::Change => call("knowledge_update_namespace", CHANGE),
            Self::Write => call("knowledge_write_knowledge", WRITE),
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
    let many = |few: &[usize], all: &[usize]| if quick { few.to_vec() } else { all.to_vec() };
    let case = |name, about, subjects: &[Subject], clients, question| Case {
        name,
        about,
        subjects: subjects.to_vec(),
        clients,
        pace: Pace::Closed,
        era: Era::Modern,
        question,
    };
    let mut cases = vec![
        case(
            "echo",
            "`tools/call` of a read-only echo, MCP 2026-07-28",
            &[Floor, EchoSqlite, EchoPostgres, Rmcp, FastMcp, TypeScript],
            many(&[16, 64], &[1, 16, 64, 100]),
            Question::Echo,
        ),
        case(
            "change",
            "`tools/call` that changes one row, durable before it is answered",
            &[Floor, Sqlite, Postgres],
            many(&[16, 64], &[1, 16, 64, 100]),
            Question::Change,
        ),
        case(
            "list-50",
            "`tools/list` with 50 tools",
            &[Floor, Tools(LIST_50)],
            many(&[64], &[16, 64]),
            Question::List,
        ),
    ];
    if !quick {
        cases.push(case(
            "list-5000",
            "`tools/list` with 5,000 tools, the first page",
            &[Floor, Tools(LIST_5000)],
            vec![16],
            Question::List,
        ));
        cases.push(case(
            "write",
            "`knowledge_write_knowledge`: an entry, indexed, with its likely conflicts",
            &[Floor, Sqlite, Postgres],
            vec![16, 64],
            Question::Write,
        ));
        let mut legacy = case(
            "echo-legacy",
            "the echo in sessions of MCP 2025-11-25",
            &[Floor, EchoSqlite],
            vec![16, 64],
            Question::Echo,
        );
        legacy.era = Era::Legacy;
        cases.push(legacy);
    }
    let mut open = case(
        "echo-open",
        "the echo at 1,000 requests per second, whether answered or not",
        &[Floor, EchoSqlite, EchoPostgres, Rmcp],
        vec![16],
        Question::Echo,
    );
    open.pace = Pace::Open(1_000.0);
    cases.push(open);
    cases
}

/// With the 12 tools of knowledge and the 6 of the tests these make 50.
pub const LIST_50: usize = 32;
/// And these 5,000.
const LIST_5000: usize = 4_982;

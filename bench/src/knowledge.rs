//! A small store of team knowledge, for the cases that search in one or write to one.

use std::{fmt::Write as _, time::Duration};

use anyhow::{Result, bail, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::{
    ask,
    http::Connection,
    message::{Ask, Era},
    subject::Running,
    template::Template,
};

/// How many ask for entries to be written at once.
const WRITERS: usize = 16;
/// How often a server may say that it is too busy, and how long to wait after that.
const ATTEMPTS: usize = 50;
const PAUSE: Duration = Duration::from_millis(200);
/// The calls that make the scope which entries are written to.
pub const BEGINNING: [(&str, &str); 2] = [
    (
        "knowledge_create_namespace",
        r#"{"name":"bench","description":"For the benchmark."}"#,
    ),
    (
        "knowledge_create_scope",
        r#"{"scope":"bench:load","description":"For the benchmark."}"#,
    ),
];

/// Words as a team uses them: some in every entry, most in few.
const WORDS: [&str; 16] = [
    "deploy",
    "release",
    "rollback",
    "database",
    "migration",
    "customer",
    "invoice",
    "payment",
    "latency",
    "cache",
    "review",
    "incident",
    "backup",
    "region",
    "contract",
    "holiday",
];

/// Makes the scope that entries are written to.
pub async fn begin(running: &Running) -> Result<()> {
    for (tool, arguments) in BEGINNING {
        ask::once(running, tool, arguments).await?;
    }
    Ok(())
}

/// Writes entries with these numbers.
pub async fn write(running: &Running, numbers: std::ops::Range<usize>) -> Result<()> {
    let step = numbers.len().div_ceil(WRITERS).max(1);
    let parts: Vec<_> = numbers.clone().step_by(step).collect();
    let writers = parts.into_iter().map(|from| {
        let to = (from + step).min(numbers.end);
        async move {
            let mut connection = Connection::open(running.server.address).await?;
            for number in from..to {
                let ask = Ask::Call {
                    tool: "knowledge_write_knowledge".into(),
                    arguments: entry(number),
                };
                let request = Template::new(&ask, Era::Modern, "/mcp", &running.credentials());
                write_one(&mut connection, request).await?;
            }
            Ok(())
        }
    });
    stream::iter(writers)
        .buffer_unordered(WRITERS)
        .try_collect::<()>()
        .await
}

/// Writes one entry; a server that says it is too busy is asked again.
async fn write_one(connection: &mut Connection, mut request: Template) -> Result<()> {
    for _ in 0..ATTEMPTS {
        let reply = connection.exchange(request.numbered(0)).await?;
        if reply.status != 503 {
            ensure!(reply.is_well(), "{}", String::from_utf8_lossy(reply.body));
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
    bail!("the server was too busy {ATTEMPTS} times to write an entry")
}

/// An entry: some common words, and a few that one entry in a thousand has.
pub fn entry(number: usize) -> String {
    let word = |shift: usize| WORDS[(number * 7 + shift * 5 + number / 16) % WORDS.len()];
    let rare = (number * 2_654_435_761) % 1_000;
    format!(
        "{{\"scope\":\"bench:load\",\"context\":\"{} {} topic{rare}\",\"content\":\"Note {number}: \
         the {} of topic{rare} comes before the {}, and the {} is told to the team that owns it.\"}}",
        word(0),
        word(1),
        word(2),
        word(3),
        word(4),
    )
}

/// Three queries, as an assistant asks before a task: one of rare words and two of common ones.
pub fn query(number: usize) -> String {
    let mut text = String::from("{\"scope\":\"bench:load\",\"queries\":[");
    let _ = write!(
        text,
        "\"topic{} {}\",",
        (number * 37) % 1_000,
        WORDS[number % 16]
    );
    let _ = write!(
        text,
        "\"{} {}\",",
        WORDS[(number + 3) % 16],
        WORDS[(number + 8) % 16]
    );
    let _ = write!(text, "\"{} of the team\"]}}", WORDS[(number + 5) % 16]);
    text
}

//! Speaks to one server: sets up what a case needs, opens sessions, and makes the requests.

use anyhow::{Context, Result, bail, ensure};

use crate::{
    case::{Case, ENTRIES, Question},
    http::Connection,
    knowledge,
    message::{Ask, Era, INITIALIZE, INITIALIZED},
    subject::{Running, Subject},
    template::Template,
};

/// The requests that one of so many clients will send again and again: one for each of its keys. In
/// the legacy era the client has a session of its own.
pub async fn templates(
    running: &Running,
    case: &Case,
    client: usize,
    clients: usize,
) -> Result<Vec<Template>> {
    let ask = case.question.ask(running.subject);
    let mut templates = Vec::new();
    for mut extra in running.credentials_of(client, clients) {
        if case.era == Era::Legacy {
            let session = match running.subject {
                Subject::Floor => "0".repeat(43),
                _ => {
                    let mut connection = Connection::open(running.server.address).await?;
                    open_session(running, &mut connection).await?
                }
            };
            extra.push_str(&format!("Mcp-Session-Id: {session}\r\n"));
        }
        templates.push(Template::new(&ask, case.era, running.path(), &extra));
    }
    Ok(templates)
}

/// Makes what the question speaks of, asks it once, and returns how long the answer is.
pub async fn prepare(running: &Running, case: &Case) -> Result<usize> {
    if running.subject.is_genkan() && matches!(case.question, Question::Change | Question::Write) {
        knowledge::begin(running).await?;
    }
    if running.subject.is_genkan() && case.question == Question::Context {
        knowledge::begin(running).await?;
        knowledge::write(running, 0..ENTRIES).await?;
    }
    if let Subject::Tools(number) = running.subject {
        let listed = count_tools(running).await?;
        ensure!(listed == number, "it lists {listed} tools");
    }
    let mut templates = templates(running, case, 0, 1).await?;
    let template = templates.first_mut().context("somebody asks")?;
    let mut connection = Connection::open(running.server.address).await?;
    let reply = connection.exchange(template.numbered(0)).await?;
    ensure!(
        reply.is_well(),
        "it answers {} {}",
        reply.status,
        shown(reply.body)
    );
    Ok(reply.body.len())
}

/// Calls a tool once and returns the whole answer.
pub async fn once(running: &Running, tool: &str, arguments: &str) -> Result<String> {
    let ask = Ask::Call {
        tool: tool.to_owned(),
        arguments: arguments.to_owned(),
    };
    let mut template = Template::new(&ask, Era::Modern, running.path(), &running.credentials());
    let mut connection = Connection::open(running.server.address).await?;
    let reply = connection.exchange(template.numbered(0)).await?;
    ensure!(
        reply.is_well(),
        "`{tool}` answers {} {}",
        reply.status,
        shown(reply.body)
    );
    Ok(String::from_utf8_lossy(reply.body).into_owned())
}

/// Lists all tools, page by page, and returns how many there are.
pub async fn count_tools(running: &Running) -> Result<usize> {
    let mut connection = Connection::open(running.server.address).await?;
    let (mut count, mut cursor) = (0, None);
    loop {
        let ask = Ask::List { cursor };
        let mut template = Template::new(&ask, Era::Modern, running.path(), &running.credentials());
        let reply = connection.exchange(template.numbered(0)).await?;
        ensure!(
            reply.is_well(),
            "`tools/list` answers {} {}",
            reply.status,
            shown(reply.body)
        );
        let page: serde_json::Value = serde_json::from_slice(reply.body)?;
        count += page["result"]["tools"].as_array().map_or(0, Vec::len);
        cursor = page["result"]["nextCursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            return Ok(count);
        }
    }
}

/// Opens a session of the legacy era on this connection.
pub async fn open_session(running: &Running, connection: &mut Connection) -> Result<String> {
    let list = Ask::List { cursor: None };
    let headers = format!("{}{}", list.headers(Era::Legacy), running.credentials());
    let mut hello = Template::of_body(INITIALIZE, running.path(), &headers);
    let reply = connection.exchange(hello.numbered(0)).await?;
    let Some(session) = reply.header("mcp-session-id") else {
        bail!(
            "it opens no session: {} {}",
            reply.status,
            shown(reply.body)
        );
    };
    let session = session.to_owned();
    let headers = format!("{headers}Mcp-Session-Id: {session}\r\n");
    let mut ready = Template::of_body(INITIALIZED, running.path(), &headers);
    let reply = connection
        .exchange(ready.numbered(0))
        .await
        .context("it ended the session")?;
    ensure!(
        reply.status == 202,
        "it answers {} to a notification",
        reply.status
    );
    Ok(session)
}

fn shown(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(300)]).into_owned()
}

//! Speaks to one server: sets up what a case needs, opens sessions, and makes the requests.

use anyhow::{Context, Result, bail, ensure};

use crate::{
    case::{Case, Question},
    http::Connection,
    message::{Ask, Era, INITIALIZE, INITIALIZED},
    subject::{Running, Subject},
    template::Template,
};

/// The request that one client will send again and again. In the legacy era the client has a
/// session of its own.
pub async fn template(running: &Running, case: &Case) -> Result<Template> {
    let mut extra = running.credentials();
    if case.era == Era::Legacy && running.subject != Subject::Floor {
        let session = open_session(running).await?;
        extra.push_str(&format!("Mcp-Session-Id: {session}\r\n"));
    }
    let ask = case.question.ask(running.subject);
    Ok(Template::new(&ask, case.era, running.path(), &extra))
}

/// Makes what the question speaks of, asks it once, and returns how long the answer is.
pub async fn prepare(running: &Running, case: &Case) -> Result<usize> {
    if running.subject.is_genkan() && matches!(case.question, Question::Change | Question::Write) {
        let namespace = r#"{"name":"bench","description":"For the benchmark."}"#;
        once(running, "knowledge_create_namespace", namespace).await?;
        let scope = r#"{"scope":"bench:load","description":"For the benchmark."}"#;
        once(running, "knowledge_create_scope", scope).await?;
    }
    let mut template = template(running, case).await?;
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

/// Lists the tools once.
pub async fn list_once(running: &Running) -> Result<()> {
    let mut template = Template::new(
        &Ask::List,
        Era::Modern,
        running.path(),
        &running.credentials(),
    );
    let mut connection = Connection::open(running.server.address).await?;
    let reply = connection.exchange(template.numbered(0)).await?;
    ensure!(
        reply.is_well(),
        "`tools/list` answers {} {}",
        reply.status,
        shown(reply.body)
    );
    Ok(())
}

async fn open_session(running: &Running) -> Result<String> {
    let headers = format!(
        "{}{}",
        Ask::List.headers(Era::Legacy),
        running.credentials()
    );
    let mut connection = Connection::open(running.server.address).await?;
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

//! Fills a store through the door: `knowledge_import`, two hundred entries per call.

use std::{collections::BTreeMap, ops::Range, time::Duration};

use anyhow::{Result, bail, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::json;

use super::library;
use crate::{
    ask,
    http::Connection,
    message::{Ask, Era},
    subject::Running,
    template::Template,
};

/// How many entries go into one call.
const TOGETHER: usize = 200;
/// How many calls are under way at once: one is read while the other is written.
const WRITERS: usize = 4;
/// How often a server may say that it is too busy, and how long to wait after that.
const ATTEMPTS: usize = 50;
const PAUSE: Duration = Duration::from_millis(200);

/// Makes the namespaces and scopes.
pub(super) async fn begin(running: &Running) -> Result<()> {
    for number in 0..library::NAMESPACES {
        let made = json!({"name": library::namespace(number), "description": "A team"});
        ask::once(running, "knowledge_create_namespace", &made.to_string()).await?;
    }
    for number in 0..library::SCOPES {
        let parents: Vec<String> = library::parent(number).into_iter().collect();
        let scope = library::scope(number);
        let made = json!({"scope": scope, "description": "An area", "parents": parents});
        ask::once(running, "knowledge_create_scope", &made.to_string()).await?;
    }
    Ok(())
}

/// Writes the entries with these numbers.
pub(super) async fn write(running: &Running, numbers: Range<usize>) -> Result<()> {
    let calls = stream::iter(calls(numbers)).map(|call| import(running, call));
    calls.buffer_unordered(WRITERS).try_collect::<()>().await
}

/// Which entries go together: those of one scope, and scopes in turn, since in a company everybody
/// writes all the time.
fn calls(numbers: Range<usize>) -> Vec<(String, Vec<usize>)> {
    let mut homes: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for number in numbers {
        homes.entry(library::home(number)).or_default().push(number);
    }
    let mut calls: Vec<(usize, String, Vec<usize>)> = Vec::new();
    for (home, numbers) in homes {
        for (turn, numbers) in numbers.chunks(TOGETHER).enumerate() {
            calls.push((turn, home.clone(), numbers.to_vec()));
        }
    }
    calls.sort_by_key(|(turn, _, _)| *turn);
    let without_turn = calls.into_iter().map(|(_, home, numbers)| (home, numbers));
    without_turn.collect()
}

async fn import(running: &Running, (scope, numbers): (String, Vec<usize>)) -> Result<()> {
    let entries: Vec<_> = numbers
        .iter()
        .map(|number| library::entry(*number))
        .collect();
    let ask = Ask::Call {
        tool: "knowledge_import".into(),
        arguments: json!({"scope": scope, "entries": entries}).to_string(),
    };
    let mut request = Template::new(&ask, Era::Modern, "/mcp", &running.credentials());
    let mut connection = Connection::open(running.server.address).await?;
    for _ in 0..ATTEMPTS {
        let reply = connection.exchange(request.numbered(0)).await?;
        if reply.status == 503 {
            tokio::time::sleep(PAUSE).await;
            continue;
        }
        let created = format!("\"created\":{}", numbers.len());
        let is_done =
            reply.is_well() && crate::http::find(reply.body, created.as_bytes()).is_some();
        ensure!(is_done, "{}", String::from_utf8_lossy(reply.body));
        return Ok(());
    }
    bail!("the server was too busy {ATTEMPTS} times to import entries")
}

//! Streams of sessions that break, and clients that come back for the rest.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    fixture::House,
    legacy::{Session, call, initialize},
    pauses::Pauses,
    wire::{Ask, Opened},
};

/// One event as it stands in the stream.
#[derive(Debug)]
struct Event {
    id: String,
    retry: bool,
    data: Value,
}

async fn next(opened: &mut Opened) -> Option<Event> {
    loop {
        let piece = opened.piece().await?;
        if piece.starts_with(':') {
            continue;
        }
        let field = |name: &str| piece.lines().find_map(|line| line.strip_prefix(name));
        let data = field("data: ").unwrap();
        return Some(Event {
            id: field("id: ").unwrap().to_owned(),
            retry: field("retry: ").is_some(),
            data: match data {
                "" => Value::Null,
                text => serde_json::from_str(text).unwrap(),
            },
        });
    }
}

/// How far the call is, or the text of its answer.
fn said(event: &Event) -> String {
    match event.data["params"]["progress"].as_i64() {
        Some(progress) => progress.to_string(),
        None => event.data["result"]["content"][0]["text"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
    }
}

async fn rest(opened: &mut Opened) -> Vec<String> {
    let mut all = Vec::new();
    while let Some(event) = next(opened).await {
        if !event.data.is_null() {
            all.push(said(&event));
        }
    }
    all
}

fn steps() -> Value {
    let mut message = call(7, "pause_steps", json!({}));
    message["params"]["_meta"] = json!({"progressToken": "t"});
    message
}

fn after(session: &Session<'_>, id: &str) -> Ask {
    session.bare("GET").header("last-event-id", id)
}

async fn gone(house: &House, ask: Ask) {
    let reply = ask.send(&house.router).await;
    assert_eq!(
        (reply.status.as_u16(), reply.code()),
        (410, "events_gone"),
        "{}",
        reply.text
    );
}

#[tokio::test]
async fn a_call_goes_on_without_its_stream_and_is_heard_to_its_end() {
    let (go, pauses) = Pauses::held();
    let house = House::offering(vec![pauses], |_| {}, |_| {}).await;
    let session = Session::open(&house, "2025-11-25").await;
    let mut opened = session.post(&steps()).open(&house.router).await;
    let start = next(&mut opened).await.unwrap();
    assert!(
        start.data.is_null() && start.retry,
        "it says where it begins: {start:?}"
    );
    let first = next(&mut opened).await.unwrap();
    assert_eq!(said(&first), "1");
    drop(opened);
    go.add_permits(1);

    let mut back = after(&session, &first.id).open(&house.router).await;
    assert!(back.is_stream());
    assert_eq!(
        next(&mut back).await.unwrap().id,
        first.id,
        "it goes on from here"
    );
    assert_eq!(
        said(&next(&mut back).await.unwrap()),
        "2",
        "what it missed or comes now"
    );
    go.add_permits(1);
    assert_eq!(rest(&mut back).await, ["3", "three steps"]);

    // It is over, and is kept for who lost the last answer too.
    let mut again = after(&session, &start.id).open(&house.router).await;
    assert_eq!(rest(&mut again).await, ["1", "2", "3", "three steps"]);
    let ended = session.bare("DELETE").send(&house.router).await;
    assert_eq!(ended.status, 204);
    let reply = after(&session, &start.id).send(&house.router).await;
    assert_eq!(reply.code(), "session_unknown");
}

#[tokio::test]
async fn a_newer_connection_takes_the_place_of_an_older_one() {
    let (go, pauses) = Pauses::held();
    let house = House::offering(vec![pauses], |_| {}, |_| {}).await;
    let session = Session::open(&house, "2025-06-18").await;
    let mut older = session.post(&steps()).open(&house.router).await;
    let first = next(&mut older).await.unwrap();
    assert_eq!(
        said(&first),
        "1",
        "before 2025-11-25 there is no event without data"
    );
    let mut newer = after(&session, &first.id).open(&house.router).await;
    assert!(next(&mut older).await.is_none());
    go.add_permits(2);
    assert_eq!(rest(&mut newer).await, ["2", "3", "three steps"]);
}

#[tokio::test]
async fn who_is_told_that_it_takes_long_comes_back_for_the_answer() {
    let (go, pauses) = Pauses::held();
    let house = House::offering(vec![pauses], |_| {}, |_| {}).await;
    let session = Session::open(&house, "2025-11-25").await;
    let message = call(1, "pause_defers", json!({}));
    let mut opened = session.post(&message).open(&house.router).await;
    let start = next(&mut opened).await.unwrap();
    assert!(
        next(&mut opened).await.is_none(),
        "the server ends the stream, not the call"
    );
    let mut back = after(&session, &start.id).open(&house.router).await;
    assert!(next(&mut back).await.unwrap().data.is_null());
    go.add_permits(1);
    assert_eq!(rest(&mut back).await, ["at last"]);

    // An older client would not come back.
    let older = Session::open(&house, "2025-06-18").await;
    let ask = older.post(&message).header("accept", "text/event-stream");
    go.add_permits(1);
    let reply = ask.send(&house.router).await;
    assert_eq!(reply.json["result"]["content"][0]["text"], "at last");
}

#[tokio::test]
async fn what_is_kept_is_bounded_per_session_and_in_all() {
    for in_all in [false, true] {
        let (go, pauses) = Pauses::held();
        let house = House::offering(
            vec![pauses],
            |settings| match in_all {
                true => settings.replay_bytes = 500,
                false => settings.replay_bytes_per_session = 500,
            },
            |_| {},
        )
        .await;
        let session = Session::open(&house, "2025-11-25").await;
        go.add_permits(2);
        let mut opened = session.post(&steps()).open(&house.router).await;
        let mut ids = Vec::new();
        while let Some(event) = next(&mut opened).await {
            ids.push(event.id);
        }
        assert_eq!(ids.len(), 5, "who listens misses nothing");
        gone(&house, after(&session, &ids[0])).await;
        let mut back = after(&session, &ids[3]).open(&house.router).await;
        assert_eq!(rest(&mut back).await, ["three steps"], "the newest is kept");
    }
}

#[tokio::test]
async fn events_belong_to_their_session_and_its_owner() {
    let (go, pauses) = Pauses::held();
    let house = House::offering(vec![pauses], |_| {}, |_| {}).await;
    let other = house.key("other", "user").await;
    let session = Session::open(&house, "2025-11-25").await;
    let theirs = Session::greet(&house, &other, initialize("2025-11-25")).await;
    go.add_permits(2);
    let mut opened = session.post(&steps()).open(&house.router).await;
    let start = next(&mut opened).await.unwrap();
    gone(&house, after(&theirs, &start.id)).await;
    let stolen = after(&session, &start.id)
        .bearer(&other)
        .send(&house.router)
        .await;
    assert_eq!(
        (stolen.status.as_u16(), stolen.code()),
        (404, "session_unknown")
    );
    for id in ["nonsense", "AAAAAAAAAAAAAAAA.1", &format!("{}9", start.id)] {
        gone(&house, after(&session, id)).await;
    }
    let both = after(&session, &start.id).also("last-event-id", "x");
    assert_eq!(both.send(&house.router).await.code(), "header_mismatch");
}

#[tokio::test]
async fn a_stream_of_changes_is_told_again_what_it_may_have_missed() {
    let house = House::open().await;
    let session = Session::open(&house, "2025-11-25").await;
    let mut opened = session.bare("GET").open(&house.router).await;
    let start = next(&mut opened).await.unwrap();
    assert!(start.data.is_null() && start.retry);
    let told = session.send(&call(1, "wares_announce", json!({}))).await;
    assert_eq!(told.status, 200, "{}", told.text);
    let change = next(&mut opened).await.unwrap();
    assert_eq!(change.data["method"], "notifications/tools/list_changed");
    drop(opened);

    let mut back = after(&session, &start.id).open(&house.router).await;
    assert_eq!(next(&mut back).await.unwrap().id, start.id);
    assert_eq!(
        next(&mut back).await.unwrap().id,
        change.id,
        "the very same event"
    );
    // Then all of them, since nobody knows what changed meanwhile.
    let mut changed = BTreeSet::new();
    while changed.len() < 3 {
        let event = next(&mut back).await.unwrap();
        changed.insert(event.data["method"].to_string());
    }
}

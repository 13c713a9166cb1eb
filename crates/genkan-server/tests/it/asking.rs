//! A tool that asks, for clients of sessions: the door asks them and brings the answers.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    fixture::House,
    legacy::{Session, call, initialize},
    schema,
    wire::Opened,
};

fn answer(question: &Value, result: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": question["id"], "result": result})
}

async fn asked(opened: &mut Opened, revision: &str) -> Value {
    let question = opened.next().await.unwrap();
    assert_eq!(question["method"], "elicitation/create", "{question}");
    schema::check(revision, "ElicitRequest", &question);
    question
}

async fn open(session: &Session<'_>) -> Opened {
    let opened = session
        .post(&call(1, "test_ask", json!({})))
        .open(&session.house.router)
        .await;
    assert!(opened.is_stream());
    opened
}

#[tokio::test]
async fn both_questions_are_asked_on_the_stream_of_the_call() {
    let house = House::open().await;
    for revision in ["2025-06-18", "2025-11-25"] {
        let session = Session::open(&house, revision).await;
        let mut opened = open(&session).await;
        let color = asked(&mut opened, revision).await;
        assert_eq!(color["params"]["message"], "What color?");
        assert_eq!(
            color["params"].get("mode").is_some(),
            revision == "2025-11-25"
        );
        let red = answer(
            &color,
            json!({"action": "accept", "content": {"color": "red"}}),
        );
        assert_eq!(session.send(&red).await.status, 202);
        let size = asked(&mut opened, revision).await;
        session
            .send(&answer(
                &size,
                json!({"action": "accept", "content": {"size": "small"}}),
            ))
            .await;
        let last = opened.next().await.unwrap();
        assert_eq!(
            last["result"]["structuredContent"],
            json!({"color": "red", "size": "small"})
        );
        assert_eq!(opened.next().await, None);
    }
}

#[tokio::test]
async fn answers_that_do_not_help_become_a_failure_that_the_model_reads() {
    let house = House::open().await;
    let session = Session::open(&house, "2025-11-25").await;
    let table = [
        (json!({"result": {"action": "decline"}}), "answer_declined"),
        (json!({"result": {"action": "cancel"}}), "answer_declined"),
        (
            json!({"result": {"action": "accept", "content": {"color": 7}}}),
            "answer_invalid",
        ),
        (json!({"result": {}}), "answer_invalid"),
        (
            json!({"error": {"code": -1, "message": "no"}}),
            "answer_invalid",
        ),
    ];
    for (reply, code) in table {
        let mut opened = open(&session).await;
        let question = asked(&mut opened, "2025-11-25").await;
        let mut message = json!({"jsonrpc": "2.0", "id": question["id"]});
        message
            .as_object_mut()
            .unwrap()
            .extend(reply.as_object().unwrap().clone());
        session.send(&message).await;
        let last = opened.next().await.unwrap();
        assert_eq!(last["result"]["isError"], true, "{reply}: {last}");
        assert!(
            last["result"]["content"][0]["text"]
                .as_str()
                .unwrap()
                .contains(code),
            "{reply}: {last}"
        );
    }
}

#[tokio::test]
async fn a_client_that_cannot_be_asked_is_told_so_in_the_answer() {
    let house = House::open().await;
    let mut unable = initialize("2025-11-25");
    unable["params"]["capabilities"] = json!({});
    let unable = Session::greet(&house, &house.admin, unable).await;
    let before = Session::open(&house, "2025-03-26").await;
    let json_only = Session::open(&house, "2025-11-25").await;
    let table = [
        unable.post(&call(1, "test_ask", json!({}))),
        before.post(&call(1, "test_ask", json!({}))),
        json_only
            .post(&call(1, "test_ask", json!({})))
            .header("accept", "application/json"),
    ];
    for ask in table {
        let reply = ask.send(&house.router).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json["result"]["isError"]),
            (200, &json!(true)),
            "{}",
            reply.text
        );
        assert!(reply.text.contains("missing_capability"), "{}", reply.text);
    }
}

#[tokio::test]
async fn nobody_answers_for_ever() {
    let house = House::with(|settings| settings.answer_timeout = Duration::from_millis(20)).await;
    let session = Session::open(&house, "2025-11-25").await;
    let mut opened = open(&session).await;
    let question = asked(&mut opened, "2025-11-25").await;
    let withdrawn = opened.next().await.unwrap();
    assert_eq!(withdrawn["method"], "notifications/cancelled");
    assert_eq!(withdrawn["params"]["requestId"], question["id"]);
    let last = opened.next().await.unwrap();
    assert!(
        last["result"]["content"][0]["text"]
            .as_str()
            .unwrap()
            .contains("deadline_exceeded"),
        "{last}"
    );
}

#[tokio::test]
async fn to_cancel_or_to_end_the_session_ends_the_waiting() {
    let house = House::open().await;
    let session = Session::open(&house, "2025-11-25").await;
    let mut opened = open(&session).await;
    asked(&mut opened, "2025-11-25").await;
    let cancel =
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}});
    session.send(&cancel).await;
    assert_eq!(opened.next().await, None);

    let mut opened = open(&session).await;
    asked(&mut opened, "2025-11-25").await;
    assert_eq!(session.bare("DELETE").send(&house.router).await.status, 204);
    assert_eq!(opened.next().await, None);
}

#[tokio::test]
async fn an_answer_of_another_session_answers_nothing() {
    let house = House::open().await;
    let (session, stranger) = (
        Session::open(&house, "2025-11-25").await,
        Session::open(&house, "2025-11-25").await,
    );
    let mut opened = open(&session).await;
    let question = asked(&mut opened, "2025-11-25").await;
    let wrong = answer(
        &question,
        json!({"action": "accept", "content": {"color": "wrong"}}),
    );
    assert_eq!(stranger.send(&wrong).await.status, 202);
    session
        .send(&answer(&question, json!({"action": "decline"})))
        .await;
    let last = opened.next().await.unwrap();
    assert!(
        last["result"]["content"][0]["text"]
            .as_str()
            .unwrap()
            .contains("answer_declined"),
        "{last}"
    );
}

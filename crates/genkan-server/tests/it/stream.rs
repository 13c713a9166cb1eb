//! MCP over a stream of lines, in both eras.

use std::time::Duration;

use genkan_server::stream;
use serde_json::{Value, json};
use tokio::io::{
    AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines, ReadHalf, WriteHalf, split,
};

use crate::{
    fixture::{House, soon},
    legacy::{call, initialize, request},
    schema, wire,
};

/// A client at the other end.
pub(crate) struct Client {
    lines: Lines<BufReader<ReadHalf<DuplexStream>>>,
    writer: Option<WriteHalf<DuplexStream>>,
    served: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Client {
    pub(crate) fn connect(house: &House) -> Self {
        let (ours, theirs) = tokio::io::duplex(1024 * 1024);
        let (parts, peer) = (house.parts.clone(), house.peer());
        let served = tokio::spawn(async move {
            let (reader, writer) = split(theirs);
            stream::serve(&parts, peer, reader, writer).await
        });
        let (reader, writer) = split(ours);
        Self {
            lines: BufReader::new(reader).lines(),
            writer: Some(writer),
            served,
        }
    }

    pub(crate) async fn say(&mut self, message: &Value) {
        self.say_text(&message.to_string()).await;
    }

    async fn say_text(&mut self, text: &str) {
        let writer = self.writer.as_mut().unwrap();
        writer.write_all(text.as_bytes()).await.unwrap();
        writer.write_all(b"\n").await.unwrap();
    }

    pub(crate) async fn hear(&mut self) -> Value {
        let line = soon(self.lines.next_line())
            .await
            .unwrap()
            .expect("the stream ended");
        schema::checked(serde_json::from_str(&line).unwrap())
    }

    pub(crate) async fn ask(&mut self, message: &Value) -> Value {
        self.say(message).await;
        self.hear().await
    }

    /// Closes this side; what is still said, and how serving ended.
    pub(crate) async fn close(mut self) -> Vec<Value> {
        self.writer.take().unwrap().shutdown().await.unwrap();
        let mut rest = Vec::new();
        while let Some(line) = soon(self.lines.next_line()).await.unwrap() {
            rest.push(serde_json::from_str(&line).unwrap());
        }
        soon(self.served).await.unwrap().unwrap();
        rest
    }
}

#[tokio::test]
async fn a_modern_client_needs_no_greeting() {
    let house = House::open().await;
    let mut client = Client::connect(&house);
    let discovered = client
        .ask(&wire::request("a", "server/discover", json!({})))
        .await;
    schema::check("2026-07-28", "DiscoverResultResponse", &discovered);
    let listed = client.ask(&wire::request(1, "tools/list", json!({}))).await;
    schema::check("2026-07-28", "ListToolsResultResponse", &listed);
    let called = client
        .ask(&wire::call("test_echo", json!({"text": "x"})))
        .await;
    assert_eq!(called["result"]["structuredContent"]["text"], "x");
    let asked = client.ask(&wire::call("test_ask", json!({}))).await;
    assert_eq!(asked["result"]["resultType"], "input_required");
    let mut again = wire::call("test_ask", json!({}));
    again["params"]["requestState"] = asked["result"]["requestState"].clone();
    again["params"]["inputResponses"] = json!({"color": {"action": "decline"}});
    assert_eq!(client.ask(&again).await["result"]["isError"], true);
    assert!(client.close().await.is_empty());
}

#[tokio::test]
async fn each_revision_greets_lists_calls_and_is_asked() {
    let house = House::open().await;
    for revision in crate::legacy::REVISIONS {
        let mut client = Client::connect(&house);
        let hello = client.ask(&initialize(revision)).await;
        schema::check(revision, "InitializeResult", &hello["result"]);
        assert_eq!(hello["result"]["protocolVersion"], revision);
        client
            .say(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}))
            .await;
        assert_eq!(
            client.ask(&request(1, "ping", json!({}))).await["result"],
            json!({})
        );
        let listed = client.ask(&request(2, "tools/list", json!({}))).await;
        schema::check(revision, "ListToolsResult", &listed["result"]);
        let called = client
            .ask(&call(3, "test_echo", json!({"text": "x"})))
            .await;
        assert_eq!(
            called["result"].get("structuredContent").is_some(),
            revision >= "2025-06-18"
        );
        let asked = client.ask(&call(4, "test_ask", json!({}))).await;
        if revision < "2025-06-18" {
            assert_eq!(asked["result"]["isError"], true);
            continue;
        }
        schema::check(revision, "ElicitRequest", &asked);
        let answer = |question: &Value, key: &str| json!({"jsonrpc": "2.0", "id": question["id"], "result": {"action": "accept", "content": {key: "x"}}});
        let second = client.ask(&answer(&asked, "color")).await;
        let last = client.ask(&answer(&second, "size")).await;
        assert_eq!(
            last["result"]["structuredContent"],
            json!({"color": "x", "size": "x"})
        );
        let batched = client.ask(&json!([request(5, "ping", json!({}))])).await;
        assert!(
            batched["error"]["code"] == -32600,
            "no batches in {revision}: {batched}"
        );
    }
}

#[tokio::test]
async fn both_eras_live_on_one_stream() {
    let house = House::open().await;
    let mut client = Client::connect(&house);
    let probe = client
        .ask(&wire::request(0, "server/discover", json!({})))
        .await;
    assert!(probe["result"]["supportedVersions"].is_array());
    client.ask(&initialize("2025-03-26")).await;
    let batch = client
        .ask(&json!([
            request(1, "ping", json!({})),
            call(2, "test_echo", json!({}))
        ]))
        .await;
    assert_eq!(batch.as_array().unwrap().len(), 2);
    let modern = client.ask(&wire::call("test_echo", json!({}))).await;
    assert_eq!(modern["result"]["resultType"], "complete");
    let twice = client.ask(&initialize("2025-03-26")).await;
    assert_eq!(twice["error"]["code"], -32600);
}

#[tokio::test]
async fn lines_that_are_no_message_are_answered() {
    let house = House::with(|settings| settings.body_bytes = 1_000).await;
    let mut client = Client::connect(&house);
    let long = "x".repeat(1_001);
    let table = [
        ("{", -32700),
        ("nonsense", -32700),
        ("{\"a\":1,\"a\":2}", -32600),
        ("17", -32600),
        ("[]", -32600),
        (&long, 1006),
        (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#, -32600),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}"#,
            -32602,
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"x","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2030-01-01"}}}"#,
            -32022,
        ),
        (r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, -32600),
    ];
    for (line, code) in table {
        client.say_text("  \r").await;
        client.say_text(line).await;
        let heard = client.hear().await;
        assert_eq!(heard["error"]["code"], code, "{line:.80}: {heard}");
    }
    let unheard = json!({"jsonrpc": "2.0", "id": 1, "result": {}});
    client.say(&unheard).await;
    assert_eq!(
        client.ask(&wire::call("test_echo", json!({}))).await["id"],
        1
    );
}

#[tokio::test]
async fn progress_goes_before_the_answer() {
    let house = House::open().await;
    let mut client = Client::connect(&house);
    let mut message = wire::call("test_steps", json!({}));
    message["params"]["_meta"]["progressToken"] = json!("t");
    client.say(&message).await;
    for step in [1, 2, 3] {
        let event = client.hear().await;
        schema::check("2026-07-28", "ProgressNotification", &event);
        assert_eq!(event["params"]["progress"], step);
    }
    assert_eq!(client.hear().await["result"]["content"][0]["text"], "done");
}

#[tokio::test]
async fn a_cancelled_call_ends_without_an_answer() {
    let house = House::open().await;
    let mut client = Client::connect(&house);
    client.ask(&initialize("2025-11-25")).await;
    let cancel = |id: i64| json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}});
    for message in [
        wire::call("test_hang", json!({})),
        call(1, "test_hang", json!({})),
    ] {
        client.say(&message).await;
        soon(house.ended.begun()).await;
        let taken = client.ask(&message).await;
        assert_eq!(taken["error"]["code"], -32600, "the id is in use");
        client.say(&cancel(1)).await;
        soon(house.ended.ended()).await;
    }
    assert_eq!(
        client.ask(&wire::call("test_echo", json!({}))).await["result"]["resultType"],
        "complete"
    );
}

#[tokio::test]
async fn calls_finish_after_the_client_closed_its_side() {
    let house = House::open().await;
    let mut client = Client::connect(&house);
    for id in 0..20 {
        client
            .say(&wire::request(
                id,
                "tools/call",
                json!({"name": "test_echo", "arguments": {}}),
            ))
            .await;
    }
    let rest = client.close().await;
    assert_eq!(rest.len(), 20);
}

#[tokio::test]
async fn what_does_not_finish_is_cancelled() {
    let house = House::with(|settings| settings.drain = Duration::from_millis(50)).await;
    let mut client = Client::connect(&house);
    client.ask(&initialize("2025-11-25")).await;
    client.ask(&call(1, "test_ask", json!({}))).await;
    client.say(&wire::call("test_hang", json!({}))).await;
    soon(house.ended.begun()).await;
    client.close().await;
    soon(house.ended.ended()).await;
}

#[tokio::test]
async fn too_many_calls_are_refused_and_not_lost() {
    let house = House::with(|settings| settings.calls_in_flight = 2).await;
    let mut client = Client::connect(&house);
    for id in [1, 2] {
        client
            .say(&wire::request(
                id,
                "tools/call",
                json!({"name": "test_hang"}),
            ))
            .await;
        soon(house.ended.begun()).await;
    }
    let refused = client
        .ask(&wire::request(
            3,
            "tools/call",
            json!({"name": "test_hang"}),
        ))
        .await;
    assert_eq!(
        (&refused["id"], &refused["error"]["data"]["code"]),
        (&json!(3), &json!("overloaded"))
    );
}

#[tokio::test]
async fn a_client_that_closes_its_side_and_reads_nothing_does_not_keep_the_process() {
    let house = House::with(|settings| settings.drain = Duration::from_secs(1)).await;
    let (ours, theirs) = tokio::io::duplex(256);
    let (reader, mut writer) = split(ours);
    let (parts, peer) = (house.parts.clone(), house.peer());
    let served = tokio::spawn(async move {
        let (reader, writer) = split(theirs);
        stream::serve(&parts, peer, reader, writer).await
    });
    let line = format!("{}\n", wire::request(1, "tools/list", json!({})));
    writer.write_all(line.as_bytes()).await.unwrap();
    writer.shutdown().await.unwrap();
    let ended = soon(served).await.unwrap();
    assert_eq!(ended.unwrap_err().kind(), std::io::ErrorKind::TimedOut);
    drop(reader);
}

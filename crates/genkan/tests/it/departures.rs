//! Calls that were outside the house when their process died.

use std::{io::Write, net::TcpStream};

use genkan_testkit::{
    TestDb,
    zulip::{Fault, Zulip},
};
use serde_json::{Value, json};

use crate::{
    binary::{Server, call, http, modern},
    effects_zulip::set,
    reload::until,
    zulip_session::over,
};

const TOOL: &str = "zulip_send_message";

fn message(content: &str) -> Value {
    let arguments =
        json!({"type": "channel", "to": "general", "topic": "storm", "content": content});
    call(TOOL, arguments)
}

/// The message with an idempotency key.
fn keyed(content: &str) -> Value {
    let mut message = modern(1, "tools/call", message(content));
    message["params"]["_meta"]["genkan/idempotencyKey"] = json!(content);
    message
}

/// Asks, and returns the answer.
fn asked(server: &Server, message: &Value) -> Value {
    let answer = http::mcp(server.address(), "/mcp", &server.admin_key(), message);
    serde_json::from_str(&answer.body).unwrap()
}

/// Asks without waiting for the answer. The call is given up when the stream is dropped.
fn ask(server: &Server, message: &Value) -> TcpStream {
    let (key, body) = (server.admin_key(), message.to_string());
    let head = http::mcp_head(server.address(), "/mcp", &key, message, body.len());
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream
        .write_all(format!("{head}{body}").as_bytes())
        .unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn a_send_whose_process_is_killed_ends_as_unknown_and_was_sent_once() {
    TestDb::each(async |database| {
        let zulip = Zulip::start().await;
        let binary = over(&database, set(&zulip, "hamlet", None))
            .variable("GENKAN_LIMITS__LEASE_SECONDS", "1");
        let sent = |content: &str| {
            let contents = zulip.contents();
            contents.iter().filter(|text| *text == content).count()
        };
        tokio::task::block_in_place(|| {
            let mut server = binary.serve();
            let calm = asked(&server, &keyed("calm"));
            assert!(calm["result"]["structuredContent"]["id"].is_u64(), "{calm}");
            zulip.fail("POST /messages", 1, Fault::SilentAfterDoing);
            let stream = ask(&server, &keyed("storm"));
            until("the message is there", || sent("storm") == 1);
            server.kill();
            drop(stream);
            let server = binary.serve();
            let report = ["audit", "report", "--tool", TOOL, "--json"];
            let records = || binary.run(report).ok().json()["records"].clone();
            until("the call is closed", || {
                records().as_array().unwrap().len() == 2
            });
            let records = records();
            let of_the_dead = &records[0];
            assert_eq!(of_the_dead["disposition"], "failed", "{records}");
            assert_eq!(of_the_dead["code"], "outcome_unknown", "{records}");
            let arguments = of_the_dead["arguments"].to_string();
            assert!(arguments.contains("storm"), "{records}");
            assert_eq!(records[1]["disposition"], "ok", "{records}");
            let again = asked(&server, &keyed("storm")).to_string();
            assert!(again.contains("(outcome_unknown)"), "{again}");
            let again = asked(&server, &keyed("calm"));
            assert_eq!(again["result"], calm["result"], "answered as it was then");
            assert_eq!((sent("calm"), sent("storm")), (1, 1));
            drop(server);
            let verified = binary.run(["audit", "verify", "--json"]).ok().json();
            assert_eq!(verified["faults"], json!([]));
        });
    })
    .await;
}

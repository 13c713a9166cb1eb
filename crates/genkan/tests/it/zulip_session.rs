//! The team's chat through a session of an older revision of MCP, on both databases.

use genkan_testkit::{TestDb, zulip::Zulip};
use serde_json::{Value, json};

use crate::{
    binary::{Binary, Dialogue, call},
    effects_zulip::set,
};

/// On the database, with a schema.
pub(crate) fn over(database: &TestDb, binary: Binary) -> Binary {
    let Some(url) = database.url() else {
        return binary;
    };
    let binary = binary
        .variable("GENKAN_STORE__URL", &url)
        .variable("GENKAN_STORE__AUTO_MIGRATE", "true");
    binary.variable("GENKAN_SECRETS__MASTER_KEY", &"0f".repeat(32))
}

fn ok(session: &mut Dialogue, tool: &str, arguments: Value) -> Value {
    let answer = session.asks_in_session("tools/call", call(&format!("zulip_{tool}"), arguments));
    let result = &answer["result"];
    assert_ne!(result["isError"], true, "{tool}: {answer}");
    result["structuredContent"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_sends_reads_edits_reacts_and_sums_up_a_new_channel() {
    TestDb::each(async |database| {
        let zulip = Zulip::start().await;
        let binary = over(&database, set(&zulip, "hamlet", None));
        tokio::task::block_in_place(|| {
            let mut session = binary.stdio(&[]);
            session.initialize();
            let made = json!({"name": "launch", "description": "New"});
            ok(&mut session, "create_channel", made);
            let sent =
                json!({"type": "channel", "to": "launch", "topic": "day", "content": "first"});
            let id = ok(&mut session, "send_message", sent)["id"].clone();
            let edit = json!({"message_id": id, "content": "**second**"});
            ok(&mut session, "edit_message", edit);
            let emoji = json!({"message_id": id, "emoji_name": "tada"});
            ok(&mut session, "add_reaction", emoji);
            let read = ok(&mut session, "get_message", json!({"message_id": id}));
            assert_eq!(read["message"]["content"], "**second**");
            assert_eq!(read["message"]["reactions"][0]["emoji"], "tada");
            for number in 0..100 {
                let topic = if number % 2 == 0 { "day" } else { "night" };
                let content = format!("message {number}");
                let sent =
                    json!({"type": "channel", "to": "launch", "topic": topic, "content": content});
                ok(&mut session, "send_message", sent);
            }
            let asked = json!({"channels": ["launch"]});
            let summary = ok(&mut session, "get_daily_summary", asked);
            assert_eq!(summary["total"], 101);
            let expected = json!([
                {"topic": "day", "messages": 51},
                {"topic": "night", "messages": 50},
            ]);
            assert_eq!(summary["channels"][0]["topics"], expected);
            assert_eq!(session.ends(), Some(0));
        });
    })
    .await;
}

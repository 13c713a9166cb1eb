//! The team's chat through a session of an older revision of MCP, on both databases.

use genkan_testkit::{
    TestDb,
    zulip::{Generation, Options, Site, Zulip},
};
use serde_json::{Value, json};

use crate::{
    binary::{Binary, Dialogue, call},
    effects_zulip::{near, set},
    reload::until,
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
        let site = Site::of_environment().await;
        let binary = near()
            .variable("ZULIP_SITE", &site.address)
            .variable("ZULIP_EMAIL", &site.user.email)
            .variable("ZULIP_API_KEY", site.user.key.expose());
        let binary = over(&database, binary);
        let channel = site.fresh_name();
        tokio::task::block_in_place(|| {
            let mut session = binary.stdio(&["--profile", "zulip-full"]);
            session.initialize();
            let made = json!({"name": channel, "description": "New"});
            ok(&mut session, "create_channel", made);
            let sent =
                json!({"type": "channel", "to": channel, "topic": "day", "content": "first"});
            let id = ok(&mut session, "send_message", sent)["id"].clone();
            let edit = json!({"message_id": id, "content": "**second**"});
            ok(&mut session, "edit_message", edit);
            let emoji = json!({"message_id": id, "emoji_name": "tada"});
            ok(&mut session, "add_reaction", emoji);
            let read = ok(&mut session, "get_message", json!({"message_id": id}));
            assert_eq!(read["message"]["content"], "**second**");
            assert_eq!(read["message"]["reactions"][0]["emoji"], "tada");
            // The same call is made once, and its key stands for no other.
            let once = json!({"type": "channel", "to": channel, "topic": "day", "content": "once"});
            let mut keyed = call("zulip_send_message", once);
            keyed["_meta"] = json!({"genkan/idempotencyKey": "once"});
            let sent = session.asks_in_session("tools/call", keyed.clone())["result"].clone();
            assert!(sent["structuredContent"]["id"].is_u64(), "{sent}");
            // The key stands for the answer once its record is written, some milliseconds later.
            let mut again = Value::Null;
            until("the call is settled", || {
                again = session.asks_in_session("tools/call", keyed.clone())["result"].clone();
                !again.to_string().contains("(conflict)")
            });
            assert_eq!(again["structuredContent"], sent["structuredContent"]);
            keyed["arguments"]["content"] = json!("twice");
            let other = session.asks_in_session("tools/call", keyed)["result"].clone();
            assert!(other.to_string().contains("(invalid_arguments)"), "{other}");
            for number in 0..100 {
                let topic = if number % 2 == 0 { "day" } else { "night" };
                let content = format!("message {number}");
                let sent =
                    json!({"type": "channel", "to": channel, "topic": topic, "content": content});
                ok(&mut session, "send_message", sent);
            }
            let asked = json!({"channels": [channel]});
            let summary = ok(&mut session, "get_daily_summary", asked);
            let expected = json!([
                {"topic": "day", "messages": 52},
                {"topic": "night", "messages": 50},
            ]);
            assert_eq!(site.without_its_own(&summary), (expected, 102));
            assert_eq!(session.ends(), Some(0));
        });
    })
    .await;
}

/// Every tool that only profile `zulip-full` shows, with arguments that it takes, in an order that
/// makes sense.
fn further() -> Vec<(&'static str, Value)> {
    let later = "2090-01-01T08:30:00Z";
    let plans = |topic: &str| json!({"channel": "plans", "topic": topic});
    let moved = json!({"channel": "plans", "topic": "t", "new_topic": "u"});
    let scheduled = json!({
        "action": "create", "type": "direct", "to": "hamlet", "content": "x", "deliver_at": later,
    });
    let posted = json!({"channels": ["plans", "general"], "topic": "t", "content": "x"});
    let flagged = json!({"message_ids": [101], "flag": "starred", "operation": "add"});
    let matched = json!({"message_ids": [101], "is_starred": true});
    let grouped = json!({"action": "create", "name": "planners", "add": ["hamlet"]});
    let reminded = json!({"action": "create", "message_id": 101, "remind_at": later});
    vec![
        ("create_channel", json!({"name": "plans"})),
        (
            "update_channel",
            json!({"channel": "plans", "description": "d"}),
        ),
        ("cross_post_message", posted),
        ("count_messages", json!({"by": "channel"})),
        ("construct_narrow", json!({"channel": "plans"})),
        ("manage_message_flags", flagged),
        ("check_messages_match_narrow", matched),
        ("move_topic", moved),
        ("resolve_topic", plans("u")),
        ("mute_topic", plans("u")),
        ("mute_user", json!({"user": "cordelia"})),
        ("get_mutes", json!({})),
        ("get_user_presence", json!({"user": "iago"})),
        ("get_realm_presence", json!({})),
        ("update_status", json!({"text": "busy"})),
        ("get_user_status", json!({"user": "iago"})),
        ("get_user_groups", json!({"group": "hamletcharacters"})),
        ("manage_user_group", grouped),
        ("scheduled_messages", scheduled),
        ("drafts", json!({"action": "create", "content": "x"})),
        ("reminders", reminded),
        ("server_info", json!({})),
        ("delete_topic", plans("✔ u")),
        ("delete_message", json!({"message_id": 101})),
        ("archive_channel", json!({"channel": "plans"})),
    ]
}

/// How many tools every profile shows.
const EVERYDAY: usize = 20;

#[tokio::test(flavor = "multi_thread")]
async fn a_session_calls_every_tool_that_only_the_full_profile_shows() {
    TestDb::each(async |database| {
        let zulip = Zulip::start_with(Options {
            generation: Generation::Eleven,
            ..Options::default()
        })
        .await;
        let binary = over(&database, set(&zulip, "iago", None));
        tokio::task::block_in_place(|| {
            let mut session = binary.stdio(&["--profile", "zulip-full"]);
            session.initialize();
            let listed = session.asks_in_session("tools/list", json!({}));
            let listed = listed["result"]["tools"].as_array().unwrap().len();
            let further = further();
            assert_eq!(listed, EVERYDAY + further.len());
            for (tool, arguments) in further {
                ok(&mut session, tool, arguments);
            }
            assert_eq!(session.ends(), Some(0));
        });
    })
    .await;
}

//! Whole ways through an MCP client, on the double or on a real server that the environment names.

use std::collections::BTreeSet;

use genkan_testkit::{
    AppOptions, McpClient, TestApp, TestDb,
    zulip::{self, Generation, Options, Site, Zulip},
};
use genkan_toolsets::zulip::Access;
use serde_json::{Value, json};

use crate::zulip_house::call;

/// A Genkan beside a server.
struct Flow {
    app: TestApp,
    client: McpClient,
}

impl Flow {
    async fn open(database: &TestDb, access: Access) -> Self {
        let mut options = AppOptions {
            zulip: Some(zulip::chat(access)),
            ..AppOptions::default()
        };
        options.limits.calls_per_minute = 10_000_000;
        // A real server lets so many calls through in a minute, and they wait for it.
        options.limits.call_timeout = std::time::Duration::from_secs(600);
        let app = TestApp::start_with(database, options).await;
        let client = app.client();
        Self { app, client }
    }

    async fn ok(&self, tool: &str, arguments: Value) -> Value {
        let answer = call(&self.client, tool, arguments).await;
        answer.structured().clone()
    }
}

/// Send, read, edit, react, look on, and take back what was done.
async fn a_message_lives(site: &Site) {
    let flow = Flow::open(&TestDb::sqlite(), site.access()).await;
    let channel = site.fresh_name();
    flow.ok("create_channel", json!({"name": channel})).await;
    let odd = "# Ä **x** & <b>\n```\n\tא 🐙\n```\n| a | b |";
    let sent = json!({"type": "channel", "to": channel, "topic": "ü + &", "content": odd});
    let id = flow.ok("send_message", sent).await["id"].clone();
    let message = json!({"message_id": id});
    let read = flow.ok("get_message", message.clone()).await;
    assert_eq!(read["message"]["content"], odd);
    assert_eq!(read["message"]["topic"], "ü + &");
    let edit = json!({"message_id": id, "content": "**other**"});
    flow.ok("edit_message", edit).await;
    let emoji = json!({"message_id": id, "emoji_name": "tada"});
    assert_eq!(flow.ok("add_reaction", emoji.clone()).await["added"], true);
    assert_eq!(flow.ok("add_reaction", emoji).await["added"], false);
    let other = Flow::open(&TestDb::sqlite(), site.access_of_other()).await;
    let seen = other.ok("get_message", message).await;
    assert_eq!(seen["message"]["content"], "**other**");
    assert_eq!(seen["message"]["reactions"][0]["emoji"], "tada");
    let file = json!({"name": "note.txt", "content": "R3LDvMOfZQ=="});
    let url = flow.ok("upload_file", file).await["url"].clone();
    let back = flow.ok("download_file", json!({"url": url})).await;
    assert_eq!(back["text"], "Grüße");
    for (tool, arguments) in [
        (
            "scheduled_messages",
            json!({"action": "create", "type": "channel", "to": channel, "topic": "t", "content": "later", "deliver_at": "2090-01-01"}),
        ),
        ("drafts", json!({"action": "create", "content": "never"})),
    ] {
        let id = flow.ok(tool, arguments).await["id"].clone();
        flow.ok(tool, json!({"action": "delete", "id": id})).await;
    }
    flow.ok("delete_message", json!({"message_id": id})).await;
    flow.app.stop().await;
    other.app.stop().await;
}

/// A new channel, more than a hundred messages, an exact summary, and a walk through all of them.
async fn a_channel_is_summed_up(site: &Site, database: &TestDb) {
    let flow = Flow::open(database, site.access()).await;
    let channel = site.fresh_name();
    flow.ok("create_channel", json!({"name": channel})).await;
    let mut written = BTreeSet::new();
    for batch in 0..3 {
        let messages: Vec<Value> = (0..35)
            .map(|number| {
                let topic = if number % 5 == 0 { "night" } else { "day" };
                let content = format!("message {batch} {number}");
                json!({"type": "channel", "to": channel, "topic": topic, "content": content})
            })
            .collect();
        let told = flow
            .ok("send_messages", json!({"messages": messages}))
            .await;
        assert_eq!(told["sent"], 35, "{told}");
        let results = told["results"].as_array().unwrap().iter();
        written.extend(results.map(|one| one["id"].as_u64().unwrap()));
    }
    let summary = flow
        .ok("get_daily_summary", json!({"channels": [channel]}))
        .await;
    let topics = json!([{"topic": "day", "messages": 84}, {"topic": "night", "messages": 21}]);
    let (own, all) = site.without_its_own(&summary);
    assert_eq!((own, all), (topics, 105));
    assert_eq!(summary["top_senders"][0]["messages"], 105);
    let mut search = json!({"channel": channel, "limit": 50});
    let mut found = BTreeSet::new();
    loop {
        let page = flow.ok("search_messages", search.clone()).await;
        for message in page["messages"].as_array().unwrap() {
            assert!(
                found.insert(message["id"].as_u64().unwrap()),
                "twice: {message}"
            );
        }
        match page.get("next_cursor") {
            Some(cursor) => search["cursor"] = cursor.clone(),
            None => break,
        }
    }
    // A real server writes by itself that the channel was made.
    assert!(written.is_subset(&found));
    let counted = json!({"channel": channel, "topic": "day", "by": "sender"});
    assert_eq!(flow.ok("count_messages", counted).await["total"], 84);
    flow.app.stop().await;
}

#[tokio::test]
async fn a_message_is_sent_read_edited_reacted_to_and_seen_by_another() {
    a_message_lives(&Site::of_environment().await).await;
}

#[tokio::test]
async fn a_new_channel_of_more_than_a_hundred_messages_is_summed_up_exactly() {
    let site = Site::of_environment().await;
    TestDb::each(async |database| a_channel_is_summed_up(&site, &database).await).await;
}

#[tokio::test]
async fn the_same_ways_are_walked_on_the_server_that_variables_name() {
    for generation in [Generation::Eight, Generation::Eleven] {
        let server = Zulip::start_with(Options {
            generation,
            limit: 100_000,
            ..Options::default()
        })
        .await;
        let site = Site::named(|name| {
            let (who, what) = match name.strip_prefix("GENKAN_TEST_ZULIP_")? {
                "SITE" => return Some(server.site.clone()),
                what => what.split_once('_').unwrap_or(("", what)),
            };
            let user = match who {
                "BOT" => server.user("bot"),
                "OTHER" => server.user("iago"),
                _ => server.user("cordelia"),
            };
            Some(if what.ends_with("EMAIL") {
                user.email
            } else {
                user.key
            })
        })
        .await;
        assert!(site.is_real());
        let before = server.contents().len();
        a_message_lives(&site).await;
        a_channel_is_summed_up(&site, &TestDb::sqlite()).await;
        assert_eq!(server.contents().len(), before + 105, "it was that server");
    }
}

//! What the settings of section `zulip` do, seen through the commands.

use std::fs;

use genkan_testkit::zulip::Zulip;
use serde_json::{Value, json};

use crate::{
    binary::{Binary, Ended, Server, call, genkan},
    reload::until,
};

/// A binary that may go to this machine and knows the site, and the keys of these users.
pub(crate) fn set(zulip: &Zulip, user: &str, bot: Option<&str>) -> Binary {
    let of = zulip.user(user);
    let binary = near()
        .variable("ZULIP_SITE", &zulip.site)
        .variable("ZULIP_EMAIL", &of.email)
        .variable("ZULIP_API_KEY", &of.key);
    match bot.map(|bot| zulip.user(bot)) {
        None => binary,
        Some(bot) => binary
            .variable("ZULIP_BOT_EMAIL", &bot.email)
            .variable("ZULIP_BOT_API_KEY", &bot.key),
    }
}

fn near() -> Binary {
    genkan().variable("GENKAN_HTTP__ALLOW_NETWORKS", "127.0.0.0/8")
}

/// Runs a command beside the test's own runtime.
async fn runs(binary: &Binary, arguments: &'static [&'static str]) -> Ended {
    let binary = binary.clone();
    tokio::task::spawn_blocking(move || binary.run(arguments))
        .await
        .unwrap()
}

#[tokio::test]
async fn zulip_site_email_and_keys_open_the_chat() {
    let zulip = Zulip::start().await;
    let both = set(&zulip, "hamlet", Some("bot"));
    let tried = runs(&both, &["test-connection", "zulip"]).await.ok();
    assert!(
        tried.out.contains("as King Hamlet and Welcome Bot"),
        "{}",
        tried.out
    );
    let doctor = runs(&both, &["doctor"]).await;
    assert!(
        doctor.out.contains("King Hamlet and Welcome Bot"),
        "{}",
        doctor.out
    );
    let wrong = set(&zulip, "hamlet", None).variable("GENKAN_ZULIP__API_KEY", &"y".repeat(32));
    let refused = runs(&wrong, &["test-connection", "zulip"]).await;
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.err.contains("error[remote_refused]"),
        "{}",
        refused.err
    );
    let doctor = runs(&wrong, &["doctor"]).await;
    assert!(doctor.out.contains("remote_refused"), "{}", doctor.out);
    for told in [&refused.out, &refused.err, &doctor.out, &doctor.err] {
        assert!(!told.contains("yyyy"), "{told}");
    }
}

#[tokio::test]
async fn zulip_is_tried_with_everything_else_once_it_is_set_up() {
    let zulip = Zulip::start().await;
    let tried = runs(&set(&zulip, "iago", None), &["--json", "test-connection"]).await;
    let names = tried.json()["connections"].clone();
    assert_eq!(names[0]["name"], "database");
    assert_eq!(names[1]["name"], "zulip");
    assert_eq!(names[1]["ok"], true);
}

#[tokio::test]
async fn what_is_missing_of_zulip_is_said() {
    let none = runs(&genkan(), &["test-connection", "zulip"]).await;
    assert!(none.err.contains("zulip.site"), "{}", none.err);
    assert!(
        runs(&genkan(), &["doctor"])
            .await
            .out
            .contains("not set up")
    );
    let half = genkan().variable("ZULIP_EMAIL", "me@zulip.example");
    let doctor = runs(&half, &["doctor"]).await;
    for key in ["zulip.site", "zulip.api_key"] {
        assert!(doctor.out.contains(key), "{}", doctor.out);
    }
}

#[tokio::test]
async fn a_zuliprc_is_found_at_home_and_a_broken_one_is_told() {
    let zulip = Zulip::start().await;
    let (binary, user) = (near(), zulip.user("cordelia"));
    let text = format!(
        "[api]\nemail={}\nkey={}\nsite={}\n",
        user.email, user.key, zulip.site
    );
    fs::create_dir_all(binary.root().join(".config/zulip")).unwrap();
    fs::write(binary.root().join(".config/zulip/zuliprc"), text).unwrap();
    fs::write(binary.root().join(".zuliprc"), "[api]\nkey=hush\n").unwrap();
    let tried = runs(&binary, &["test-connection", "zulip"]).await.ok();
    assert!(tried.out.contains("Cordelia"), "{}", tried.out);
    let doctor = runs(&binary, &["doctor"]).await;
    assert!(doctor.out.contains("is not used"), "{}", doctor.out);
    assert!(!doctor.out.contains("hush"), "{}", doctor.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_message_goes_to_oneself_or_to_a_channel_as_user_or_bot() {
    let zulip = Zulip::start().await;
    let binary = set(&zulip, "hamlet", Some("bot"));
    let sent = runs(&binary, &["send-test-message"]).await.ok();
    assert!(sent.out.contains("King Hamlet"), "{}", sent.out);
    let arguments = &["send-test-message", "--channel", "general", "--bot"];
    let sent = runs(&binary, arguments).await.ok();
    assert!(sent.out.contains("topic genkan"), "{}", sent.out);
    let contents = zulip.contents();
    let count = contents.iter().filter(|text| text.contains("Genkan"));
    assert_eq!(count.count(), 2);
    let refused = runs(&genkan(), &["send-test-message"]).await;
    assert!(
        refused.err.contains("error[unknown_tool]"),
        "{}",
        refused.err
    );
}

/// Who the server acts as.
fn acts_as(server: &Server) -> String {
    let asked = call("zulip_get_own_user", json!({}));
    let answer = server.mcp(&server.admin_key(), "tools/call", asked);
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    let name = &body["result"]["structuredContent"]["user"]["name"];
    name.as_str().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn zulip_email_and_keys_are_swapped_under_a_running_server_if_they_open() {
    let zulip = Zulip::start().await;
    let binary = near();
    let write = |user: &str, key: &str| {
        let email = zulip.user(user).email;
        let text = format!("[api]\nemail={email}\nkey={key}\nsite={}\n", zulip.site);
        fs::write(binary.root().join(".zuliprc"), text).unwrap();
    };
    write("hamlet", &zulip.user("hamlet").key);
    tokio::task::block_in_place(|| {
        let server = binary.serve();
        assert_eq!(acts_as(&server), "King Hamlet");
        let rejected = || {
            let metrics = server.get("/metrics", Some(&server.admin_key())).body;
            metrics.contains("genkan_settings_rejected 1")
        };
        write("cordelia", &"z".repeat(32));
        until("wrong keys are refused", rejected);
        assert_eq!(acts_as(&server), "King Hamlet");
        write("cordelia", &zulip.user("cordelia").key);
        until("right keys are taken", || {
            acts_as(&server).starts_with("Cordelia")
        });
    });
}

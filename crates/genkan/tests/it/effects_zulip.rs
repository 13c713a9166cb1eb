//! What the settings of section `zulip` do, seen through the commands.

use std::fs;

use genkan_testkit::zulip::{Fault, Zulip};
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

/// A binary that may go to this machine.
pub(crate) fn near() -> Binary {
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
        // Everything that can be seen without asking Zulip is right.
        binary.run(["validate-config"]).ok();
        let ready = server.get("/ready", None).body;
        assert!(ready.contains("`genkan doctor` names the key"), "{ready}");
        let doctor = binary.run(["doctor", "--json"]).json();
        let mut findings = doctor["findings"].as_array().unwrap().iter();
        let is_named = |found: &Value| found["check"] == "zulip" && found["state"] == "problem";
        assert!(findings.any(is_named), "{doctor}");
        write("cordelia", &zulip.user("cordelia").key);
        until("right keys are taken", || {
            acts_as(&server).starts_with("Cordelia")
        });
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn what_zulip_is_asked_is_counted_by_host() {
    let zulip = Zulip::start().await;
    let binary = set(&zulip, "hamlet", None);
    tokio::task::block_in_place(|| {
        let server = binary.serve();
        assert_eq!(acts_as(&server), "King Hamlet");
        zulip.fail("GET /users/me", 9, Fault::Status(400));
        assert_eq!(acts_as(&server), "");
        let metrics = server.get("/metrics", Some(&server.admin_key())).body;
        let host = zulip.site.trim_start_matches("http://");
        let value = |name: &str, labels: &str| -> f64 {
            let series = format!("genkan_http_client_{name}{{host=\"{host}\"{labels}}} ");
            let line = metrics.lines().find_map(|line| line.strip_prefix(&series));
            line.unwrap_or_else(|| panic!("{series}: {metrics}"))
                .parse()
                .unwrap()
        };
        assert!(value("requests_total", ",outcome=\"2xx\"") >= 1.0);
        assert!(value("requests_total", ",outcome=\"4xx\"") >= 1.0);
        assert!(value("duration_seconds_count", "") >= 2.0);
        assert!(value("connections", "") >= 1.0);
        assert!(value("suspended", "") < 1.0);
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn several_organisations_are_tried_named_and_given_other_keys_each_for_itself() {
    let (acme, beta) = (Zulip::start().await, Zulip::start().await);
    let binary = near()
        .variable("GENKAN_ZULIP__REALMS__ACME__SITE", &acme.site)
        .variable(
            "GENKAN_ZULIP__REALMS__ACME__EMAIL",
            &acme.user("iago").email,
        )
        .variable(
            "GENKAN_ZULIP__REALMS__ACME__API_KEY",
            &acme.user("iago").key,
        );
    let file = binary.root().join("beta.zuliprc");
    let write = |user: &str, key: &str| {
        let email = beta.user(user).email;
        let text = format!("[api]\nemail={email}\nkey={key}\nsite={}\n", beta.site);
        fs::write(&file, text).unwrap();
    };
    write("hamlet", &beta.user("hamlet").key);
    let binary = binary.variable(
        "GENKAN_ZULIP__REALMS__BETA__ZULIPRC",
        file.to_str().unwrap(),
    );
    let tried = runs(&binary, &["test-connection", "zulip"]).await.ok();
    for part in ["zulip acme", "as Iago", "zulip beta", "as King Hamlet"] {
        assert!(tried.out.contains(part), "{}", tried.out);
    }
    let doctor = runs(&binary, &["doctor"]).await;
    for part in [
        format!("acme: {}", acme.site),
        format!("beta: {}", beta.site),
    ] {
        assert!(doctor.out.contains(&part), "{}", doctor.out);
    }
    let unnamed = runs(&binary, &["send-test-message"]).await;
    assert!(unnamed.err.contains("acme, beta"), "{}", unnamed.err);
    runs(&binary, &["send-test-message", "--realm", "beta"])
        .await
        .ok();
    let sent = |zulip: &Zulip| zulip.contents().iter().any(|text| text.contains("Genkan"));
    assert!(sent(&beta) && !sent(&acme));
    tokio::task::block_in_place(|| {
        let server = binary.serve();
        let acts_as = |realm: &str| {
            let asked = call("zulip_get_own_user", json!({"realm": realm}));
            let answer = server.mcp(&server.admin_key(), "tools/call", asked);
            let body: Value = serde_json::from_str(&answer.body).unwrap();
            body["result"]["structuredContent"]["user"]["name"].to_string()
        };
        assert_eq!(
            (acts_as("acme"), acts_as("beta")),
            ("\"Iago\"".into(), "\"King Hamlet\"".into())
        );
        write("cordelia", &beta.user("cordelia").key);
        until("other keys of one are taken", || {
            acts_as("beta").contains("Cordelia")
        });
        assert!(acts_as("acme").contains("Iago"));
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zuliprc_of_the_folder_that_an_editor_opened_is_not_followed() {
    let (own, strange) = (Zulip::start().await, Zulip::start().await);
    let binary = near().variable("GENKAN_LOG__LEVEL", "warn");
    let write = |name: &str, zulip: &Zulip, user: &str| {
        let user = zulip.user(user);
        let text = format!(
            "[api]\nemail={}\nkey={}\nsite={}\n",
            user.email, user.key, zulip.site
        );
        fs::write(binary.root().join(name), text).unwrap();
    };
    write(".zuliprc", &own, "hamlet");
    write("zuliprc", &strange, "iago");
    let name = |answer: Value| answer["result"]["structuredContent"]["user"]["name"].clone();
    tokio::task::block_in_place(|| {
        let mut session = binary.stdio(&[]);
        let asked = call("zulip_get_own_user", json!({}));
        assert_eq!(name(session.asks("tools/call", asked)), "King Hamlet");
        session.ends();
    });
    assert!(strange.asked().is_empty());
    // Who calls a command there has chosen the folder.
    let tried = runs(&binary, &["test-connection", "zulip"]).await.ok();
    assert!(tried.out.contains(&strange.site), "{}", tried.out);
}

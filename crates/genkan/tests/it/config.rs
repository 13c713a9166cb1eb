//! Settings as a person meets them. The whole table of errors is in `src/settings/tests.rs`.

use std::fs;

use crate::binary::genkan;

fn shown(ended: &crate::binary::Ended, key: &str) -> (serde_json::Value, String) {
    let all = ended.json();
    let entry = all["settings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["key"] == key)
        .unwrap();
    (
        entry["value"].clone(),
        entry["origin"].as_str().unwrap().to_owned(),
    )
}

#[test]
fn config_show_tells_values_and_origins_and_hides_secrets() {
    let binary = genkan()
        .variable("GENKAN_LOG__LEVEL", "debug")
        .variable("GENKAN_SECRETS__MASTER_KEY", "hush");
    let file = binary.root().join("mine.toml");
    fs::write(&file, "[log]\nlevel = \"trace\"\nformat = \"json\"\n").unwrap();
    let ended = binary
        .run(["config", "show", "--json", "--config", "mine.toml"])
        .ok();
    assert_eq!(
        shown(&ended, "log.level"),
        ("debug".into(), "GENKAN_LOG__LEVEL".into())
    );
    assert_eq!(
        shown(&ended, "log.format"),
        ("json".into(), "mine.toml:3".into())
    );
    assert_eq!(
        shown(&ended, "server.bind"),
        ("127.0.0.1:8137".into(), "default".into())
    );
    assert_eq!(shown(&ended, "secrets.master_key").0, "(hidden)");
    let text = binary.run(["config", "show"]).ok();
    assert!(!text.out.contains("hush") && !ended.out.contains("hush"));
}

#[test]
fn global_flags_stand_before_or_after_the_command() {
    let binary = genkan();
    let before = binary
        .run(["--json", "--data-dir", "elsewhere", "config", "show"])
        .ok();
    let after = binary
        .run(["config", "show", "--data-dir", "elsewhere", "--json"])
        .ok();
    assert_eq!(before.json(), after.json());
    let folder = before.json()["data_dir"].as_str().unwrap().to_owned();
    assert!(folder.ends_with("elsewhere"), "{folder}");
}

#[test]
fn validate_config_names_file_and_line_and_touches_nothing() {
    let binary = genkan();
    binary.run(["validate-config"]).ok();
    assert!(!binary.data("").exists());
    fs::create_dir(binary.data("")).unwrap();
    let file = binary.data("genkan.toml");
    let rows = [
        (
            "[server]\nbnid = 1\n",
            ":2: `server.bnid` is not a setting",
            "`server.bind`",
        ),
        (
            "[server]\nbind = 8137\n",
            ":2: `server.bind`: expected an address",
            "127.0.0.1:8137",
        ),
        (
            "[server]\nbind = \"0.0.0.0:80\"\n",
            "not loopback, without TLS",
            "--behind-proxy",
        ),
        (
            "[store]\nurl = \"mysql://x\"\n",
            "`store.url` is no address",
            "postgres://",
        ),
        (
            "[secrets]\nmaster_key = \"short\"\n",
            "not 32 bytes",
            "openssl rand",
        ),
    ];
    for (text, message, hint) in rows {
        fs::write(&file, text).unwrap();
        let ended = binary.run(["validate-config"]);
        assert_eq!(ended.code, Some(2), "{text}: {ended:?}");
        assert!(
            ended.err.contains(message) && ended.err.contains(hint),
            "{text}: {}",
            ended.err
        );
        assert!(!ended.err.contains("short"), "{}", ended.err);
    }
}

#[test]
fn an_unknown_variable_is_refused_by_every_command() {
    let binary = genkan().variable("GENKAN_SERVER__BNID", "x");
    for arguments in [
        &["serve"][..],
        &["stdio"],
        &["key", "list"],
        &["config", "show"],
    ] {
        let ended = binary.run(arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}");
        assert!(ended.err.contains("`GENKAN_SERVER__BNID`"), "{}", ended.err);
    }
}

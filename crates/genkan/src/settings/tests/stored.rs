//! What lies in the store: which keys, which values, and what becomes of the others.

use genkan_core::Code;
use genkan_store::StoredSetting;
use genkan_toolsets::admin::SettingChange;

use super::super::{
    Origin, keys,
    stored::{barred, changed, sift},
};
use super::{Scene, sample};

fn setting(key: &str, value: &str) -> StoredSetting {
    StoredSetting {
        key: key.into(),
        value: value.into(),
    }
}

#[test]
fn every_key_can_be_stored_but_for_secrets_and_what_belongs_to_one_machine() {
    let mut here_only = Vec::new();
    for key in keys() {
        let text = sample(&key.path).1;
        let change = SettingChange {
            key: &key.path,
            value: Some(text),
            stored: &[],
        };
        let scene = Scene::new().stored(&key.path, text);
        match barred(&key) {
            None => {
                assert_eq!(changed(&change).unwrap(), [setting(&key.path, text)]);
                let settings = scene.load().unwrap();
                assert_eq!(settings.origin(&key.path), Some(&Origin::Stored));
                let default = Scene::new().load().unwrap();
                let changed = default.changed(&settings);
                assert_eq!(changed, [(key.path.clone(), key.applies)], "{}", key.path);
            }
            Some(why) => {
                for error in [changed(&change).unwrap_err(), scene.refused()] {
                    let message = error.message();
                    let part = format!("`{}` cannot be stored: it {why}", key.path);
                    assert!(message.contains(&part), "{message}");
                    assert!(!message.contains(text), "{message}");
                }
                here_only.push(key.path);
            }
        }
    }
    let expected = [
        "tls.cert",
        "tls.key",
        "store.url",
        "store.connections",
        "store.auto_migrate",
        "redis.url",
        "secrets.master_key",
        "http.proxy",
        "http.ca_file",
        "knowledge.model_folder",
        "zulip.site",
        "zulip.email",
        "zulip.api_key",
        "zulip.bot_email",
        "zulip.bot_api_key",
    ];
    assert_eq!(here_only, expected);
}

/// A key, a value, and what message and hint contain.
#[rustfmt::skip]
const REFUSED: &[(&str, &str, &str, &str)] = &[
    ("limits.boby_bytes", "5", "`limits.boby_bytes` is not a setting", "`limits.body_bytes`"),
    ("whatsoever", "5", "`whatsoever` is not a setting", "settings.md"),
    ("", "5", "is not a setting", ""),
    ("limits.body_bytes", "many", "expected a whole number of at least 1, found `many`", "takes a whole number"),
    ("limits.body_bytes", "0", "found `0`", "at least 1"),
    ("limits.json_depth", "101", "1 to 100, found 101", "1 to 100"),
    ("log.level", "loud", "expected a level", "info"),
    ("mcp.legacy_sse", "yes", "expected true or false", "true or false"),
    ("server.allowed_origins", "a.example", "expected an origin", "a list of origins"),
    ("store.url", "postgres://u:hush@db/x", "it is a secret", "/run/secrets/genkan_store_url"),
    ("secrets.master_key", "hush", "it is a secret", "GENKAN_SECRETS__MASTER_KEY"),
    ("store.connections", "4", "it opens the store itself", "GENKAN_STORE__CONNECTIONS"),
    ("zulip.site", "https://chat.example", "says where keys are sent", "genkan.toml"),
    ("zulip.realms.acme.site", "https://chat.example", "says where keys are sent", "genkan.toml"),
    ("tls.cert", "/etc/a.pem", "which each machine has for itself", "GENKAN_TLS__CERT"),
];

#[test]
fn what_cannot_be_stored_is_refused_and_told_where_it_belongs() {
    for (key, value, message, hint) in REFUSED {
        let change = SettingChange {
            key,
            value: Some(*value),
            stored: &[],
        };
        let error = changed(&change).unwrap_err();
        assert_eq!(error.code(), Code::ConfigInvalid, "{key}");
        assert!(error.message().contains(message), "{key}: {error}");
        assert!(
            error.hint_text().contains(hint),
            "{key}: {}",
            error.hint_text()
        );
        assert!(!format!("{error:?}").contains("hush"), "{error:?}");
    }
}

#[test]
fn a_change_replaces_one_row_and_what_is_not_there_cannot_be_forgotten() {
    let stored = [
        setting("limits.sessions", "5"),
        setting("limits.newer", "x"),
    ];
    let change = |key, value| {
        changed(&SettingChange {
            key,
            value,
            stored: &stored,
        })
    };
    let set = change("limits.sessions", Some("6")).unwrap();
    assert_eq!(set, [stored[1].clone(), setting("limits.sessions", "6")]);
    // One of a newer version can be forgotten by this one.
    let unset = change("limits.newer", None).unwrap();
    assert_eq!(unset, [stored[0].clone()]);
    let error = change("limits.tasks", None).unwrap_err();
    assert_eq!(error.code(), Code::NoSuchItem);
}

#[test]
fn a_wrong_row_is_a_problem_even_under_a_stronger_layer_and_can_be_left_aside() {
    let scene = Scene::new()
        .stored("limits.sessions", "5")
        .stored("limits.newer", "x")
        .stored("limits.body_bytes", "many")
        .stored("secrets.master_key", "hush")
        .variable("GENKAN_LIMITS__BODY_BYTES", "7");
    let error = scene.refused();
    assert_eq!(error.message().lines().count(), 3, "{error}");
    assert!(
        error
            .message()
            .contains("stored: `limits.body_bytes`: expected"),
        "{error}"
    );
    assert!(
        error
            .hint_text()
            .contains("genkan config unset limits.newer"),
        "{error:?}"
    );
    assert!(!format!("{error:?}").contains("hush"), "{error:?}");
    let (right, wrong) = sift(&scene.stored);
    assert_eq!(right, [setting("limits.sessions", "5")]);
    assert_eq!(wrong.len(), 3, "{wrong:?}");
}

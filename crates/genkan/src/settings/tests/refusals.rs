//! Everything that can be wrong with settings, one row each.

use super::Scene;

/// A name, the text of the file, and what message and hint contain.
#[rustfmt::skip]
const WRONG_FILES: &[(&str, &str, &str, &str)] = &[
    ("unknown key", "[server]\n\nbnid = 1", ":3: `server.bnid` is not", "`server.bind`"),
    ("unknown section", "[log]\n[serverr]\nx = 1", ":2: section `[serverr]`", "`[server]`"),
    ("far from any", "[server]\nwhatsoever = 1", ":2: `server.whatsoever`", "settings.md"),
    ("not yet built", "[models]\nurl = \"https://x\"", ":1: section `[models]`", "settings.md"),
    ("no section", "bind = \"x\"", ":1: `bind` stands outside", "[server]"),
    ("no TOML", "[server]\nbind = ", ":2: this is not TOML", "examples/genkan.toml"),
    ("twice", "[server]\nbind = \"a\"\nbind = \"b\"", ":3: this is not TOML", "Correct"),
    ("a table for a key", "[server.bind]\nx = 1", ":1: `server.bind`", "takes an address"),
    ("number as text", "[limits]\ncalls_per_minute = \"9\"", ":2: `limits.calls_per_minute`: expected a whole number of at least 1, found the text \"9\"", "takes a whole number"),
    ("zero", "[limits]\ncalls_per_minute = 0", "found the number 0", "at least 1"),
    ("negative", "[store]\nconnections = -1", "found the number -1", "at least 1"),
    ("too large", "[limits]\ncalls_per_minute = 4294967296", "found the number 4294967296", ""),
    ("huge", "[limits]\ncalls_per_minute = 99999999999999999999", "too large", ""),
    ("depth", "[limits]\njson_depth = 101", "expected a whole number from 1 to 100", "1 to 100"),
    ("fraction", "[limits]\ncalls_per_minute = 1.5", "a number with a fraction", ""),
    ("text as truth", "[store]\nauto_migrate = \"yes\"", "expected true or false", "true or false"),
    ("one for a list", "[server]\nallowed_hosts = \"x\"", "expected a list", "a list of hosts"),
    ("a date", "[log]\nlevel = 2026-01-01", "found a date", ""),
    ("address", "[server]\nbind = \"localhost\"", ":2: `server.bind`: expected an address", "127.0.0.1:8137"),
    ("port", "[server]\nbind = \"127.0.0.1:99999\"", "found the text \"127.0.0.1:99999\"", ""),
    ("url with path", "[server]\npublic_url = \"https://a.example/b\"", "more than a host", "https://"),
    ("url scheme", "[server]\npublic_url = \"ftp://a.example\"", "neither http nor https", ""),
    ("url with user", "[server]\npublic_url = \"https://u@a.example\"", "names a user", ""),
    ("origin", "[server]\nallowed_origins = [\"a.example\"]", "expected an origin", ""),
    ("network", "[server]\ntrusted_proxies = [\"10.0.0.0/33\"]", "size is too large", ""),
    ("level", "[log]\nlevel = \"loud\"", "expected a level", "info"),
    ("level of a part", "[log]\nlevel = \"info,genkan=loud\"", "expected a level", ""),
    ("format", "[log]\nformat = \"xml\"", "found `xml`", "text or json"),
];

/// A variable, its value, and what message and hint contain.
#[rustfmt::skip]
const WRONG_VARIABLES: &[(&str, &str, &str, &str)] = &[
    ("GENKAN_SERVER__BNID", "x", "`GENKAN_SERVER__BNID` is not a setting", "`GENKAN_SERVER__BIND`"),
    ("GENKAN_LOG_LEVEL", "debug", "`GENKAN_LOG_LEVEL` is not a setting", "`GENKAN_LOG__LEVEL`"),
    ("GENKAN_", "x", "`GENKAN_` is not a setting", "settings.md"),
    ("GENKAN_log__level", "info", "`GENKAN_log__level` is not a setting", "`GENKAN_LOG__LEVEL`"),
    ("GENKAN_LOG__LEVEL", "loud", "GENKAN_LOG__LEVEL: `log.level`: expected a level", "info"),
    ("GENKAN_STORE__CONNECTIONS", "many", "found `many`", "whole number"),
    ("GENKAN_STORE__AUTO_MIGRATE", "1", "expected true or false", ""),
];

#[test]
fn wrong_files_are_refused_with_file_line_and_hint() {
    for (name, text, message, hint) in WRONG_FILES {
        let scene = Scene::new().file(text);
        let error = scene.refused();
        let file = scene.path("genkan.toml");
        assert!(
            error.message().starts_with(file.to_str().unwrap()),
            "{name}: {error}"
        );
        assert!(error.message().contains(message), "{name}: {error}");
        assert!(
            error.hint_text().contains(hint),
            "{name}: {}",
            error.hint_text()
        );
    }
}

#[test]
fn wrong_variables_are_refused_by_name() {
    for (name, value, message, hint) in WRONG_VARIABLES {
        let error = Scene::new().variable(name, value).refused();
        assert!(error.message().contains(message), "{name}: {error}");
        assert!(
            error.hint_text().contains(hint),
            "{name}: {}",
            error.hint_text()
        );
    }
}

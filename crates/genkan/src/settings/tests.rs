//! Layers, precedence, and everything that can be wrong.

mod chat;
mod properties;
mod reaching;
mod realms;
mod refusals;
mod stored;

use std::path::{Path, PathBuf};

use genkan_core::{Code, Error};
use tempfile::TempDir;

use super::*;

/// A data folder, a folder of secret files and an environment.
struct Scene {
    folder: TempDir,
    environment: Vec<(String, String)>,
    flags: Vec<Override>,
    stored: Vec<StoredSetting>,
}

impl Scene {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("secrets")).unwrap();
        Self {
            folder,
            environment: Vec::new(),
            flags: Vec::new(),
            stored: Vec::new(),
        }
    }

    fn stored(mut self, key: &str, value: &str) -> Self {
        self.stored.push(StoredSetting {
            key: key.into(),
            value: value.into(),
        });
        self
    }

    fn file(self, text: &str) -> Self {
        fs::write(self.path("genkan.toml"), text).unwrap();
        self
    }

    fn secret(self, name: &str, text: &str) -> Self {
        fs::write(self.path("secrets").join(name), text).unwrap();
        self
    }

    fn variable(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    fn flag(mut self, path: &'static str, flag: &'static str, text: &str) -> Self {
        self.flags.push(Override {
            path,
            flag,
            text: text.into(),
        });
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn load(&self) -> Result<Settings> {
        self.load_from(None)
    }

    fn load_from(&self, file: Option<&Path>) -> Result<Settings> {
        let environment: Environment = self.environment.iter().cloned().collect();
        Settings::load(Sources {
            environment: &environment,
            file,
            data_dir: self.folder.path(),
            secret_files: &self.path("secrets"),
            zuliprc: vec![self.path("zuliprc"), self.path(".zuliprc")],
            flags: self.flags.clone(),
            stored: &self.stored,
        })
    }

    fn refused(&self) -> Error {
        let error = self.load().expect_err("settings were accepted");
        assert_eq!(error.code(), Code::ConfigInvalid);
        error
    }
}

#[test]
fn nothing_set_gives_the_defaults() {
    let settings = Scene::new().load().unwrap();
    assert_eq!(settings.server.bind.to_string(), "127.0.0.1:8137");
    assert_eq!(settings.limits.calls_per_minute.get(), 6_000);
    assert_eq!(settings.store.connections.get(), 16);
    assert!(settings.store.url.is_none());
    assert_eq!(settings.log.level.as_str(), "info");
    assert_eq!(settings.file, None);
    assert!(
        settings
            .entries
            .iter()
            .all(|entry| entry.origin == Origin::Default)
    );
    assert_eq!(settings.entries.len(), keys().len());
}

#[test]
fn each_layer_wins_over_the_weaker_ones() {
    let at = |settings: &Settings| settings.server.bind.port();
    let scene = Scene::new().stored("server.bind", "127.0.0.1:9");
    assert_eq!(at(&scene.load().unwrap()), 9);
    let scene = scene.file("[server]\nbind = \"127.0.0.1:1\"\n");
    assert_eq!(at(&scene.load().unwrap()), 1);
    let scene = scene.secret("genkan_server_bind", "127.0.0.1:2\n");
    assert_eq!(at(&scene.load().unwrap()), 2);
    let scene = scene.variable("GENKAN_SERVER__BIND", "127.0.0.1:3");
    assert_eq!(at(&scene.load().unwrap()), 3);
    let scene = scene.flag("server.bind", "--bind", "127.0.0.1:4");
    let settings = scene.load().unwrap();
    assert_eq!(at(&settings), 4);
    assert_eq!(
        settings.origin("server.bind"),
        Some(&Origin::CommandLine("--bind"))
    );
}

#[test]
fn every_key_can_be_set_in_every_layer() {
    for key in keys() {
        let (toml, text) = sample(&key.path);
        let (section, name) = key.path.rsplit_once('.').unwrap();
        let file = Scene::new().file(&format!("[{section}]\n{name} = {toml}\n"));
        let secret = Scene::new().secret(&key.secret_file(), text);
        let variable = Scene::new().variable(&key.variable(), text);
        let from_file = file.load().unwrap();
        let expected = Origin::File(file.path("genkan.toml"), 2);
        assert_eq!(from_file.origin(&key.path), Some(&expected), "{}", key.path);
        for settings in [
            &from_file,
            &secret.load().unwrap(),
            &variable.load().unwrap(),
        ] {
            let entry = settings
                .entries
                .iter()
                .find(|entry| entry.path == key.path)
                .unwrap();
            assert_ne!(entry.origin, Origin::Default, "{}", key.path);
            let shown = entry.value.to_string();
            assert_eq!(
                shown.contains("hidden"),
                key.secret,
                "{}: {shown}",
                key.path
            );
            let default = Scene::new().load().unwrap();
            let default = default
                .entries
                .iter()
                .find(|entry| entry.path == key.path)
                .unwrap();
            assert_ne!(entry.value, default.value, "{} has no effect", key.path);
        }
    }
}

/// A value other than the default, as TOML and as text. A new key needs a row.
fn sample(path: &str) -> (&'static str, &'static str) {
    match path {
        "server.bind" => ("\"[::1]:9000\"", "[::1]:9000"),
        "server.public_url" => ("\"https://a.example/\"", "https://a.example"),
        "server.allowed_origins" => ("[\"https://b.example\"]", "https://b.example"),
        "server.allowed_hosts" => ("[\"c.example:8443\"]", "c.example:8443"),
        "server.behind_proxy" => ("true", "true"),
        "server.trusted_proxies" => ("[\"10.0.0.0/8\", \"::1\"]", "10.0.0.0/8, ::1"),
        "server.environment" => ("\"development\"", "development"),
        "tls.cert" | "tls.key" => ("\"/etc/a.pem\"", "/etc/a.pem"),
        "server.drain_seconds" => ("3", "3"),
        "ops.bind" => ("\"127.0.0.1:9137\"", "127.0.0.1:9137"),
        "ops.metrics" => ("\"basic\"", "basic"),
        "store.url" => ("\"postgres://u:p@db/x\"", "postgres://u:p@db/x"),
        "store.connections" => ("4", "4"),
        "store.auto_migrate" => ("true", "true"),
        "redis.url" => ("\"redis://u:p@meet:6379/1\"", "redis://u:p@meet:6379/1"),
        "redis.timeout_ms" => ("7", "7"),
        "secrets.master_key" => ("\"00ff\"", "00ff"),
        "http.allow_networks" => ("[\"10.0.0.0/8\"]", "10.0.0.0/8"),
        "http.proxy" => ("\"http://u:p@proxy:3128\"", "http://u:p@proxy:3128"),
        "http.no_proxy" => ("[\"a.example\"]", "a.example"),
        "http.ca_file" => ("\"roots.pem\"", "roots.pem"),
        path if path.starts_with("http.") => ("7", "7"),
        path if path.starts_with("limits.") => ("7", "7"),
        "mcp.legacy_sse" => ("true", "true"),
        "mcp.quirks.session_id" => ("true", "true"),
        path if path.starts_with("mcp.quirks.") => ("false", "false"),
        "knowledge.search_days" => ("7", "7"),
        "knowledge.search_words" | "knowledge.search_cache" => ("false", "false"),
        "knowledge.semantic" => ("\"ngrams\"", "ngrams"),
        "knowledge.model_folder" => ("\"/models/small\"", "/models/small"),
        "zulip.site" => ("\"https://chat.example\"", "https://chat.example"),
        path if path.starts_with("zulip.") => ("\"me@chat.example\"", "me@chat.example"),
        path if path.starts_with("tasks.") => ("7", "7"),
        "log.level" => ("\"warn,genkan_store=debug\"", "warn,genkan_store=debug"),
        "traces.endpoint" => ("\"http://127.0.0.1:4318\"", "http://127.0.0.1:4318"),
        "log.format" => ("\"json\"", "json"),
        "log.output" => ("\"stdout\"", "stdout"),
        other => panic!("`{other}` has no row here"),
    }
}

#[test]
fn reserved_and_foreign_variables_are_left_alone() {
    let names = [
        "GENKAN_DATA_DIR",
        "GENKAN_TEST_ANY",
        "GENKAN_SERVICE_HOST",
        "GENKAN_PORT",
        "PATH",
    ];
    let scene = names
        .iter()
        .fold(Scene::new(), |scene, name| scene.variable(name, "x"));
    scene.load().unwrap();
}

#[test]
fn secret_files_map_to_keys_and_others_of_our_name_are_refused() {
    let settings = Scene::new()
        .secret("genkan_master_key", "00ff\r\n")
        .load()
        .unwrap();
    assert_eq!(settings.secrets.master_key.unwrap().expose(), "00ff");
    Scene::new().secret("other_password", "x").load().unwrap();
    let error = Scene::new().secret("genkan_masterkey", "x").refused();
    assert!(
        error
            .message()
            .contains("genkan_masterkey` is not a setting"),
        "{error}"
    );
    let scene = Scene::new();
    fs::create_dir(scene.path("secrets").join("genkan_master_key")).unwrap();
    assert!(scene.refused().message().contains("cannot be read"));
}

#[test]
fn a_secret_is_never_repeated_by_an_error() {
    let error = Scene::new()
        .file("[secrets]\nmaster_key = 123456")
        .refused();
    assert!(
        !format!("{error:?}{}", error.hint_text()).contains("123456"),
        "{error:?}"
    );
    let error = Scene::new()
        .file("[secrets]\nmaster_key = [\"hush\"]")
        .refused();
    assert!(!format!("{error:?}").contains("hush"), "{error:?}");
}

#[test]
fn all_problems_are_named_at_once() {
    let scene = Scene::new()
        .file("[server]\nbnid = 1\n[log]\nlevel = 7\n")
        .variable("GENKAN_X", "1");
    let message = scene.refused().message().to_owned();
    for part in ["server.bnid", "GENKAN_X", "log.level"] {
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(message.lines().count(), 3, "{message}");
}

#[test]
fn the_settings_file_is_the_first_one_named() {
    let scene = Scene::new().file("[log]\nlevel = \"warn\"");
    let other = scene.path("other.toml");
    fs::write(&other, "[log]\nlevel = \"debug\"").unwrap();
    let third = scene.path("third.toml");
    fs::write(&third, "[log]\nlevel = \"trace\"").unwrap();
    assert_eq!(scene.load().unwrap().log.level.as_str(), "warn");
    let scene = scene.variable("GENKAN_CONFIG", other.to_str().unwrap());
    assert_eq!(scene.load().unwrap().log.level.as_str(), "debug");
    assert_eq!(
        scene.load_from(Some(&third)).unwrap().log.level.as_str(),
        "trace"
    );
}

#[test]
fn a_named_settings_file_must_exist() {
    let scene = Scene::new().variable("GENKAN_CONFIG", "/nowhere/genkan.toml");
    assert!(
        scene
            .refused()
            .message()
            .contains("`/nowhere/genkan.toml` cannot be read")
    );
}

#[test]
fn off_loopback_needs_a_proxy_and_a_public_url() {
    let open = "[server]\nbind = \"0.0.0.0:80\"\n";
    let proxied = format!("{open}behind_proxy = true\n");
    let rows = [
        ("[server]\nbind = \"127.0.0.1:80\"\n".to_owned(), None),
        ("[server]\nbind = \"[::1]:80\"\n".to_owned(), None),
        (open.to_owned(), Some("without TLS")),
        (proxied.clone(), Some("`server.public_url` is not set")),
        (
            format!("{open}public_url = \"https://a.example\"\n"),
            Some("without TLS"),
        ),
        (
            format!("{proxied}public_url = \"https://a.example\"\n"),
            Some("`server.trusted_proxies` is not set"),
        ),
        (
            format!("{proxied}public_url = \"https://a.example\"\ntrusted_proxies = [\"::1\"]\n"),
            None,
        ),
    ];
    for (text, refusal) in rows {
        let checked = Scene::new().file(&text).load().unwrap().check(None);
        match (checked, refusal) {
            (Ok(()), None) => {}
            (Err(error), Some(part)) => assert!(error.message().contains(part), "{text}: {error}"),
            (found, expected) => panic!("{text}: {found:?}, expected {expected:?}"),
        }
    }
}

//! `docs/reference/settings.md`, its schema and `examples/genkan.toml`, all from the sections themselves.
//!
//! `GENKAN_TEST_WRITE=1 cargo test -p genkan reference` writes them anew.

mod schema;

use std::{fmt::Write, fs, path::PathBuf};

use crate::settings::{
    Applies, Http, KNOWN, KNOWN_FILES, Key, Knowledge, Limits, Log, Mcp, Ops, Quirks, Realm, Redis,
    Secrets, Server, Store, Tasks, Tls, Traces, Zulip, stored::barred,
};

const HEAD: &str = "\
# Settings

<!-- Written by `GENKAN_TEST_WRITE=1 cargo test -p genkan reference`; do not edit. -->

A setting has one name, `section.key`, and several places to set it. The first that says something
wins:

1. the command line, where a flag exists (`genkan serve --bind`, `--behind-proxy`);
2. the environment: `GENKAN_SECTION__KEY`, with two underscores between section and key;
3. a secret file: `/run/secrets/genkan_<section>_<key>`; section `secrets` lends no name of its own,
   so `secrets.master_key` is `/run/secrets/genkan_master_key`;
4. of section `zulip` alone, a `zuliprc` as Zulip hands it out: here (but not for `genkan stdio`),
   `~/.zuliprc`, `~/.config/zulip/zuliprc`; the first that is whole, and only where nothing above names
   Zulip. It stands for the whole section;
5. the settings file: `--config FILE`, else `GENKAN_CONFIG`, else `genkan.toml` in the data folder;
6. what is stored, for all instances on one store: `genkan config set KEY VALUE`, `genkan config unset KEY`;
7. the default.

Lists are arrays in the file and separated by commas elsewhere. A key, a variable with our prefix or
a secret file that is no setting is an error, and so is a value of another type: the message names
file and line or the variable. `genkan validate-config` says whether all is well, `genkan config
show` prints every value and where it came from, with secrets hidden. Editors that know JSON Schema check the
file while it is written, by [settings.schema.json](settings.schema.json).

A setting is stored only if it would hold: a key or a value that is none, or that does not go together with
the others here, is refused, and so are secrets and what belongs to one machine; the message says where these
belong. Only the user of a machine of the house may store settings, and each change is on record
(`genkan audit report --tool admin_setting_set`). A stored setting that an instance does not take, such as one of a
newer version, is left aside there and reported as a wrong edit is; the others hold. `genkan config
unset` forgets it. A server whose store does not answer does not start.

A server reads its settings file, its secret files and what is stored again within two seconds of a change, and
on SIGHUP (but for one that runs in a terminal, which SIGHUP ends). What can apply at once does, for
every call that begins from then on; no call is dropped. What cannot waits for the next start, and
the log says so. An edit that is wrong changes nothing: the settings that were stay in force, the log
names file and line, `genkan_settings_rejected` is 1 until the file is right again, and `genkan
doctor` says what is wrong. Only keys of Zulip are tried after all else applies: those that do not open
it are not taken up, and `genkan_settings_rejected` says so too.

Not settings, but read from the environment: `GENKAN_DATA_DIR` (the data folder, as `--data-dir`),
`GENKAN_CONFIG` (the settings file, as `--config`) and `NO_COLOR` (no colours on a terminal).
`GENKAN_TEST_…` is ignored, and so is what Kubernetes sets for a service named `genkan`
(`GENKAN_SERVICE_…`, `GENKAN_PORT…`).
";

const EXAMPLE_HEAD: &str = "\
# Every setting of Genkan, with its default. Put it as `genkan.toml` into the data folder, or name it
# with `--config`. Each line is a comment until you remove the `#`. What the settings mean in full:
# docs/reference/settings.md.
";

/// Every section. Those of organisations are told of once, under a name that stands for any.
fn sections(realm: &str) -> Vec<(String, &'static str, Vec<Key>)> {
    let of_realm = format!("zulip.realms.{realm}");
    let sections = [
        (Server::NAME, Server::ABOUT, Server::keys()),
        (Tls::NAME, Tls::ABOUT, Tls::keys()),
        (Ops::NAME, Ops::ABOUT, Ops::keys()),
        (Store::NAME, Store::ABOUT, Store::keys()),
        (Redis::NAME, Redis::ABOUT, Redis::keys()),
        (Secrets::NAME, Secrets::ABOUT, Secrets::keys()),
        (Http::NAME, Http::ABOUT, Http::keys()),
        (Limits::NAME, Limits::ABOUT, Limits::keys()),
        (Tasks::NAME, Tasks::ABOUT, Tasks::keys()),
        (Knowledge::NAME, Knowledge::ABOUT, Knowledge::keys()),
        (Zulip::NAME, Zulip::ABOUT, Zulip::keys()),
        (&of_realm, Realm::ABOUT, Realm::keys(realm)),
        (Mcp::NAME, Mcp::ABOUT, Mcp::keys()),
        (Quirks::NAME, Quirks::ABOUT, Quirks::keys()),
        (Log::NAME, Log::ABOUT, Log::keys()),
        (Traces::NAME, Traces::ABOUT, Traces::keys()),
    ];
    let sections = sections.map(|(name, about, keys)| (name.to_owned(), about, keys));
    sections.into_iter().collect()
}

fn paragraph(about: &str) -> String {
    about.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn reference() -> String {
    let mut page = HEAD.to_owned();
    for (name, about, keys) in sections("NAME") {
        let _ = write!(page, "\n## {name}\n\n{}\n", paragraph(about));
        for key in keys {
            let default = key
                .default
                .map_or("absent".to_owned(), |text| format!("`{text}`"));
            let _ = write!(page, "\n### `{}`\n\n{}\n\n", key.path, paragraph(key.about));
            let _ = writeln!(page, "- takes {}", key.kind);
            let _ = writeln!(page, "- default: {default}");
            let applies = match key.applies {
                Applies::AtOnce => "at once",
                Applies::AtRestart => "at the next start",
            };
            let _ = writeln!(page, "- a change applies {applies}");
            let known = KNOWN.iter().find(|(_, path)| *path == key.path);
            let known = known.map(|(name, _)| format!(", or `{name}`"));
            let known = known.unwrap_or_default();
            let _ = writeln!(page, "- environment: `{}`{known}", key.variable());
            let file = KNOWN_FILES.iter().find(|(_, path)| *path == key.path);
            let file = file.map(|(name, _)| format!(", or `/run/secrets/{name}`"));
            let file = file.unwrap_or_default();
            let own = key.secret_file();
            if let Some(why) = barred(&key) {
                let _ = writeln!(page, "- cannot be stored: it {why}");
            }
            let _ = writeln!(page, "- secret file: `/run/secrets/{own}`{file}");
        }
    }
    page
}

fn example() -> String {
    let mut page = EXAMPLE_HEAD.to_owned();
    for (name, about, keys) in sections("acme") {
        let _ = write!(page, "\n# {}\n[{name}]\n", paragraph(about));
        for key in keys {
            for line in key.about.trim_end().lines() {
                let _ = writeln!(page, "#{line}");
            }
            let _ = writeln!(page, "#{} = {}\n", short(&key), example_value(&key));
        }
        page.truncate(page.trim_end().len());
        page.push('\n');
    }
    page
}

fn short(key: &Key) -> &str {
    key.path.rsplit('.').next().unwrap_or(&key.path)
}

/// A default in its TOML form; for an absent one something of the right shape.
fn example_value(key: &Key) -> String {
    match key.default {
        Some(text) if text.parse::<i64>().is_ok() || text == "true" || text == "false" => {
            text.into()
        }
        Some(text) => format!("\"{text}\""),
        None if key.kind.starts_with("a list") => "[]".into(),
        None => match key.path.as_str() {
            "server.public_url" => "\"https://genkan.example.org\"".into(),
            "traces.endpoint" => "\"http://127.0.0.1:4318\"".into(),
            "tls.cert" => "\"/etc/genkan/tls.crt\"".into(),
            "tls.key" => "\"/etc/genkan/tls.key\"".into(),
            "ops.bind" => "\"127.0.0.1:9137\"".into(),
            "http.proxy" => "\"http://proxy.example.org:3128\"".into(),
            "http.ca_file" => "\"/etc/ssl/company.pem\"".into(),
            "store.url" => "\"postgres://genkan@db.example.org/genkan\"".into(),
            "redis.url" => "\"redis://redis.example.org:6379/0\"".into(),
            path if path.ends_with(".site") => "\"https://chat.example.org\"".into(),
            path if path.ends_with(".email") => "\"me@example.org\"".into(),
            path if path.ends_with(".bot_email") => "\"genkan-bot@chat.example.org\"".into(),
            path if path.ends_with(".zuliprc") => "\"/etc/genkan/acme.zuliprc\"".into(),
            path if path.ends_with("api_key") => "\"0123456789abcdefghijklmnopqrstuv\"".into(),
            "limits.heavy_calls" => "4".into(),
            "knowledge.model_folder" => "\"/var/lib/genkan/model\"".into(),
            _ => "\"…\"".into(),
        },
    }
}

pub(crate) fn same(path: &str, expected: &str) {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path);
    #[allow(clippy::disallowed_methods, reason = "a switch for developers")]
    let write = std::env::var_os("GENKAN_TEST_WRITE").is_some();
    if write {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, expected).unwrap();
    }
    let found = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        found == expected,
        "{path} is out of date: GENKAN_TEST_WRITE=1 cargo test -p genkan reference"
    );
}

#[test]
fn the_reference_is_up_to_date() {
    same("docs/reference/settings.md", &reference());
}

#[test]
fn the_example_is_up_to_date() {
    same("examples/genkan.toml", &example());
}

/// The example with the comment signs taken away.
fn uncommented(example: &str) -> String {
    let lines = example.lines().map(|line| {
        line.strip_prefix('#')
            .filter(|rest| !rest.starts_with(' '))
            .unwrap_or(line)
    });
    let lines: Vec<_> = lines.filter(|line| !line.contains('…')).collect();
    lines.join("\n")
}

/// With the comment signs taken away, every line of the example is a setting that parses.
#[test]
fn the_example_reads_as_the_defaults() {
    let keys = [super::keys(), Realm::keys("acme")].concat();
    let text = uncommented(&example());
    let (values, problems) = super::file::parse("genkan.toml".as_ref(), &text, &keys);
    assert_eq!(problems, []);
    assert_eq!(
        values.len(),
        keys.len() - 1,
        "all but the master key, whose example is no key"
    );
}

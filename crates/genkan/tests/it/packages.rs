//! What operators run from `deploy/`, tried out here: the scripts, and the settings of the compositions.

mod install;

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use crate::{binary::genkan, readme::workspace};

fn deploy(name: &str) -> PathBuf {
    workspace().join("deploy").join(name)
}

/// Runs a script of `deploy/` with nothing in the environment but a path and a home.
fn script(name: &str, arguments: &[&str], home: &Path) -> Output {
    Command::new("sh")
        .arg(deploy(name))
        .args(arguments)
        .env_clear()
        .env("HOME", home)
        .env("PATH", std::env::var("PATH").unwrap())
        .current_dir(home)
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    String::from_utf8_lossy(out).into_owned() + &String::from_utf8_lossy(err)
}

#[test]
fn every_script_explains_itself_and_refuses_a_wrong_command_line() {
    let home = tempfile::tempdir().unwrap();
    for (name, wrong) in [
        ("install.sh", "--fast"),
        ("smoke.sh", "only-one"),
        ("compose/secrets.sh", "ftp://genkan.example.com"),
    ] {
        let help = script(name, &["--help"], home.path());
        assert!(help.status.success(), "{name}: {help:?}");
        assert!(said(&help).starts_with("usage: "), "{name}: {help:?}");
        let refused = script(name, &[wrong], home.path());
        assert_eq!(refused.status.code(), Some(2), "{name}: {refused:?}");
        assert!(
            String::from_utf8_lossy(&refused.stderr).contains("usage: "),
            "{name}"
        );
    }
}

#[test]
fn the_smoke_script_tells_a_server_that_works_from_one_that_does_not() {
    let binary = genkan();
    let server = binary.serve();
    let url = format!("http://{}", server.address());
    let key = server.told["admin_key_file"].as_str().unwrap().to_owned();
    let well = script("smoke.sh", &[&url, &key], binary.root());
    assert!(well.status.success(), "{}", said(&well));
    let lines: Vec<String> = said(&well).lines().map(str::to_owned).collect();
    assert_eq!(
        lines,
        ["health", "ready", "metrics", "call"].map(|name| format!("ok      {name}"))
    );

    let user = binary
        .run(["key", "create", "guest", "--role", "user"])
        .ok();
    let weak = binary.root().join("weak.key");
    fs::write(&weak, user.out).unwrap();
    let refused = script("smoke.sh", &[&url, weak.to_str().unwrap()], binary.root());
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    assert!(
        said(&refused).contains("FAILED  metrics: HTTP 403"),
        "{}",
        said(&refused)
    );

    drop(server);
    let gone = script("smoke.sh", &[&url, &key], binary.root());
    assert_eq!(gone.status.code(), Some(1), "{}", said(&gone));
    assert_eq!(said(&gone).matches("FAILED").count(), 4, "{}", said(&gone));
    for output in [&well, &refused, &gone] {
        assert!(!said(output).contains("gk_"), "no key is shown");
    }
}

/// What a composition sets, with the defaults of what it leaves open.
fn environment(name: &str) -> Vec<(String, String)> {
    let text = fs::read_to_string(deploy("compose").join(name)).unwrap();
    let service = text.split("\n  genkan:\n").nth(1).unwrap();
    let block = service.split("    environment:\n").nth(1).unwrap();
    let lines = block.lines().take_while(|line| line.starts_with("      "));
    let lines = lines.filter(|line| !line.trim_start().starts_with('#'));
    let pairs = lines.map(|line| {
        let (variable, value) = line.trim().split_once(": ").unwrap();
        let value = value.trim_matches('"');
        let open = value
            .strip_prefix("${")
            .and_then(|rest| rest.strip_suffix('}'));
        let value = open.map_or(value, |open| open.split_once(":-").unwrap().1);
        (variable.to_owned(), value.to_owned())
    });
    pairs.collect()
}

#[test]
fn the_settings_of_the_compositions_are_valid_and_their_secrets_have_the_right_names() {
    for name in ["one.yml", "team.yml"] {
        let mut binary = genkan();
        let variables = environment(name);
        assert!(variables.len() >= 4, "{name}: {variables:?}");
        for (variable, value) in &variables {
            binary = binary.variable(variable, value);
        }
        if name == "team.yml" {
            // What its secret files hold; the files themselves belong into /run/secrets.
            binary = binary
                .variable("GENKAN_SERVER__PUBLIC_URL", "https://genkan.example.com")
                .variable("GENKAN_STORE__URL", "postgres://genkan:x@postgres/genkan")
                .variable("GENKAN_REDIS__URL", "redis://:x@redis:6379/0")
                .variable("GENKAN_SECRETS__MASTER_KEY", &"7a".repeat(32));
        }
        let valid = binary.run(["validate-config"]);
        assert_eq!(valid.code, Some(0), "{name}: {valid:?}");
    }
    let reference = fs::read_to_string(workspace().join("docs/reference/settings.md")).unwrap();
    let team = fs::read_to_string(deploy("compose/team.yml")).unwrap();
    for secret in [
        "genkan_server_public_url",
        "genkan_store_url",
        "genkan_master_key",
        "genkan_redis_url",
    ] {
        assert!(
            reference.contains(&format!("secret file: `/run/secrets/{secret}`")),
            "{secret}"
        );
        assert!(
            team.contains(&format!("    file: ./secrets/{secret}\n")),
            "{secret}"
        );
    }
}

#[test]
fn secrets_are_made_once_and_kept() {
    let copy = tempfile::tempdir().unwrap();
    let place = copy.path().join("secrets.sh");
    fs::copy(deploy("compose/secrets.sh"), &place).unwrap();
    let make = |url: &str| {
        let made = Command::new("sh").arg(&place).arg(url).output().unwrap();
        assert!(made.status.success(), "{made:?}");
        said(&made)
    };
    let read = |name: &str| fs::read_to_string(copy.path().join("secrets").join(name)).unwrap();
    let first = make("https://genkan.example.com");
    let (key, store) = (read("genkan_master_key"), read("genkan_store_url"));
    assert!(
        key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{first}"
    );
    assert!(
        store.contains(&format!(":{}@postgres/", read("postgres_password"))),
        "{store}"
    );
    let redis = format!("redis://:{}@redis:6379/0", read("redis_password"));
    assert_eq!(read("genkan_redis_url"), redis);
    let again = make("https://other.example.com");
    assert_eq!(
        (read("genkan_master_key"), read("genkan_store_url")),
        (key.clone(), store)
    );
    assert_eq!(
        read("genkan_server_public_url"),
        "https://genkan.example.com"
    );
    assert_eq!(again.matches("kept").count(), 7, "{again}");
    assert!(!first.contains(&key), "no secret is shown");
    let mode = fs::metadata(copy.path().join("secrets"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
}

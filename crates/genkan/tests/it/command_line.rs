//! Help, usage errors and exit codes.

use crate::binary::genkan;

#[test]
fn help_names_every_command_and_succeeds() {
    let ended = genkan().run(["--help"]).ok();
    for command in [
        "serve",
        "stdio",
        "key",
        "tools",
        "audit",
        "config",
        "validate-config",
        "migrate",
        "backup",
        "restore",
        "completions",
    ] {
        assert!(
            ended.out.contains(&format!("\n  {command} ")),
            "{command}: {}",
            ended.out
        );
    }
    for flag in ["--config <FILE>", "--data-dir <DIR>", "--json"] {
        assert!(ended.out.contains(flag), "{flag}: {}", ended.out);
    }
}

#[test]
fn version_is_told() {
    let ended = genkan().run(["--version"]).ok();
    assert_eq!(
        ended.out.trim(),
        format!("genkan {}", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn wrong_usage_is_exit_code_2() {
    let rows: [(&[&str], &str); 12] = [
        (&[], "Usage"),
        (&["sing"], "unrecognized subcommand 'sing'"),
        (&["serve", "--loud"], "unexpected argument '--loud'"),
        (&["key"], "Usage"),
        (&["key", "create", "x"], "--role"),
        (
            &["key", "create", "x", "--role", "king"],
            "`king` is not a role",
        ),
        (
            &["key", "create", "x", "--role", "user", "--expires", "soon"],
            "90d, 12h",
        ),
        (&["stdio", "--profile", "No Name"], "a profile name is"),
        (
            &["tools", "call", "x", "--args", "[]"],
            "must be a JSON object",
        ),
        (&["tools", "call", "x", "--args", "{"], "is not JSON"),
        (&["tools", "call", "x", "pair"], "key=value"),
        (
            &["serve", "--bind", "nowhere"],
            "error[config_invalid]: --bind: `server.bind`",
        ),
    ];
    for (arguments, part) in rows {
        let ended = genkan().run(arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {ended:?}");
        assert!(ended.err.contains(part), "{arguments:?}: {}", ended.err);
        assert_eq!(ended.out, "", "{arguments:?}");
    }
}

#[test]
fn usage_errors_are_json_when_that_is_asked_for() {
    let ended = genkan().run(["--json", "key", "create", "x"]);
    assert_eq!(ended.code, Some(2));
    let error: serde_json::Value = serde_json::from_str(&ended.err).unwrap();
    assert_eq!(error["error"]["code"], "invalid_arguments");
}

#[test]
fn completions_are_printed() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ended = genkan().run(["completions", shell]).ok();
        assert!(ended.out.contains("genkan"), "{shell}");
    }
}

#[test]
fn colours_stay_out_of_pipes() {
    let ended = genkan().run(["--config", "/nowhere.toml", "config", "show"]);
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.err.starts_with("error[config_invalid]: "),
        "{}",
        ended.err
    );
    assert!(ended.err.contains("\nhint: "), "{}", ended.err);
    assert!(!ended.err.contains('\x1b'));
}

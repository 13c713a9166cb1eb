//! The SDKs of other languages, driven by `tests/clients/scenario.*`.

use std::{ffi::OsString, path::Path, process::Command};

use serde_json::Value;

use super::{Player, Stage, Way, described, tool_variable};

#[derive(Clone)]
pub(crate) struct PythonSdk {
    python: OsString,
}

impl PythonSdk {
    pub(crate) fn find() -> Option<Self> {
        let python = tool_variable("GENKAN_TEST_PYTHON")?;
        Some(Self { python })
    }
}

impl Player for PythonSdk {
    const NAME: &'static str = "Python SDK";

    fn plays(&self, _way: Way) -> bool {
        true
    }

    fn can(&self, _way: Way, _step: &str) -> bool {
        true
    }

    fn play(&self, stage: &Stage, steps: &Value) -> Value {
        let way = described(stage, steps, |step| self.can(stage.way(), step));
        run(stage.client(&self.python), "scenario.py", &way)
    }
}

#[derive(Clone)]
pub(crate) struct TypeScriptSdk {
    node: OsString,
    modules: OsString,
}

impl TypeScriptSdk {
    pub(crate) fn find() -> Option<Self> {
        let node = tool_variable("GENKAN_TEST_NODE")?;
        let modules = tool_variable("GENKAN_TEST_TS_SDK")?;
        Some(Self { node, modules })
    }
}

impl Player for TypeScriptSdk {
    const NAME: &'static str = "TypeScript SDK";

    fn plays(&self, _way: Way) -> bool {
        true
    }

    /// Where one stream carries everything it hears of progress in a later turn of its loop, and forgets who
    /// listens as soon as the answer is read: what it reads together with the answer, the end, is lost.
    fn forgets(&self, way: Way, step: &str, found: &Value, expected: &Value) -> bool {
        let (Some(found), Some(expected)) = (found.as_array(), expected.as_array()) else {
            return false;
        };
        step == "progress" && way.transport != "http" && expected.starts_with(found)
    }

    /// Tasks are a package of their own.
    fn can(&self, _way: Way, step: &str) -> bool {
        step != "task"
    }

    fn play(&self, stage: &Stage, steps: &Value) -> Value {
        let way = described(stage, steps, |step| self.can(stage.way(), step));
        let mut command = stage.client(&self.node);
        command.env("GENKAN_TEST_TS_SDK", &self.modules);
        run(command, "scenario.mjs", &way)
    }
}

fn run(mut command: Command, script: &str, way: &Value) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/clients")
        .join(script);
    let output = command.arg(path).arg(way.to_string()).output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    let (transport, revision) = (&way["transport"], &way["revision"]);
    assert!(
        output.status.success(),
        "{script} over {transport} in {revision}: {err}"
    );
    serde_json::from_str(&out).unwrap_or_else(|_| panic!("{script} printed `{out}` and {err}"))
}

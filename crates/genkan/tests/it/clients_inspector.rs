//! The Inspector: a process for each request, so that each has a connection of its own.

use std::ffi::OsString;

use genkan_testkit::binary::Binary;
use serde_json::{Value, json};

use crate::clients::{Era, Target, client};

/// The Inspector and the Node that runs it.
pub(crate) struct Inspector {
    pub(crate) node: OsString,
    pub(crate) script: OsString,
}

/// How an Inspector ended: 0 is an answer, 5 is an answer that tells of an error.
struct Ended {
    code: i32,
    answer: Value,
}

impl Inspector {
    pub(crate) fn takes_the_tour(
        &self,
        binary: &Binary,
        era: Era,
        target: &Target,
        namespace: &str,
    ) -> Value {
        let call = |tool: &str, arguments: Value| {
            let (name, arguments) = (format!("knowledge_{tool}"), arguments.to_string());
            let words = [
                "tools/call",
                "--tool-name",
                &name,
                "--tool-args-json",
                &arguments,
            ];
            self.asks(binary, era, target, &words)
        };
        let done = |tool: &str, arguments: Value| {
            let Ended { code, answer } = call(tool, arguments);
            assert_eq!(code, 0, "{answer}");
            answer["structuredContent"].clone()
        };
        let list = self.asks(binary, era, target, &["tools/list"]).answer;
        let tools = list["tools"].as_array().unwrap().iter();
        let scope = format!("{namespace}:shop");
        let team = json!({ "name": namespace, "description": "What our team knows" });
        let created = done("create_namespace", team.clone());
        done(
            "create_scope",
            json!({ "scope": scope, "description": "The web shop" }),
        );
        let entry = json!({ "scope": scope, "context": "deploy release rollback",
            "content": "Releases of the shop go out on Tuesdays." });
        let written = done("write_knowledge", entry);
        let queries = json!(["releasing the shop", "undo deployment"]);
        let found = done(
            "get_task_context",
            json!({ "scope": scope, "queries": queries }),
        );
        let again = call("create_namespace", team);
        json!({
            "revision": revision(&again.answer),
            "tools": tools.map(|tool| tool["name"].clone()).collect::<Vec<_>>(),
            "created": created,
            "written": written,
            "found": found,
            "refused": {
                "is_error": again.code == 5 && again.answer["isError"] == true,
                "text": again.answer["content"][0]["text"],
            },
        })
    }

    fn asks(&self, binary: &Binary, era: Era, target: &Target, words: &[&str]) -> Ended {
        let mut command = client(binary, &self.node);
        command.env("MCP_CATALOG_PATH", binary.root().join("catalog.json"));
        command.arg(&self.script).arg("--cli");
        match target {
            Target::Http { url, key } => command
                .args([url, "--transport", "http"])
                .args(["--header", &format!("Authorization: Bearer {key}")]),
            Target::Stdio { executable } => command
                .arg(executable)
                .args(["stdio", "--transport", "stdio", "-e"])
                .arg(format!("GENKAN_DATA_DIR={}", binary.data("").display())),
        };
        let output = command
            .args(["--protocol-era", era.name, "--method"])
            .args(words)
            .output()
            .unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        let answer = serde_json::from_str(&out)
            .unwrap_or_else(|_| panic!("{words:?} printed `{out}` and {err}"));
        let code = output.status.code().unwrap();
        Ended { code, answer }
    }
}

/// Which revision an answer is of: only the newest names the server in each.
fn revision(answer: &Value) -> &'static str {
    if answer["_meta"]["io.modelcontextprotocol/serverInfo"].is_object() {
        "2026-07-28"
    } else {
        "2025-11-25"
    }
}

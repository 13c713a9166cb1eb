//! The Inspector: a process for each step, so that each has a connection of its own.

use std::ffi::OsString;

use serde_json::{Value, json};

use super::{Player, Stage, Way, tool_variable};

#[derive(Clone)]
pub(crate) struct Inspector {
    node: OsString,
    script: OsString,
}

impl Inspector {
    pub(crate) fn find() -> Option<Self> {
        let node = tool_variable("GENKAN_TEST_NODE")?;
        let script = tool_variable("GENKAN_TEST_INSPECTOR")?;
        Some(Self { node, script })
    }

    fn asks(&self, stage: &Stage, words: &[&str]) -> Value {
        let way = stage.way();
        let mut command = stage.client(&self.node);
        command.env("MCP_CATALOG_PATH", "catalog.json");
        command.arg(&self.script).arg("--cli");
        match stage.url() {
            Some(url) => command
                .args([&url, "--transport", way.transport, "--header"])
                .arg(format!("Authorization: Bearer {}", stage.key().unwrap())),
            None => {
                command.args(stage.command()).args(["--transport", "stdio"]);
                let variables = stage.variables().into_iter();
                command.args(
                    variables
                        .flat_map(|(name, value)| ["-e".to_owned(), format!("{name}={value}")]),
                )
            }
        };
        let era = if way.revision == "2026-07-28" {
            "modern"
        } else {
            "legacy"
        };
        let output = command
            .args(["--protocol-era", era, "--method"])
            .args(words)
            .output()
            .unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        serde_json::from_str(&out)
            .unwrap_or_else(|_| panic!("{words:?} {way:?} printed `{out}` and {err}"))
    }

    fn step(&self, stage: &Stage, step: &Value) -> Value {
        let word = |name: &str| step[name].as_str().unwrap();
        match word("step") {
            "lists" => {
                // It follows the pages by itself.
                let tools = self.asks(stage, &["tools/list"]);
                let tools = tools["tools"].as_array().unwrap();
                let expected = step["expect"]["tools"].as_array().unwrap().iter();
                let tools: Vec<_> = expected
                    .filter(|name| tools.iter().any(|tool| tool["name"] == **name))
                    .collect();
                let resources = self.asks(stage, &["resources/list"]);
                let uris = resources["resources"].as_array().unwrap().iter();
                let uris = uris.map(|resource| resource["uri"].as_str().unwrap());
                let numbered = uris.filter(|uri| uri.starts_with("numbered://")).count();
                json!({ "tools": tools, "resources": numbered })
            }
            "call" => {
                let call = ["tools/call", "--tool-name", word("tool")];
                self.asks(stage, &call)["content"][0]["text"].clone()
            }
            "read" => {
                let answer = self.asks(stage, &["resources/read", "--uri", word("uri")]);
                let contents = &answer["contents"];
                assert!(contents.is_array(), "{answer}");
                contents[0]["text"].clone()
            }
            "prompt" => {
                let arguments = step["arguments"].as_object().unwrap().iter();
                let pairs: Vec<_> = arguments
                    .map(|(name, value)| format!("{name}={}", value.as_str().unwrap()))
                    .collect();
                let mut words = vec![
                    "prompts/get",
                    "--prompt-name",
                    word("prompt"),
                    "--prompt-args",
                ];
                words.extend(pairs.iter().map(String::as_str));
                self.asks(stage, &words)["messages"][0]["content"]["text"].clone()
            }
            other => panic!("it cannot {other}"),
        }
    }
}

impl Player for Inspector {
    const NAME: &'static str = "Inspector";

    /// It speaks the newest revision of each era.
    fn plays(&self, way: Way) -> bool {
        way.transport == "sse" || ["2026-07-28", "2025-11-25"].contains(&way.revision)
    }

    /// Its command line makes single requests and prints their answers: no progress, nobody to ask, no way
    /// to give up, no word for `completion/complete` (`mcpdo` has one), no tasks of 2026-07-28. What it
    /// subscribes to it prints without end, and nothing else may be asked in that session.
    fn can(&self, _way: Way, step: &str) -> bool {
        ["lists", "call", "read", "prompt"].contains(&step)
    }

    fn play(&self, stage: &Stage, steps: &Value) -> Value {
        // It does not tell which revision it agreed to; the schemas hold it to that.
        let mut outcomes = json!({ "revision": stage.way().revision });
        let steps = steps.as_array().unwrap().iter();
        for step in steps.filter(|step| self.can(stage.way(), step["step"].as_str().unwrap())) {
            let name = step["step"].as_str().unwrap();
            outcomes[name] = self.step(stage, step);
        }
        outcomes
    }
}

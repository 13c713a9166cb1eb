//! Real MCP clients against the built binary: the Inspector, the Python SDK and the TypeScript SDK,
//! each in both eras and over both transports. Each prints its lines of the matrix.
//!
//! The SDKs are driven by `tests/clients/tour.*`, which print what they saw; it is judged here.
//! Without the variables by which the gate names the clients, the tests say so and pass.

use std::{
    ffi::{OsStr, OsString},
    fmt,
    path::{Path, PathBuf},
    process::Command,
};

use genkan_testkit::binary::Binary;
use serde_json::{Value, json};

use crate::clients_inspector::Inspector;

/// Modern or legacy, with the revision that the client then speaks.
#[derive(Clone, Copy)]
pub(crate) struct Era {
    pub(crate) name: &'static str,
    revision: &'static str,
}

const ERAS: [Era; 2] = [
    Era {
        name: "modern",
        revision: "2026-07-28",
    },
    Era {
        name: "legacy",
        revision: "2025-11-25",
    },
];

/// The address of a server, or the server itself as the client starts it.
pub(crate) enum Target {
    Http { url: String, key: String },
    Stdio { executable: PathBuf },
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http { .. } => "http",
            Self::Stdio { .. } => "stdio",
        })
    }
}

/// A client that takes the tour and tells what it saw.
trait Tourist {
    const NAME: &'static str;

    /// Connects, lists the tools, makes a namespace of this name and a scope in it, writes an entry
    /// and finds it, and makes the namespace again, which is refused.
    fn tour(&self, binary: &Binary, era: Era, target: &Target, namespace: &str) -> Value;
}

#[test]
fn the_inspector_takes_the_tour_in_both_eras_over_both_transports() {
    if let (Some(node), Some(script)) = (
        tool_variable("GENKAN_TEST_NODE"),
        tool_variable("GENKAN_TEST_INSPECTOR"),
    ) {
        matrix(&Inspector { node, script });
    }
}

#[test]
fn the_python_sdk_takes_the_tour_in_both_eras_over_both_transports() {
    if let Some(python) = tool_variable("GENKAN_TEST_PYTHON") {
        matrix(&PythonSdk { python });
    }
}

#[test]
fn the_typescript_sdk_takes_the_tour_in_both_eras_over_both_transports() {
    if let (Some(node), Some(modules)) = (
        tool_variable("GENKAN_TEST_NODE"),
        tool_variable("GENKAN_TEST_TS_SDK"),
    ) {
        matrix(&TypeScriptSdk { node, modules });
    }
}

/// A client that the gate installed. Absent, the test says so.
pub(crate) fn tool_variable(name: &str) -> Option<OsString> {
    let value = std::env::var_os(name);
    if value.is_none() {
        eprintln!("skipped: {name} is not set");
    }
    value
}

fn matrix<T: Tourist>(tourist: &T) {
    let product = PathBuf::from(env!("CARGO_BIN_EXE_genkan"));
    let mut rows = vec![format!("{:<16}  era     over", "client")];
    for era in ERAS {
        for over_http in [true, false] {
            let target = visit(tourist, &product, era, over_http);
            rows.push(format!("{:<16}  {:<6}  {target}", T::NAME, era.name));
        }
    }
    eprintln!("{}", rows.join("\n"));
}

/// One tour through a fresh house of this executable; how the client came in.
fn visit<T: Tourist>(tourist: &T, executable: &Path, era: Era, over_http: bool) -> &'static str {
    let binary = Binary::new(executable);
    let server = over_http.then(|| binary.serve());
    let target = match &server {
        Some(server) => Target::Http {
            url: format!("http://{}/mcp", server.address()),
            key: server.admin_key(),
        },
        None => Target::Stdio {
            executable: executable.to_owned(),
        },
    };
    let namespace = format!("{}-{target}", era.name);
    let saw = tourist.tour(&binary, era, &target, &namespace);
    judge(&saw, era, &namespace);
    let verified = binary.run(["audit", "verify", "--json"]).ok().json();
    assert_eq!(verified["faults"], json!([]), "{verified}");
    if over_http { "http" } else { "stdio" }
}

fn judge(saw: &Value, era: Era, namespace: &str) {
    assert_eq!(saw["revision"], era.revision, "{saw}");
    let tools = saw["tools"].as_array().unwrap();
    let knowledge = tools
        .iter()
        .filter(|tool| tool.as_str().unwrap().starts_with("knowledge_"));
    assert!(knowledge.count() >= 12, "{saw}");
    let default_scope = format!("{namespace}:default");
    assert_eq!(saw["created"]["default_scope"], default_scope, "{saw}");
    let (id, scope) = (
        saw["written"]["id"].as_str().unwrap(),
        format!("{namespace}:shop"),
    );
    let content = &saw["found"][&scope][id];
    assert_eq!(
        *content, "Releases of the shop go out on Tuesdays.",
        "{saw}"
    );
    assert_eq!(saw["found"]["ranking"][0]["id"], id, "{saw}");
    assert_eq!(saw["refused"]["is_error"], true, "{saw}");
    let text = saw["refused"]["text"].as_str().unwrap();
    assert!(
        text.contains("(already_exists)") && text.contains(namespace),
        "{saw}"
    );
}

struct PythonSdk {
    python: OsString,
}

impl Tourist for PythonSdk {
    const NAME: &'static str = "Python SDK";

    fn tour(&self, binary: &Binary, era: Era, target: &Target, namespace: &str) -> Value {
        let command = client(binary, &self.python);
        script(command, "tour.py", era, target, namespace)
    }
}

struct TypeScriptSdk {
    node: OsString,
    modules: OsString,
}

impl Tourist for TypeScriptSdk {
    const NAME: &'static str = "TypeScript SDK";

    fn tour(&self, binary: &Binary, era: Era, target: &Target, namespace: &str) -> Value {
        let mut command = client(binary, &self.node);
        command.env("GENKAN_TEST_TS_SDK", &self.modules);
        script(command, "tour.mjs", era, target, namespace)
    }
}

impl Tourist for Inspector {
    const NAME: &'static str = "Inspector";

    fn tour(&self, binary: &Binary, era: Era, target: &Target, namespace: &str) -> Value {
        self.takes_the_tour(binary, era, target, namespace)
    }
}

/// A program of a client, in the surroundings of the binary.
pub(crate) fn client(binary: &Binary, program: &OsStr) -> Command {
    let like = binary.command(["stdio"]);
    let variables = like
        .get_envs()
        .filter_map(|(name, value)| Some((name, value?)));
    let mut command = Command::new(program);
    let folder = Path::new(program).parent().unwrap();
    command.env_clear().envs(variables).env("PATH", folder);
    command.current_dir(binary.root());
    command
}

fn script(mut command: Command, file: &str, era: Era, target: &Target, namespace: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/clients")
        .join(file);
    command.arg(path).args([namespace, era.name]);
    match target {
        Target::Http { url, key } => command.arg(url).env("KEY", key),
        Target::Stdio { executable } => command.arg(executable).arg("stdio"),
    };
    let output = command.output().unwrap();
    let (out, err) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(
        output.status.success(),
        "{file} {} {target}: {err}",
        era.name
    );
    serde_json::from_str(&out).unwrap_or_else(|_| panic!("{file} printed `{out}` and {err}"))
}

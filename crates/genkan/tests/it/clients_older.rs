//! The Python SDK over HTTP+SSE of MCP 2024-11-05 against the built binary.

use std::path::Path;

use serde_json::Value;

use crate::{
    binary::genkan,
    clients::{client, tool_variable},
};

#[test]
fn the_python_sdk_speaks_http_with_sse() {
    let Some(python) = tool_variable("GENKAN_TEST_PYTHON") else {
        return;
    };
    let binary = genkan().variable("GENKAN_MCP__LEGACY_SSE", "true");
    let server = binary.serve();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/older.py");
    let output = client(&binary, &python)
        .arg(script)
        .arg(format!("http://{}/sse", server.address()))
        .env("KEY", server.admin_key())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let saw: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(saw["server"], "genkan", "{saw}");
    let tools = saw["tools"].as_array().unwrap();
    assert!(tools.contains(&"knowledge_write_knowledge".into()), "{saw}");
    assert!(saw["namespaces"].is_object(), "{saw}");
}

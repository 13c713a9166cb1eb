//! The Inspector verifies the skills: every file against its digest, every manifest against its entry.

use crate::{
    binary::genkan,
    clients::{client, tool_variable},
};

#[test]
fn the_inspector_verifies_every_skill() {
    let (Some(node), Some(script)) = (
        tool_variable("GENKAN_TEST_NODE"),
        tool_variable("GENKAN_TEST_INSPECTOR"),
    ) else {
        return;
    };
    let binary = genkan();
    let server = binary.serve();
    let written = binary.run([
        "tools",
        "call",
        "knowledge_write_knowledge",
        "scope=global:default",
        "context=deploy: \"release\" #1",
        "content=Releases go out on Tuesdays.",
    ]);
    assert_eq!(written.code, Some(0), "{written:?}");
    let mut command = client(&binary, &node);
    let output = command
        .env("MCP_CATALOG_PATH", binary.root().join("catalog.json"))
        .arg(&script)
        .args([
            "--cli",
            &format!("http://{}/mcp", server.address()),
            "--transport",
            "http",
        ])
        .args([
            "--header",
            &format!("Authorization: Bearer {}", server.admin_key()),
        ])
        .args([
            "--protocol-era",
            "modern",
            "--method",
            "skills/list",
            "--verify",
        ])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{text} {told}");
    for skill in [
        "skill://genkan/team-knowledge/SKILL.md",
        "skill://knowledge/global/default/global-default/SKILL.md",
    ] {
        assert!(text.contains(skill), "{skill} in {text} {told}");
    }
}

//! The variables by which tests find what the gate set up. A tool that is not
//! installed has no variable; a test that needs it then says so and fails
//! under the gate, which sets up all of them.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::{process, workspace};

/// Names a folder beside the workspace that only some have.
const SHARED: &str = "GENKAN_TEST_SHARED";

/// All variables, given the address of the scratch PostgreSQL.
pub(crate) fn variables(postgres: &str) -> Vec<(&'static str, OsString)> {
    let mut variables = vec![("GENKAN_TEST_POSTGRES", OsString::from(postgres))];
    for (name, path) in paths() {
        if path.exists() {
            variables.push((name, path.into_os_string()));
        }
    }
    variables
}

/// The variables that would be lacking, so that tests which need them would only say so.
pub(crate) fn missing() -> impl Iterator<Item = &'static str> {
    let tools = paths().into_iter().filter(|(name, _)| *name != SHARED);
    tools
        .filter(|(_, path)| !path.exists())
        .map(|(name, _)| name)
}

/// Where npm put what the set-up installed.
pub(crate) fn node_modules() -> PathBuf {
    workspace::tools().join("node/node_modules")
}

/// The Node of the set-up, newer than the one that many systems have.
pub(crate) fn node() -> PathBuf {
    node_modules().join("node/bin/node")
}

fn paths() -> [(&'static str, PathBuf); 6] {
    let inspector = "@modelcontextprotocol/inspector/clients/launcher/build/index.js";
    [
        ("GENKAN_TEST_NODE", node()),
        ("GENKAN_TEST_INSPECTOR", node_modules().join(inspector)),
        ("GENKAN_TEST_TS_SDK", node_modules()),
        (
            "GENKAN_TEST_PYTHON",
            workspace::tools().join("python/bin/python"),
        ),
        (
            "GENKAN_TEST_REDIS",
            process::find("redis-server").unwrap_or_default(),
        ),
        (SHARED, workspace::root().join("../shared")),
    ]
}

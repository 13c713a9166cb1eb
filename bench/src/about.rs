//! When, where and of what the figures are.

use std::{path::Path, process::Command};

use genkan_core::{Clock, clock::SystemClock};

use crate::subject::Programs;

/// Date, commit, machine and versions, each with its name.
pub fn all(programs: &Programs, root: &Path, quick: bool) -> Vec<(String, String)> {
    let mut about = Vec::new();
    let mut tell = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            about.push((name.to_owned(), value));
        }
    };
    tell("date", Some(SystemClock.now().to_string()[..10].to_owned()));
    tell("commit", commit(root));
    tell(
        "run",
        Some(if quick { "quick".into() } else { "full".into() }),
    );
    tell("machine", machine());
    // What else the machine had to do: figures of a busy one are not to be trusted far.
    tell("load average when it began", load_average());
    tell(
        "kernel",
        first_line("/proc/sys/kernel/osrelease").map(|text| format!("Linux {text}")),
    );
    tell("Rust", output(Command::new("rustc").arg("--version")));
    tell("build", build(programs));
    tell("rmcp", Some("3.9.0".into()));
    if let Some(python) = &programs.python {
        let words = "import fastmcp, platform; print(fastmcp.__version__, 'on Python', platform.python_version())";
        tell("FastMCP", output(Command::new(python).args(["-c", words])));
    }
    if let Some((node, folder)) = &programs.node {
        let package = folder.join("node_modules/@modelcontextprotocol/server/package.json");
        let text = std::fs::read_to_string(package).unwrap_or_default();
        let package: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        let version = package["version"].as_str().unwrap_or("?").to_owned();
        let on = output(Command::new(node).arg("--version")).unwrap_or_default();
        tell("TypeScript SDK", Some(format!("{version} on Node {on}")));
    }
    about
}

fn commit(root: &Path) -> Option<String> {
    let git = |words: &[&str]| output(Command::new("git").current_dir(root).args(words));
    let id = git(&["rev-parse", "--short=12", "HEAD"])?;
    let changed = git(&["status", "--porcelain"]).is_none_or(|text| !text.is_empty());
    Some(if changed {
        format!("{id} with local changes")
    } else {
        id
    })
}

/// The profile, which is what the folder of the programs is named after.
fn build(programs: &Programs) -> Option<String> {
    let name = programs.beside.file_name()?.to_str()?;
    Some(match name {
        "dist" => "as released (profile `dist`: thin LTO, one codegen unit)".to_owned(),
        name => format!("profile `{name}`"),
    })
}

fn machine() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let name = text
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))?
        .1;
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    Some(format!("{cores} cores of {name}"))
}

fn load_average() -> Option<String> {
    let line = first_line("/proc/loadavg")?;
    Some(line.split_whitespace().next()?.to_owned())
}

fn first_line(path: &str) -> Option<String> {
    Some(
        std::fs::read_to_string(path)
            .ok()?
            .lines()
            .next()?
            .to_owned(),
    )
}

fn output(command: &mut Command) -> Option<String> {
    let output = command
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

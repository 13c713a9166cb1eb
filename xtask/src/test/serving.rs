//! What a newcomer does first: `cargo xtask run` with an empty data folder ends in a server that
//! says where it listens, where its key is and what to do next, until Ctrl-C.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::{process, workspace};

/// How long building and starting may take.
const PATIENCE: Duration = Duration::from_secs(15 * 60);
/// The last line that the server prints when it listens.
const READY: &str = "Ctrl-C ends the server.";

/// Runs it on a fresh folder and any free port, and presses Ctrl-C when it serves.
pub(super) fn check() -> Result<bool> {
    let folder = workspace::target().join("xtask/first-start");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).context("an earlier first start cannot be removed")?;
    }
    let mut child = process::cargo()
        .args(["xtask", "run", "--bind", "127.0.0.1:0", "--data-dir"])
        .arg(&folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("cargo xtask run did not start")?;
    let told = told(&mut child);
    let ended = told.and_then(|told| {
        press_ctrl_c(&child)?;
        Ok((told, child.wait()?.success()))
    });
    if ended.is_err() {
        let _ = child.kill();
        let _ = child.wait();
    }
    let (told, ended_well) = ended?;
    let key = folder.join("admin.key").display().to_string();
    for part in ["http://127.0.0.1:", key.as_str(), "Next, connect a client:"] {
        if !told.contains(part) {
            bail!("the server did not say `{part}`:\n{told}");
        }
    }
    std::fs::remove_dir_all(&folder).context("the first start cannot be removed")?;
    Ok(ended_well)
}

/// What the server prints until it listens.
fn told(child: &mut Child) -> Result<String> {
    let output = child.stdout.take().context("BUG: the output is piped")?;
    let (send, lines) = channel();
    std::thread::spawn(move || {
        let lines = BufReader::new(output).lines().map_while(Result::ok);
        lines.for_each(|line| drop(send.send(line)));
    });
    let (mut told, start) = (String::new(), Instant::now());
    while !told.contains(READY) {
        let left = PATIENCE.saturating_sub(start.elapsed());
        let line = lines.recv_timeout(left);
        let line = line.with_context(|| format!("it does not serve; it said:\n{told}"))?;
        told += &format!("{line}\n");
    }
    Ok(told)
}

/// Cargo becomes xtask, and that the server: one process from the first to the last.
fn press_ctrl_c(child: &Child) -> Result<()> {
    process::run(Command::new("kill").args(["-s", "INT", &child.id().to_string()]))
}

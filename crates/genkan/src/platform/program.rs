//! Programs of the system that a command of the command line starts; the server starts none.

use std::process::Stdio;

/// Runs a program to its end. `Err` says in words why it did not do what it should.
#[allow(
    clippy::disallowed_methods,
    reason = "the one place that starts programs"
)]
pub(crate) async fn run(program: &str, words: &[&str]) -> Result<(), String> {
    let mut command = tokio::process::Command::new(program);
    command.args(words).stdin(Stdio::null()).kill_on_drop(true);
    let ended = command.output().await;
    let output = ended.map_err(|error| error.to_string())?;
    match output.status.success() {
        true => Ok(()),
        false => {
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            Err(format!("{}: {said}", output.status))
        }
    }
}

//! A tap on a stream of lines: `genkan-tap` stands between a client and the server that it starts,
//! and writes down every line before it is passed on.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    sync::Mutex,
    thread,
};

use serde_json::{Value, json};

use super::{Judge, Said, Speaker};

/// The record of one conversation over lines.
pub struct LineTap {
    path: PathBuf,
}

impl LineTap {
    /// A record in this file.
    pub fn into_file(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What was said so far, in order. A line that is no JSON is a string.
    pub fn said(&self) -> Vec<Said> {
        let text = std::fs::read_to_string(&self.path).unwrap_or_default();
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        whole.lines().map(read).collect()
    }

    /// Judges all of it.
    pub fn judge(&self) -> Judge {
        let mut judge = Judge::default();
        for Said { speaker, message } in self.said() {
            judge.hear(speaker, &message);
        }
        judge
    }
}

fn read(line: &str) -> Said {
    let mut line: Value = serde_json::from_str(line).unwrap();
    let speaker = match line["from"].as_str() {
        Some("client") => Speaker::Client,
        _ => Speaker::Server,
    };
    Said {
        speaker,
        message: line["message"].take(),
    }
}

/// Starts the program and stands between it and our own standard input and output until it ends.
///
/// # Errors
/// When the file cannot be written or the program does not start.
pub fn relay(record: &Path, mut program: Command) -> io::Result<ExitCode> {
    let file = File::options().create(true).append(true).open(record)?;
    let record: &'static Mutex<File> = Box::leak(Box::new(Mutex::new(file)));
    let mut child = program
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let write = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let read = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    // Not awaited: our own input may stay open when the server has ended.
    thread::spawn(move || pass_on(record, "client", io::stdin(), write));
    pass_on(record, "server", read, io::stdout())?;
    let code = child
        .wait()?
        .code()
        .and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(1)))
}

/// Passes on line by line, and closes `to` at the end.
fn pass_on(
    record: &Mutex<File>,
    from: &str,
    lines: impl Read,
    mut to: impl Write,
) -> io::Result<()> {
    let mut lines = BufReader::new(lines);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line);
        let message: Value =
            serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.into_owned()));
        let said = format!("{}\n", json!({ "from": from, "message": message }));
        if let Ok(mut record) = record.lock() {
            record.write_all(said.as_bytes())?;
        }
        to.write_all(&line)?;
        to.flush()?;
        line.clear();
    }
    Ok(())
}

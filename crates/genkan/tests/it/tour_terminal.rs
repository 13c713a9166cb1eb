//! A terminal: a `bash` that keeps what was exported, and shows output and errors in one stream.

use std::{
    io::{BufRead, BufReader, Write},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

/// The longest that a command of the tour may be silent.
const PATIENCE: Duration = Duration::from_secs(60);
/// What stands before the exit code when a command has ended.
const END: &str = "<the command ended with>";

/// One terminal.
pub(crate) struct Terminal {
    shell: Child,
    keyboard: ChildStdin,
    screen: Receiver<String>,
}

/// What a command printed and how it ended.
#[derive(Debug)]
pub(crate) struct Printed {
    pub(crate) text: String,
    pub(crate) code: i32,
}

impl Printed {
    /// The text, if the command did what was asked.
    pub(crate) fn ok(&self) -> &str {
        assert_eq!(self.code, 0, "{}", self.text);
        &self.text
    }
}

impl Terminal {
    /// Opens a terminal in this folder with nothing in the environment but these variables.
    pub(crate) fn open(folder: &Path, variables: &[(&str, String)]) -> Self {
        let mut shell = Command::new("bash")
            .args([
                "--noprofile",
                "--norc",
                "-c",
                "exec bash --noprofile --norc 2>&1",
            ])
            .current_dir(folder)
            .env_clear()
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // A group of its own, so that Ctrl-C reaches what runs in it and nothing else.
            .process_group(0)
            .spawn()
            .unwrap();
        let keyboard = shell.stdin.take().unwrap();
        let output = BufReader::new(shell.stdout.take().unwrap());
        let (show, screen) = channel();
        std::thread::spawn(move || {
            let lines = output.lines().map_while(Result::ok);
            lines.for_each(|line| drop(show.send(line)));
        });
        Self {
            shell,
            keyboard,
            screen,
        }
    }

    /// Types a command and waits for its end.
    pub(crate) fn run(&mut self, command: &str) -> Printed {
        self.types(command);
        self.waits(command)
    }

    /// Types a command that goes on, and waits until it has printed this.
    pub(crate) fn starts(&mut self, command: &str, until: &str) -> String {
        self.types(command);
        let mut text = String::new();
        while !text.contains(until) {
            let line = self.line(command, &text);
            assert!(!line.starts_with(END), "`{command}` ended: {text}");
            text += &format!("{line}\n");
        }
        text
    }

    /// Presses Ctrl-C, and waits for the end of the command that ran.
    pub(crate) fn interrupts(&mut self) -> Printed {
        let line = format!("kill -s INT -- -{}", self.shell.id());
        let sent = Command::new("bash").args(["-c", &line]).status().unwrap();
        assert!(sent.success(), "{line}");
        self.waits("Ctrl-C")
    }

    fn types(&mut self, command: &str) {
        // Read as a whole before any of it runs, and no command reads what comes after it.
        let line = format!("{{ {command}\n}} </dev/null; printf '\\n{END} %d\\n' $?\n");
        self.keyboard.write_all(line.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    fn waits(&mut self, command: &str) -> Printed {
        let mut text = String::new();
        loop {
            let line = self.line(command, &text);
            if let Some(code) = line.strip_prefix(END) {
                let code = code.trim().parse().unwrap();
                let text = text.trim_end().to_owned();
                return Printed { text, code };
            }
            text += &format!("{line}\n");
        }
    }

    fn line(&self, command: &str, so_far: &str) -> String {
        let line = self.screen.recv_timeout(PATIENCE);
        line.unwrap_or_else(|error| panic!("`{command}`: {error}, after: {so_far}"))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // With all that it started, also after a failed assertion.
        let line = format!("kill -s KILL -- -{}", self.shell.id());
        let _ = Command::new("bash").args(["-c", &line]).status();
        let _ = self.shell.wait();
    }
}

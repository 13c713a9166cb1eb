//! What commands say: results on standard output, errors and remarks on standard error.
//!
//! Colours only on a terminal and without `NO_COLOR`. A reader that has gone away is no failure.

use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
};

use genkan_core::{Code, Error};
use serde::Serialize;
use serde_json::json;

use crate::settings::Environment;

/// The exit code of wrong usage and wrong settings; 1 is any other failure.
pub(crate) const USAGE: u8 = 2;

/// The exit code that goes with an error.
pub(crate) fn exit_code(error: &Error) -> ExitCode {
    match error.code() {
        Code::ConfigInvalid => ExitCode::from(USAGE),
        _ => ExitCode::FAILURE,
    }
}

/// Where a command's words go, and in which form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
    colours: bool,
}

impl Output {
    /// The terminal or pipes of this process.
    pub(crate) fn new(json: bool, environment: &Environment) -> Self {
        Self {
            json,
            colours: colours(environment),
        }
    }

    /// Prints a result: its JSON form with `--json`, else the text.
    pub(crate) fn result(self, value: &impl Serialize, text: impl FnOnce() -> String) {
        if self.json {
            let line = serde_json::to_string(value).expect("BUG: results have string keys");
            self.text(&line);
        } else {
            self.text(&text());
        }
    }

    /// Prints text on standard output.
    pub(crate) fn text(self, text: &str) {
        let mut out = io::stdout().lock();
        let _ = writeln!(out, "{}", text.trim_end_matches('\n')).and_then(|()| out.flush());
    }

    /// Prints a remark on standard error, for people only.
    pub(crate) fn remark(self, text: &str) {
        if !self.json {
            let _ = writeln!(io::stderr().lock(), "{text}");
        }
    }

    /// Prints an error beside a result: for people, since the result of a program holds it.
    pub(crate) fn remark_error(self, error: &Error) {
        if !self.json {
            self.error(error);
        }
    }

    /// Prints an error: `error[code]: message`, the hint below.
    pub(crate) fn error(self, error: &Error) {
        let shown = error.shown();
        let text = if self.json {
            json!({ "error": shown }).to_string()
        } else {
            let (red, cyan, plain) = if self.colours {
                ("\x1b[1;31m", "\x1b[36m", "\x1b[0m")
            } else {
                ("", "", "")
            };
            format!(
                "{red}error[{}]{plain}: {}\n{cyan}hint{plain}: {}",
                shown.code, shown.message, shown.hint
            )
        };
        let _ = writeln!(io::stderr().lock(), "{text}");
    }
}

/// Whether standard error takes colours.
pub(crate) fn colours(environment: &Environment) -> bool {
    io::stderr().is_terminal() && environment.find("NO_COLOR").is_none()
}

/// Lays rows out in columns, two spaces apart.
pub(crate) fn columns(rows: &[Vec<String>]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count)
        .map(|i| {
            rows.iter()
                .filter_map(|row| row.get(i))
                .map(|c| c.chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let line = |row: &Vec<String>| {
        let cells = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

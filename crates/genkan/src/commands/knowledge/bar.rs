//! A bar that fills while a command works, for a person at a terminal and nobody else.

use std::io::{self, IsTerminal, Write};

/// How wide it is.
const WIDTH: usize = 30;

/// The bar.
pub(super) struct Bar {
    total: usize,
    is_shown: bool,
}

impl Bar {
    /// An empty bar for so many steps.
    pub(super) fn new(total: usize, is_json: bool) -> Self {
        let bar = Self {
            total,
            is_shown: !is_json && total > 0 && io::stderr().is_terminal(),
        };
        bar.fill(0);
        bar
    }

    /// Shows that so many steps are done.
    pub(super) fn fill(&self, done: usize) {
        if self.is_shown {
            let full = (done * WIDTH).checked_div(self.total).unwrap_or(WIDTH);
            let line = format!("\r[{:<WIDTH$}] {done}/{}", "#".repeat(full), self.total);
            let _ = io::stderr().lock().write_all(line.as_bytes());
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if self.is_shown {
            // What is said next stands on a line of its own.
            let _ = io::stderr().lock().write_all(b"\r\x1b[2K");
        }
    }
}

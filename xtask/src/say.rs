//! What the commands tell the person at the terminal. Colours only where a
//! terminal reads them and `NO_COLOR` is not set; progress goes to standard
//! error, so that standard output stays for results.

use std::io::IsTerminal;

const BOLD: &str = "1";
const GREEN: &str = "32";
const RED: &str = "31";
const YELLOW: &str = "33";

/// Announces a step that takes a while.
pub(crate) fn step(text: &str) {
    eprintln!("{} {text}", paint(BOLD, "==>"));
}

/// Says that a check or a step went well.
pub(crate) fn good(text: &str) {
    eprintln!("{} {text}", paint(GREEN, "ok"));
}

/// Says that something failed; the command goes on to report the rest.
pub(crate) fn bad(text: &str) {
    eprintln!("{} {text}", paint(RED, "failed"));
}

/// Says what a person should know though nothing failed.
pub(crate) fn warn(text: &str) {
    eprintln!("{} {text}", paint(YELLOW, "warning:"));
}

/// Prints the error that ends the command, with what led to it.
pub(crate) fn error(error: &anyhow::Error) {
    eprintln!("{} {error}", paint(RED, "error:"));
    for cause in error.chain().skip(1) {
        eprintln!("  because: {cause}");
    }
}

/// Whether the person at the terminal sees colours.
pub(crate) fn has_colours() -> bool {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !plain && std::io::stderr().is_terminal()
}

fn paint(code: &str, text: &str) -> String {
    if !has_colours() {
        return text.to_owned();
    }
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}

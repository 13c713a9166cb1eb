//! Stands between a client and the server that it starts over standard input and output, and
//! writes down every line that goes by, for tests that judge the wire.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a developer's program"
)]

use std::{path::Path, process::Command, process::ExitCode};

use genkan_testkit::wire;

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    let (Some(record), Some(program)) = (words.next(), words.next()) else {
        eprintln!("usage: genkan-tap RECORD PROGRAM [ARGUMENT…]");
        return ExitCode::from(2);
    };
    let mut command = Command::new(program);
    command.args(words);
    wire::relay(Path::new(&record), command).unwrap_or_else(|error| {
        eprintln!("genkan-tap: {error}");
        ExitCode::FAILURE
    })
}

//! The binary `genkan`.

use std::process::ExitCode;

fn main() -> ExitCode {
    genkan::main(genkan::Additions::default())
}

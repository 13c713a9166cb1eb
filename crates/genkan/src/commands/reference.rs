//! `docs/reference/commands.md`, from the command line itself.
//!
//! `GENKAN_TEST_WRITE=1 cargo test -p genkan reference` writes it anew.

use std::fmt::Write;

use clap::CommandFactory;

use crate::{cli, settings::reference::same};

const HEAD: &str = "\
# Commands

<!-- Written by `GENKAN_TEST_WRITE=1 cargo test -p genkan reference`; do not edit. -->

The global options `--config FILE`, `--data-dir DIR` and `--json` stand before or after any command.

Exit codes: 0 the command did what was asked, 1 it failed, 2 the command line or the settings are
wrong. Results go to standard output, errors to standard error as `error[code]: message` with a hint
below, or as `{\"error\": {code, message, hint, doc}}` with `--json`. The codes are explained in
[errors.md](../errors.md).

`key`, `tools`, `audit` and `config set` go through the server that serves the data folder, if there is one, and
else open the store themselves.
";

fn write(page: &mut String, path: &str, command: &mut clap::Command) {
    if command.get_name() == "help" {
        return;
    }
    let _ = write!(
        page,
        "\n## `{path}`\n\n```text\n{}```\n",
        command.render_long_help()
    );
    for inner in command.get_subcommands_mut() {
        write(
            page,
            &format!("{path} {}", inner.get_name().to_owned()),
            inner,
        );
    }
}

#[test]
fn the_command_reference_is_up_to_date() {
    let mut command = cli::Arguments::command().term_width(100);
    command.build();
    let mut page = HEAD.to_owned();
    write(&mut page, "genkan", &mut command);
    same("docs/reference/commands.md", &page);
}

#[test]
fn the_command_line_is_well_formed() {
    cli::Arguments::command().debug_assert();
}

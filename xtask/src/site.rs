//! `cargo xtask site`: builds the documents as a site, into `target/site`. Every warning is an error: a
//! link to nothing, a page that no menu has. It needs no network once the tools are set up.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::{process, say, setup, workspace};

/// Build the documents as a site, into target/site.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

/// Sets up what it needs, builds, and says where the first page is.
pub(crate) fn run(_: &Arguments) -> Result<ExitCode> {
    setup::run()?;
    build()?;
    say::good(
        &workspace::target()
            .join("site/index.html")
            .display()
            .to_string(),
    );
    Ok(ExitCode::SUCCESS)
}

/// Builds with the tools that are there.
pub(crate) fn build() -> Result<()> {
    // Not `--quiet`: what is not said does not count as a warning either.
    let mut command = Command::new(workspace::tools().join("python/bin/mkdocs"));
    command
        .args(["build", "--strict", "--site-dir"])
        .arg(workspace::target().join("site"))
        .current_dir(workspace::root())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        // The theme has news of its own to tell.
        .env("NO_MKDOCS_2_WARNING", "true");
    process::capture(&mut command).map(drop)
}

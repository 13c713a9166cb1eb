//! Writes the generated references into the given folder. `cargo xtask gen` runs it.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a developer's program"
)]

use std::{path::PathBuf, process::ExitCode};

use genkan_testkit::{AppOptions, TestApp, TestDb, reference, zulip};

#[tokio::main]
async fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: genkan-gen OUT_DIR");
        return ExitCode::from(2);
    };
    let product = AppOptions {
        toolsets: Some(Vec::new()),
        zulip: Some(zulip::nowhere()),
        ..AppOptions::default()
    };
    let app = TestApp::start_with(&TestDb::sqlite(), product).await;
    let pages = [("tools.md", reference::tools(&app.toolsets))];
    for (name, page) in pages {
        let path = folder.join(name);
        if let Err(error) =
            std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, page))
        {
            eprintln!("{}: {error}", path.display());
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

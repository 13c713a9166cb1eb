//! Serves the fixtures of the MCP conformance suite over the product's doors and engine.
//! `cargo xtask test --step conformance` runs it.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a developer's program"
)]

use std::{process::ExitCode, time::Duration};

use clap::Parser;
use genkan_testkit::conformance;

/// Serve the fixtures of the MCP conformance suite. Everybody is let in.
#[derive(Parser)]
struct Arguments {
    /// Where to listen; port 0 takes a free one, which is printed.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    bind: String,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let house = conformance::start(&Arguments::parse().bind).await?;
    println!("http://{}/mcp", house.address);
    tokio::select! {
        ended = tokio::signal::ctrl_c() => ended?,
        () = house.lifecycle.failed().cancelled() => return Ok(ExitCode::FAILURE),
    }
    house.lifecycle.stop(Duration::from_secs(1)).await;
    Ok(ExitCode::SUCCESS)
}

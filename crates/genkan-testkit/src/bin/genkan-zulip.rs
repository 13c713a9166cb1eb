//! A Zulip to try things with: seeded, in memory, gone when it ends. `cargo xtask dev zulip` runs it.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a developer's program"
)]

use clap::Parser;
use genkan_testkit::zulip::{Generation, Options, Zulip};

/// Play a Zulip, seeded, in memory.
#[derive(Parser)]
struct Arguments {
    /// Where to listen; port 0 takes a free one, which is printed.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9991")]
    bind: String,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let zulip = Zulip::start_with(Options {
        address: Arguments::parse().bind,
        generation: Generation::Eleven,
        ..Options::default()
    })
    .await;
    println!("ZULIP_SITE={}", zulip.site);
    for (prefix, name) in [("ZULIP", "hamlet"), ("ZULIP_BOT", "bot")] {
        let user = zulip.user(name);
        println!("{prefix}_EMAIL={}", user.email);
        println!("{prefix}_API_KEY={}", user.key);
    }
    tokio::signal::ctrl_c().await?;
    Ok(())
}

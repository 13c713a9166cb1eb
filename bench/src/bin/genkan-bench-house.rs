//! The product with three toolsets more: the one of the tests, whose echo has no work of its own,
//! `sent` with one that leaves the house, and `made`, with as many tools as `GENKAN_TEST_TOOLS` says.
//!
//! Doors, store, keys, settings and commands are those of `genkan`.
#![allow(clippy::disallowed_methods, reason = "a developer's program")]

use std::{process::ExitCode, sync::Arc};

use genkan::Additions;
use genkan_bench::{made::MadeToolset, sent::SentToolset};
use genkan_core::Toolset;
use genkan_testkit::TestToolset;

fn main() -> ExitCode {
    genkan::main(Additions {
        toolsets: Some(toolsets),
        ..Additions::default()
    })
}

fn toolsets() -> Vec<Arc<dyn Toolset>> {
    let tools = std::env::var("GENKAN_TEST_TOOLS")
        .ok()
        .and_then(|text| text.parse().ok());
    vec![
        Arc::new(TestToolset),
        Arc::new(SentToolset),
        Arc::new(MadeToolset {
            tools: tools.unwrap_or(0),
        }),
    ]
}

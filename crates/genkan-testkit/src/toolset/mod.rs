//! Toolset `test`: small tools that behave as tests need them. Never part of the product.

mod compute;
mod confirm_twice;
mod echo;
mod fail;
mod greet;
mod pages;
mod relay;
mod slow;

use std::sync::Arc;

use genkan_core::{Tool, Toolset};
use genkan_toolsets::typed::tool;

pub use fail::panic_when_told;
pub use pages::PagesToolset;

/// The toolset.
pub struct TestToolset;

impl Toolset for TestToolset {
    fn name(&self) -> &str {
        "test"
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        vec![
            tool(compute::Compute),
            tool(confirm_twice::ConfirmTwice),
            tool(echo::Echo),
            tool(fail::Fail),
            tool(greet::Greet),
            tool(relay::Relay),
            tool(slow::Slow),
        ]
    }
}

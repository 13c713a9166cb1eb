//! A seam for tests: lets them make any stage refuse, fail, panic or hang.

use async_trait::async_trait;
use genkan_core::Result;

use crate::Stage;

/// Asked at the entrance of each stage. The product never sets one.
#[async_trait]
pub trait Probe: Send + Sync {
    /// May return an error, panic, or wait.
    async fn at(&self, stage: Stage) -> Result<()>;
}

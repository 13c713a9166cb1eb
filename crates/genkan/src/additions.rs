//! What a development binary adds to the product. The product itself adds nothing, and no setting
//! can make it.

use std::sync::Arc;

use genkan_core::Toolset;
use genkan_store::CrashPoint;

/// Makes toolsets.
pub type MakeToolsets = fn() -> Vec<Arc<dyn Toolset>>;

/// What is added.
#[derive(Clone, Debug, Default)]
pub struct Additions {
    /// Makes toolsets beside those of the product.
    pub toolsets: Option<MakeToolsets>,
    /// Where a test wants the process to die.
    pub crash_point: Option<CrashPoint>,
}

impl Additions {
    pub(crate) fn toolsets(&self) -> Vec<Arc<dyn Toolset>> {
        self.toolsets.map(|make| make()).unwrap_or_default()
    }
}

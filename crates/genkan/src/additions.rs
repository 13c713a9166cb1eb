//! What a development binary adds to the product. The product itself adds nothing, and no setting
//! can make it.

use std::{future::Future, pin::Pin, sync::Arc};

use genkan_core::Toolset;
use genkan_store::CrashPoint;

/// Makes toolsets.
pub type MakeToolsets = fn() -> Vec<Arc<dyn Toolset>>;

/// Makes a task that runs beside those of the server.
pub type MakeTask = fn() -> Pin<Box<dyn Future<Output = ()> + Send>>;

/// What is added.
#[derive(Clone, Debug, Default)]
pub struct Additions {
    /// Makes toolsets beside those of the product.
    pub toolsets: Option<MakeToolsets>,
    /// Makes a task beside those of the server.
    pub background: Option<MakeTask>,
    /// Where a test wants the process to die.
    pub crash_point: Option<CrashPoint>,
}

impl Additions {
    pub(crate) fn toolsets(&self) -> Vec<Arc<dyn Toolset>> {
        self.toolsets.map(|make| make()).unwrap_or_default()
    }
}

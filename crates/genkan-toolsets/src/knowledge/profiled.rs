//! The profile of a text that somebody wrote, which may be long: to read a megabyte takes tens of
//! milliseconds, in which the other calls of the thread should not have to wait.

use tokio::runtime::{Handle, RuntimeFlavor};

use super::search::Profile;

/// From so many bytes on a text is long.
const LONG: usize = 32 * 1024;

/// The profile of an entry with this context and content.
pub(crate) fn profiled(context: &str, content: &str) -> Profile {
    let flavor = Handle::try_current().map(|handle| handle.runtime_flavor());
    match flavor {
        Ok(RuntimeFlavor::MultiThread) if content.len() >= LONG => {
            tokio::task::block_in_place(|| Profile::of(context, content))
        }
        _ => Profile::of(context, content),
    }
}

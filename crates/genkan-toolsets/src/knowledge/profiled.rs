//! The profile of a text that somebody wrote, which may be long: to read a megabyte takes tens of
//! milliseconds, in which neither the other calls of the thread nor the writer should have to wait.

use tokio::runtime::{Handle, RuntimeFlavor};

use super::search::Profile;

/// From so many bytes on a text is long.
const LONG: usize = 32 * 1024;

/// A text that was read before it is written.
pub(crate) struct Profiled {
    pub(crate) context: String,
    pub(crate) content: String,
    pub(crate) profile: Profile,
}

impl Profiled {
    /// Reads the text of an entry with this context and content.
    pub(crate) fn of(context: String, content: String) -> Self {
        let profile = profiled(&context, &content);
        Self {
            context,
            content,
            profile,
        }
    }

    /// The profile of the text that is really written. It is another only if somebody was faster.
    pub(crate) fn profile_of(&self, context: &str, content: &str) -> Profile {
        match self.context == context && self.content == content {
            true => self.profile.clone(),
            false => profiled(context, content),
        }
    }
}

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

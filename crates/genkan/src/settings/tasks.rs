//! Section `tasks`: calls that go on after they were answered.

use std::num::{NonZeroU32, NonZeroU64};

use crate::settings::section::section;

section! {
    /// Calls that go on after they were answered, for clients that know tasks.
    Tasks "tasks" {
        /// After how many seconds a call becomes a task, where its client and its tool allow that.
        patience_seconds: NonZeroU64 = Some("10"), AtOnce;
        /// How long a task is kept after it began, in seconds.
        keep_seconds: NonZeroU64 = Some("86400"), AtOnce;
        /// Tasks that one principal may have open.
        per_principal: NonZeroU32 = Some("1000"), AtOnce;
    }
}

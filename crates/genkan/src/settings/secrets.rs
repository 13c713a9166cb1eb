//! Section `secrets`: what nobody may read.

use genkan_core::Secret;

use crate::settings::section::section;

section! {
    /// What nobody may read. Better in `/run/secrets` or the environment than in the file.
    Secrets "secrets" {
        /// The master key, 32 bytes in hexadecimal or Base64, from which all other keys are
        /// derived. Absent: `master.key` in the data folder, made at the first start, with SQLite
        /// only.
        master_key: Option<Secret<String>> = None;
    }
}

//! Section `knowledge`: what is kept of how team knowledge is used.

use std::num::NonZeroU32;

use crate::settings::section::section;

section! {
    /// How team knowledge is used.
    Knowledge "knowledge" {
        /// For how many days sums about searches are kept. They name nobody.
        search_days: NonZeroU32 = Some("90");
        /// Keep the words that are searched for. Without them, searches are only counted.
        search_words: bool = Some("true");
    }
}

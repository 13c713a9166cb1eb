//! Section `knowledge`: what is kept of searches.

use std::num::NonZeroU32;

use crate::settings::section::section;

section! {
    /// Searches in team knowledge, and what is kept of them.
    Knowledge "knowledge" {
        /// For how many days sums about searches are kept. They name nobody.
        search_days: NonZeroU32 = Some("90");
        /// Keep the words that are searched for. Without them, searches are only counted.
        search_words: bool = Some("true");
        /// Answer a search that was asked before as then, unless something in its scope, or in one that
        /// it inherits from, is another.
        search_cache: bool = Some("true");
    }
}

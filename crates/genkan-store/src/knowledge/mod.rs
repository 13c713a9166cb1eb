//! Team knowledge: namespaces, scopes that inherit from each other, entries, and their index.
//!
//! Statements only; the rules (what a name may be, what is protected, what is a cycle) stand with
//! the tools. Every write begins with [`TenantTx::knowledge_begin`](crate::TenantTx), which orders
//! all knowledge writes of a tenant, so what a write has read stays true until it ends.

mod begin;
mod conflict;
mod create;
mod dialect;
mod entry;
mod history;
mod index;
mod line;
mod namespace;
mod noted;
mod outdate;
mod page;
mod scope;
mod search;
mod sizes;
mod synonym;
mod usage;
mod vector;

pub use begin::Defaults;
pub use conflict::{
    DismissedConflict, LikelyConflict, ListedConflicts, Resolution, ResolvedConflict,
};
pub use entry::{Content, Entry, EntryText, NewEntry, Profile};
pub use history::Version;
pub use line::LineScope;
pub use namespace::Namespace;
pub(crate) use noted::Noted;
pub use noted::Touched;
pub use page::{Leaving, ListedEntry, ScopeCount, WholeEntry};
pub use scope::{NewScope, Scope, ScopeParent};
pub use search::{Candidate, Statistics, Wanted};
pub use sizes::ScopeSize;
pub use synonym::{Changed, Synonym};
pub(crate) use usage::Usage;
pub use usage::{
    Search, SearchedWord, SlowSearch, Suggestion, Unused, UsageDay, UsageKept, UsageWord,
};
pub use vector::{EntryVector, NewVector, Unread};

#[cfg(test)]
mod tests;

//! What a knowledge write notes on its way: who does it, and what it touches, so that those who
//! watch can be told once it is committed.

/// The notes of one write. They begin anew with each transaction.
#[derive(Debug, Default)]
pub(crate) struct Noted {
    /// The principal who writes.
    pub(crate) author: String,
    /// What was touched so far.
    pub(crate) touched: Vec<Touched>,
}

/// Something that a write touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Touched {
    /// An entry is another.
    Entry {
        /// The id of the scope that it is in, or was.
        scope: String,
        /// The id of the entry.
        id: String,
    },
    /// An entry came or went, as far as can be found.
    Listed {
        /// The id of the scope that it came into or went from.
        scope: String,
        /// The id of the entry.
        id: String,
    },
    /// A scope came, went or is another.
    Scope {
        /// Its id.
        id: String,
    },
    /// A namespace came, went or is another.
    Namespace {
        /// Its id.
        id: String,
    },
}

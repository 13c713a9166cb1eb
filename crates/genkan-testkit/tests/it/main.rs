//! The testkit keeps what it promises to those who read the documents.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

mod contributing;

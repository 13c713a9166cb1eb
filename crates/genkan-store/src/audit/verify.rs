//! Verifies.

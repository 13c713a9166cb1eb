//! What Genkan tells of itself: the log on standard error, metrics for `/metrics`.

pub(crate) mod log;
pub(crate) mod metrics;
pub(crate) mod traces;

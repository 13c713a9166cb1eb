//! What operators ask: is it alive, is it ready, what does it measure.

pub(crate) mod health;
pub(crate) mod metrics;
pub(crate) mod page;
pub(crate) mod ready;

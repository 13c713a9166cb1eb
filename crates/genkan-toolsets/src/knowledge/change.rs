//! What an update must bring along.

use genkan_core::{Code, Error, Result};

/// Refuses an update that changes nothing.
pub(crate) fn some(given: &[bool], names: &str) -> Result<()> {
    if given.contains(&true) {
        return Ok(());
    }
    Err(Error::new(
        Code::InvalidArguments,
        format!("nothing to change: give at least one of {names}"),
    ))
}

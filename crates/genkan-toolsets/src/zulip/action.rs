//! Tools that do one of several things: what each of them needs, and has no use for.

use genkan_core::{Code, Error, Result};

/// Checks the arguments of an action: each stands there with whether it was given.
///
/// Error: one that it needs is missing, or one was given that it has no use for.
pub(super) fn check(
    action: &str,
    given: &[(&str, bool)],
    needed: &[&str],
    possible: &[&str],
) -> Result<()> {
    for (name, is_given) in given {
        let is_needed = needed.contains(name);
        let message = match is_given {
            false if is_needed => format!("`{action}` needs `{name}`"),
            true if !is_needed && !possible.contains(name) => {
                format!("`{action}` has no use for `{name}`")
            }
            _ => continue,
        };
        return Err(Error::new(Code::InvalidArguments, message));
    }
    Ok(())
}

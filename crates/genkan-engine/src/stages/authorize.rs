//! Authorize: the last word on whether this principal may do this.
//!
//! The view that `expose` read was made from roles; here the permission itself is asked, so that a
//! fault in the preparation of views can hide a tool but never open one.

use genkan_core::{Code, Error, Principal, Result};

use super::target::Target;

pub(super) fn role(principal: &Principal, target: &Target) -> Result<()> {
    let permission = target.permission();
    if principal.may(permission) {
        return Ok(());
    }
    Err(Error::new(
        Code::Forbidden,
        format!("this needs the permission `{permission}`"),
    ))
}

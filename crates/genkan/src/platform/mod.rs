//! The one module that calls the operating system: files for their owner alone, locks, the local
//! socket, signals, folders, programs, the service manager and readings of
//! the machine.
//!
//! Where a system lacks something, the function says so in its type; no caller asks which system
//! it runs on.

pub(crate) mod files;
pub(crate) mod folders;
pub(crate) mod lock;
pub(crate) mod machine;
pub(crate) mod program;
pub(crate) mod service;
pub(crate) mod signals;
pub(crate) mod socket;

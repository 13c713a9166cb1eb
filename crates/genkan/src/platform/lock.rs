//! Advisory file locks, which the system releases however their holder ends.

use std::{
    fs::{File, TryLockError},
    io,
    path::Path,
};

use crate::platform::files;

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock(#[allow(dead_code, reason = "held, not read")] File);

impl Lock {
    /// Takes the lock, or says at once that another process holds it.
    pub(crate) fn try_take(path: &Path) -> io::Result<Option<Self>> {
        let file = files::open_private(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Takes the lock, waiting for whoever holds it. Blocks the thread.
    pub(crate) fn take(path: &Path) -> io::Result<Self> {
        let file = files::open_private(path)?;
        file.lock()?;
        Ok(Self(file))
    }
}

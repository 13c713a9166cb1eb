//! What files look like from outside, to notice that somebody wrote them.
//!
//! Looking is cheap and works where no system tells: on network file systems, and where whole folders
//! are swapped behind a link, as Kubernetes does with what it mounts.

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// The time of the last change and the size of each file; `None` of one that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Look(Vec<(PathBuf, Option<(SystemTime, u64)>)>);

impl Look {
    /// Looks at these files.
    pub(crate) fn at(files: impl IntoIterator<Item = PathBuf>) -> Self {
        let look = |file: &Path| {
            let told = fs::metadata(file).ok()?;
            Some((told.modified().ok()?, told.len()))
        };
        let looked = files.into_iter().map(|file| (look(&file), file));
        Self(looked.map(|(seen, file)| (file, seen)).collect())
    }
}

/// Notices that files changed and now rest, so that nobody reads what is half written.
#[derive(Debug)]
pub(crate) struct Watch {
    known: Look,
    seen: Look,
}

impl Watch {
    /// Everything is known as it is.
    pub(crate) fn new(now: Look) -> Self {
        Self {
            known: now.clone(),
            seen: now,
        }
    }

    /// Whether what is there differs from what is known, and was the same the time before.
    pub(crate) fn is_new(&mut self, now: Look) -> bool {
        let rests = now == self.seen;
        self.seen = now;
        let is_new = rests && self.seen != self.known;
        if is_new {
            self.known = self.seen.clone();
        }
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_new_once_and_only_when_it_rests() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("settings");
        let look = || Look::at([file.clone()]);
        let mut watch = Watch::new(look());
        assert!(!watch.is_new(look()));
        fs::write(&file, "half").unwrap();
        assert!(!watch.is_new(look()), "it may be half written");
        fs::write(&file, "the whole").unwrap();
        assert!(!watch.is_new(look()), "it still changes");
        assert!(watch.is_new(look()));
        assert!(!watch.is_new(look()), "told already");
        fs::remove_file(&file).unwrap();
        assert!(!watch.is_new(look()));
        assert!(watch.is_new(look()), "what vanished changed too");
    }
}

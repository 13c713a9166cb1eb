//! A note in an installed folder of what it was installed from. It is written
//! last, so that a broken installation is not taken for a whole one.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

pub(super) struct Stamp {
    file: PathBuf,
    text: String,
}

impl Stamp {
    /// The stamp of a folder that is installed from these files.
    pub(super) fn of(folder: &Path, sources: &[PathBuf]) -> Result<Stamp> {
        let mut text = String::new();
        for source in sources {
            let part = std::fs::read_to_string(source)
                .with_context(|| format!("cannot read {}", source.display()))?;
            text.push_str(&part);
        }
        Ok(Stamp {
            file: folder.join(".installed-from"),
            text,
        })
    }

    /// Whether the folder was installed from the files as they are now.
    pub(super) fn is_current(&self) -> bool {
        std::fs::read_to_string(&self.file).is_ok_and(|text| text == self.text)
    }

    /// Notes that the folder is whole.
    pub(super) fn write(&self) -> Result<()> {
        std::fs::write(&self.file, &self.text)
            .with_context(|| format!("cannot write {}", self.file.display()))
    }
}

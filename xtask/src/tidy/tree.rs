//! The files of the repository as a commit would hold them, read once for all
//! checks.

use std::process::Command;

use anyhow::Result;

use super::source::Source;
use crate::{process, workspace};

/// All text files that git tracks or would add.
pub(super) struct Tree {
    files: Vec<File>,
}

/// One text file.
pub(super) struct File {
    /// From the root of the repository, with `/` on every platform.
    pub(super) path: String,
    pub(super) text: String,
}

impl Tree {
    /// Reads the files of this checkout; files that are not text are left out.
    pub(super) fn read() -> Result<Tree> {
        let list = process::capture(Command::new("git").current_dir(workspace::root()).args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ]))?;
        let mut files = Vec::new();
        for path in list.split('\0').filter(|path| !path.is_empty()) {
            // A file that git still lists may be gone from the folder.
            if let Ok(text) = std::fs::read_to_string(workspace::root().join(path)) {
                files.push(File {
                    path: path.to_owned(),
                    text,
                });
            }
        }
        Ok(Tree { files })
    }

    /// A tree of these files, for tests.
    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Tree {
        let file = |(path, text): &(&str, &str)| File {
            path: (*path).to_owned(),
            text: (*text).to_owned(),
        };
        Tree {
            files: files.iter().map(file).collect(),
        }
    }

    /// All files.
    pub(super) fn files(&self) -> &[File] {
        &self.files
    }

    /// The Rust files.
    pub(super) fn rust(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.path.ends_with(".rs"))
    }

    /// One file by its path.
    pub(super) fn find(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }
}

impl File {
    /// Code and comments of a Rust file, told apart.
    pub(super) fn source(&self) -> Source {
        Source::parse(&self.text)
    }
}

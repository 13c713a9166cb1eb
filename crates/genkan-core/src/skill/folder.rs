//! The folders of a skill as `resources/directory/read` shows them: only what is directly in them.

use super::{MANIFEST, Skill};
use crate::resource::Resource;

/// The media type of a folder.
pub const DIRECTORY: &str = "inode/directory";

impl Skill {
    /// What is directly in the folder of this URI, by name; `None` when there is no such folder.
    pub fn read_directory(&self, uri: &str) -> Option<Vec<Resource>> {
        let inside = match uri.strip_prefix(self.folder.as_str())? {
            "" => "",
            inside => inside.strip_prefix('/').filter(|path| !path.is_empty())?,
        };
        let mut children: Vec<Resource> = Vec::new();
        for file in &self.files {
            let rest = match inside {
                "" => file.path.as_str(),
                folder => match file.path.strip_prefix(folder) {
                    Some(rest) if rest.starts_with('/') => &rest[1..],
                    _ => continue,
                },
            };
            let child = match rest.split_once('/') {
                None => self.file(uri, rest, file.mime_type, file.size_bytes),
                Some((folder, _)) => directory(uri, folder),
            };
            if children.iter().all(|known| known.uri != child.uri) {
                children.push(child);
            }
        }
        children.sort_by(|a, b| a.uri.cmp(&b.uri));
        // A folder without files is none.
        (!children.is_empty()).then_some(children)
    }

    fn file(&self, folder: &str, name: &str, mime_type: &str, size_bytes: u64) -> Resource {
        let is_manifest = name == MANIFEST && folder == self.folder;
        let said = |name: &str| {
            let value = self.frontmatter.get(name).filter(|_| is_manifest);
            value.and_then(|value| value.as_str()).map(str::to_owned)
        };
        Resource {
            uri: format!("{folder}/{name}"),
            name: said("name").unwrap_or_else(|| name.to_owned()),
            description: said("description"),
            mime_type: Some(mime_type.to_owned()),
            size_bytes: Some(size_bytes),
            ..Resource::default()
        }
    }
}

fn directory(folder: &str, name: &str) -> Resource {
    Resource {
        uri: format!("{folder}/{name}"),
        name: name.to_owned(),
        mime_type: Some(DIRECTORY.to_owned()),
        ..Resource::default()
    }
}

//! The files that an import reads: found in an order that does not change, bounded, and read one by
//! one. What is wrong with one is told with its name and line, and leaves the others alone.

use std::{
    collections::HashMap,
    fs,
    io::Read as _,
    path::{Path, PathBuf},
};

use genkan_core::Result;
use genkan_toolsets::knowledge::transfer::{self, Draft, Format};

use crate::data_folder::unusable;

/// How deeply folders may be nested.
const DEPTH: usize = 32;
/// How many files one import reads.
const FILES: usize = 100_000;
/// The largest page, in bytes.
const PAGE_BYTES: u64 = 16 * 1024 * 1024;
/// The largest file of JSON or CSV, in bytes.
const FILE_BYTES: u64 = 256 * 1024 * 1024;
/// The largest content, in bytes: what no content of the allowed length exceeds.
const CONTENT_BYTES: usize = 4 * 1024 * 1024;

/// Something that was found in a file.
pub(super) struct Item {
    /// The file, as seen from the path that was given.
    pub(super) file: String,
    /// Where in the file, counted from 1.
    pub(super) line: usize,
    /// The entry, or what is wrong.
    pub(super) draft: Result<Draft, String>,
}

/// Everything that the path holds.
///
/// Errors: `data_dir_unusable` where the path itself cannot be read.
pub(super) fn read(path: &Path, format: Format) -> Result<Vec<Item>> {
    let about = fs::metadata(path).map_err(|error| unusable(path, error))?;
    let mut items = Vec::new();
    if about.is_dir() && format == Format::Markdown {
        let mut files = Vec::new();
        find(path, 0, &mut files, &mut items);
        files.sort();
        for file in files {
            let name = file.strip_prefix(path).unwrap_or(&file);
            // The same on every system, since keys are made from it.
            let name = name.to_string_lossy().replace('\\', "/");
            items.extend(one(&file, name, format));
        }
    } else {
        let name = path.file_name().unwrap_or(path.as_os_str());
        items.extend(one(path, name.to_string_lossy().into_owned(), format));
    }
    refuse_doubles(&mut items);
    Ok(items)
}

/// Finds the pages of a folder. Hidden ones are passed over, and links are not followed.
fn find(folder: &Path, depth: usize, files: &mut Vec<PathBuf>, items: &mut Vec<Item>) {
    let mut fault = |path: &Path, wrong: String| {
        items.push(Item {
            file: path.display().to_string(),
            line: 1,
            draft: Err(wrong),
        });
    };
    if depth > DEPTH {
        return fault(folder, format!("lies more than {DEPTH} folders deep"));
    }
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return fault(folder, format!("cannot be read: {error}")),
    };
    let mut folders = Vec::new();
    for entry in entries.flatten() {
        let path = entry.path();
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        if is_hidden {
            continue;
        }
        let is_page = path.extension().is_some_and(|end| {
            end.eq_ignore_ascii_case("md") || end.eq_ignore_ascii_case("markdown")
        });
        if kind.is_dir() {
            folders.push(path);
        } else if kind.is_file() && is_page {
            if files.len() >= FILES {
                return fault(&path, format!("is one of more than {FILES} files"));
            }
            files.push(path);
        }
    }
    folders.sort();
    for inner in folders {
        find(&inner, depth + 1, files, items);
    }
}

fn one(path: &Path, name: String, format: Format) -> Vec<Item> {
    let most = match format {
        Format::Markdown => PAGE_BYTES,
        Format::Json | Format::Csv => FILE_BYTES,
    };
    let item = |line, draft| Item {
        file: name.clone(),
        line,
        draft,
    };
    let bytes = match bytes(path, most) {
        Ok(bytes) => bytes,
        Err(wrong) => return vec![item(1, Err(wrong))],
    };
    let found = transfer::read(format, &name, &bytes).into_iter();
    found
        .map(|read| item(read.line, read.draft.and_then(bounded)))
        .collect()
}

fn bytes(path: &Path, most: u64) -> Result<Vec<u8>, String> {
    let unread = |error: std::io::Error| format!("cannot be read: {error}");
    let file = fs::File::open(path).map_err(unread)?;
    let mut bytes = Vec::new();
    file.take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(unread)?;
    match bytes.len() as u64 > most {
        true => Err(format!("has more than {most} bytes")),
        false => Ok(bytes),
    }
}

fn bounded(draft: Draft) -> Result<Draft, String> {
    match draft.content.len() > CONTENT_BYTES {
        true => Err(format!("has a content of more than {CONTENT_BYTES} bytes")),
        false => Ok(draft),
    }
}

/// An id stands once; what has it again is refused.
fn refuse_doubles(items: &mut [Item]) {
    let mut places: HashMap<String, String> = HashMap::new();
    for item in items {
        let Ok(draft) = &item.draft else { continue };
        let Some(name) = draft.id.clone().or_else(|| draft.key.clone()) else {
            continue;
        };
        let place = format!("{}:{}", item.file, item.line);
        match places.get(&name) {
            Some(first) if draft.id.is_some() => {
                item.draft = Err(format!("has the id of the entry at {first}"));
            }
            Some(first) => item.draft = Err(format!("says the same as the entry at {first}")),
            None => {
                places.insert(name, place);
            }
        }
    }
}

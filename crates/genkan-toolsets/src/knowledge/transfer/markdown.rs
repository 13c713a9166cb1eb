//! Markdown. A page that was exported is one entry, exact to the byte; a page that somebody wrote is
//! split at its headings, each part complete in itself.

use std::collections::BTreeSet;

use super::{
    Draft, Read,
    front_matter::{self, FrontMatter},
    keywords,
};

/// Headings down to this depth begin an entry.
const DEPTH: usize = 3;
/// How many entries one file may become.
const SECTIONS: usize = 5_000;

/// The one Markdown form of an entry: front matter, then the content as it was written.
pub fn page(scope: &str, draft: &Draft) -> String {
    let mut page = String::from("---\n");
    if let Some(id) = &draft.id {
        page.push_str(&format!("id: {id}\n"));
    }
    page.push_str(&format!("scope: {scope}\n"));
    if let Some(context) = &draft.context {
        // A string of JSON is one of YAML as well.
        let context = serde_json::Value::from(context.as_str());
        page.push_str(&format!("keywords: {context}\n"));
    }
    let rest = [
        ("task_size", &draft.task_size),
        ("suppressed_by", &draft.suppressed_by),
    ];
    for (name, value) in rest {
        if let Some(value) = value {
            page.push_str(&format!("{name}: {value}\n"));
        }
    }
    page.push_str(&format!("---\n\n{}\n", draft.content));
    page
}

/// Reads the file of this name.
pub(super) fn read(name: &str, text: &str) -> Vec<Read> {
    let parts = match front_matter::split(text) {
        Ok(parts) => parts,
        Err((line, wrong)) => return vec![Read::fault(line, wrong)],
    };
    let said = parts.said.unwrap_or_default();
    if let Some(id) = first(&said, "id") {
        let content = parts.body.strip_prefix('\n').unwrap_or(parts.body);
        let content = content.strip_suffix('\n').unwrap_or(content);
        let draft = Draft {
            id: Some(id),
            key: None,
            context: given_keywords(&said),
            task_size: first(&said, "task_size"),
            suppressed_by: first(&said, "suppressed_by"),
            content: content.to_owned(),
        };
        return vec![Read {
            line: 1,
            draft: Ok(draft),
        }];
    }
    let sections = sections(&said, parts.body, parts.line);
    if sections.is_empty() {
        return vec![Read::fault(parts.line, "holds no text")];
    }
    if sections.len() > SECTIONS {
        return vec![Read::fault(1, format!("has more than {SECTIONS} sections"))];
    }
    let mut keys = BTreeSet::new();
    sections
        .into_iter()
        .map(|section| section.read(name, &said, &mut keys))
        .collect()
}

fn first(said: &FrontMatter, name: &str) -> Option<String> {
    let value = said.get(name)?.first()?;
    Some(value.clone()).filter(|value| !value.is_empty())
}

fn given_keywords(said: &FrontMatter) -> Option<String> {
    let words: Vec<&str> = ["keywords", "tags"]
        .into_iter()
        .filter_map(|name| said.get(name))
        .flatten()
        .flat_map(|text| text.split([',', ' ']))
        .filter(|word| !word.is_empty())
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// A part of a file: its headings from the outermost on, and what stands under the last of them.
struct Section {
    line: usize,
    headings: Vec<String>,
    body: String,
}

impl Section {
    fn read(self, name: &str, said: &FrontMatter, keys: &mut BTreeSet<String>) -> Read {
        let title = self.headings.join(" › ");
        let content = match title.is_empty() {
            true => self.body.trim().to_owned(),
            false => format!("# {title}\n\n{}", self.body.trim()),
        };
        let given = given_keywords(said).unwrap_or_default();
        let proposed = keywords::proposed(
            &self
                .headings
                .iter()
                .rev()
                .cloned()
                .collect::<Vec<_>>()
                .join(" "),
            &self.body,
        );
        let mut words: Vec<&str> = Vec::new();
        for word in given.split(' ').chain(proposed.split(' ')) {
            if !word.is_empty() && words.len() < 20 && !words.contains(&word) {
                words.push(word);
            }
        }
        let draft = Draft {
            key: Some(key(name, &self.headings, keys)),
            context: Some(words.join(" ")),
            task_size: first(said, "task_size"),
            content,
            ..Draft::default()
        };
        Read {
            line: self.line,
            draft: Ok(draft),
        }
    }
}

/// Where a section stands, by name: unique in its file.
fn key(name: &str, headings: &[String], keys: &mut BTreeSet<String>) -> String {
    let slug: String = headings
        .join("/")
        .to_lowercase()
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || c == '/' {
                c
            } else {
                '-'
            }
        })
        .collect();
    let base = format!("{name}#{slug}");
    let mut key = base.clone();
    for number in 2.. {
        if keys.insert(key.clone()) {
            break;
        }
        key = format!("{base}-{number}");
    }
    key
}

fn sections(said: &FrontMatter, body: &str, line: usize) -> Vec<Section> {
    let title = first(said, "title");
    let mut open: Vec<(usize, String)> = title.into_iter().map(|title| (0, title)).collect();
    let mut found = Vec::new();
    let mut section = Section {
        line,
        headings: open.iter().map(|(_, text)| text.clone()).collect(),
        body: String::new(),
    };
    let mut fence: Option<&str> = None;
    for (place, text) in body.lines().enumerate() {
        let begun = text.trim_start();
        match fence {
            Some(mark) if begun.starts_with(mark) => fence = None,
            Some(_) => {}
            None => {
                fence = ["```", "~~~"]
                    .into_iter()
                    .find(|mark| begun.starts_with(mark))
            }
        }
        match heading(text).filter(|_| fence.is_none()) {
            Some((depth, heading)) => {
                open.retain(|(other, _)| *other < depth);
                // A title that says the same as the first heading is said once.
                open.retain(|(other, text)| *other > 0 || *text != heading);
                open.push((depth, heading));
                let next = Section {
                    line: line + place,
                    headings: open.iter().map(|(_, text)| text.clone()).collect(),
                    body: String::new(),
                };
                found.push(std::mem::replace(&mut section, next));
            }
            None => {
                section.body.push_str(text);
                section.body.push('\n');
            }
        }
    }
    found.push(section);
    found.retain(|section| !section.body.trim().is_empty());
    found
}

fn heading(line: &str) -> Option<(usize, String)> {
    let depth = line.bytes().take_while(|byte| *byte == b'#').count();
    let text = line.get(depth..)?.strip_prefix(' ')?;
    let text = text.trim().trim_end_matches('#').trim_end();
    ((1..=DEPTH).contains(&depth) && !text.is_empty()).then(|| (depth, text.to_owned()))
}

//! The front matter of a Markdown file: the part of YAML that people write there. Names with a text
//! or a list of texts; anything deeper is passed over.

use std::collections::BTreeMap;

/// How many lines a front matter may have.
const LINES: usize = 500;

/// What a front matter says, by name; a list for each.
pub(super) type FrontMatter = BTreeMap<String, Vec<String>>;

/// A file taken apart.
pub(super) struct Parts<'a> {
    /// What the front matter says, if there is one.
    pub(super) said: Option<FrontMatter>,
    /// What comes after it.
    pub(super) body: &'a str,
    /// The line where that begins.
    pub(super) line: usize,
}

/// Takes the front matter off, if the text begins with one. A fault comes with its line.
pub(super) fn split(text: &str) -> Result<Parts<'_>, (usize, String)> {
    let mut lines = text.split_inclusive('\n');
    let Some(first) = lines.next().filter(|line| line.trim_end() == "---") else {
        return Ok(Parts {
            said: None,
            body: text,
            line: 1,
        });
    };
    let mut said = FrontMatter::new();
    let mut last: Option<String> = None;
    let mut length = first.len();
    for (place, line) in lines.enumerate().take(LINES) {
        length += line.len();
        let number = place + 2;
        let line = line.trim_end();
        if line == "---" || line == "..." {
            return Ok(Parts {
                said: Some(said),
                body: &text[length..],
                line: number + 1,
            });
        }
        let fault = |wrong: &str| (number, format!("has a broken front matter: {wrong}"));
        let inner = line.trim_start();
        if inner.is_empty() || inner.starts_with('#') {
            continue;
        }
        if let Some(item) = inner.strip_prefix("- ") {
            let name = last
                .as_ref()
                .ok_or_else(|| fault("a list without a name"))?;
            let item = scalar(item).map_err(|wrong| fault(&wrong))?;
            said.entry(name.clone()).or_default().push(item);
            continue;
        }
        if inner.len() < line.len() {
            // Deeper than what is understood here.
            continue;
        }
        let Some((name, value)) = line.split_once(':') else {
            return Err(fault("a line without a colon"));
        };
        let values = values(value.trim()).map_err(|wrong| fault(&wrong))?;
        let name = name.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
        if said.insert(name.clone(), values).is_some() {
            return Err(fault("a name that stands twice"));
        }
        last = Some(name);
    }
    Err((1, "has a front matter that does not end".to_owned()))
}

fn values(text: &str) -> Result<Vec<String>, String> {
    let Some(inner) = text.strip_prefix('[') else {
        return match text {
            "" | "|" | ">" => Ok(Vec::new()),
            text => scalar(text).map(|value| vec![value]),
        };
    };
    let inner = inner.strip_suffix(']').ok_or("a list that does not end")?;
    let items = inner
        .split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty());
    items.map(scalar).collect()
}

fn scalar(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.starts_with('"') {
        // The strings of JSON are strings of YAML, and few write others.
        return serde_json::from_str(text).map_err(|_| "a quote that does not end".to_owned());
    }
    if let Some(inner) = text.strip_prefix('\'') {
        let inner = inner
            .strip_suffix('\'')
            .ok_or("a quote that does not end")?;
        return Ok(inner.replace("''", "'"));
    }
    let plain = text.split(" #").next().unwrap_or_default();
    Ok(plain.trim_end().to_owned())
}

//! CSV (RFC 4180) with the columns `id`, `key`, `context`, `task_size`, `suppressed_by` and
//! `content`, named in the first row in any order; only `content` must be there.

use super::{Draft, Read};

const COLUMNS: [&str; 5] = ["id", "context", "task_size", "suppressed_by", "content"];

pub(super) fn read(text: &str) -> Vec<Read> {
    let mut rows = Rows {
        rest: text,
        line: 1,
    };
    let header = match rows.next() {
        Some((_, Ok(header))) => header,
        Some((line, Err(wrong))) => return vec![Read::fault(line, wrong)],
        None => return vec![Read::fault(1, "is empty")],
    };
    if !header.iter().any(|name| name == "content") {
        return vec![Read::fault(1, "has no column `content` in its first row")];
    }
    let found: Vec<Read> = rows
        .map(
            |(line, row)| match row.and_then(|row| draft(&header, row)) {
                Ok(draft) => Read {
                    line,
                    draft: Ok(draft),
                },
                Err(wrong) => Read::fault(line, wrong),
            },
        )
        .collect();
    match found.is_empty() {
        true => vec![Read::fault(1, "holds no entries")],
        false => found,
    }
}

fn draft(header: &[String], row: Vec<String>) -> Result<Draft, String> {
    if row.len() != header.len() {
        return Err(format!(
            "has {} cells, and the first row {}",
            row.len(),
            header.len()
        ));
    }
    let mut draft = Draft::default();
    for (name, cell) in header.iter().zip(row) {
        let given = Some(cell.clone()).filter(|cell| !cell.is_empty());
        match name.as_str() {
            "id" => draft.id = given,
            "key" => draft.key = given,
            "context" => draft.context = given,
            "task_size" => draft.task_size = given,
            "suppressed_by" => draft.suppressed_by = given,
            "content" => draft.content = cell,
            _ => {}
        }
    }
    Ok(draft)
}

/// The rows of a text, each with the line where it begins.
struct Rows<'a> {
    rest: &'a str,
    line: usize,
}

impl Iterator for Rows<'_> {
    type Item = (usize, Result<Vec<String>, String>);

    fn next(&mut self) -> Option<Self::Item> {
        // Blank lines are no rows.
        while let Some(rest) = self
            .rest
            .strip_prefix("\r\n")
            .or_else(|| self.rest.strip_prefix('\n'))
        {
            self.rest = rest;
            self.line += 1;
        }
        if self.rest.is_empty() {
            return None;
        }
        let begin = self.line;
        let mut cells = Vec::new();
        loop {
            match self.cell() {
                Ok((cell, is_last)) => {
                    cells.push(cell);
                    if is_last {
                        return Some((begin, Ok(cells)));
                    }
                }
                Err(wrong) => {
                    // Where a quote does not end, no row after it can be told.
                    self.rest = "";
                    return Some((begin, Err(wrong)));
                }
            }
        }
    }
}

impl Rows<'_> {
    /// The next cell, and whether it is the last of its row.
    fn cell(&mut self) -> Result<(String, bool), String> {
        let Some(quoted) = self.rest.strip_prefix('"') else {
            let end = self.rest.find([',', '\n']).unwrap_or(self.rest.len());
            let cell = self.rest[..end].trim_end_matches('\r').to_owned();
            self.rest = &self.rest[end..];
            return Ok((cell, self.end_of_cell()?));
        };
        let mut cell = String::new();
        let mut rest = quoted;
        loop {
            let end = rest.find('"').ok_or("has a quote that does not end")?;
            cell.push_str(&rest[..end]);
            rest = &rest[end + 1..];
            match rest.strip_prefix('"') {
                Some(more) => {
                    cell.push('"');
                    rest = more;
                }
                None => break,
            }
        }
        self.line += cell.matches('\n').count();
        self.rest = rest;
        Ok((cell, self.end_of_cell()?))
    }

    fn end_of_cell(&mut self) -> Result<bool, String> {
        if let Some(rest) = self.rest.strip_prefix(',') {
            self.rest = rest;
            return Ok(false);
        }
        let rest = self.rest.strip_prefix('\r').unwrap_or(self.rest);
        match rest.strip_prefix('\n') {
            Some(rest) => {
                self.rest = rest;
                self.line += 1;
                Ok(true)
            }
            None if rest.is_empty() => {
                self.rest = rest;
                Ok(true)
            }
            None => Err("has text after a quote that ended".to_owned()),
        }
    }
}

pub(super) fn write(drafts: &[Draft]) -> String {
    let mut text = COLUMNS.join(",") + "\r\n";
    for draft in drafts {
        let given = |cell: &Option<String>| cell.clone().unwrap_or_default();
        let cells = [
            given(&draft.id),
            given(&draft.context),
            given(&draft.task_size),
            given(&draft.suppressed_by),
            draft.content.clone(),
        ];
        text.push_str(&cells.map(|cell| quoted(&cell)).join(","));
        text.push_str("\r\n");
    }
    text
}

fn quoted(cell: &str) -> String {
    match cell.contains([',', '"', '\n', '\r']) || cell.trim() != cell {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_owned(),
    }
}

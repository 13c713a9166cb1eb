//! Puts a property into the text of an object, or takes it out, in the manner of the text around.

use jsonc_parser::{
    ast::{Object, ObjectProp},
    common::Ranged,
};
use serde_json::Value;

/// A text with its manner of indenting and ending lines.
pub(super) struct Splice<'t> {
    text: &'t str,
    unit: &'t str,
    newline: &'static str,
}

/// The text of a file that holds nothing but this value, after whatever comments stand there.
pub(super) fn fresh(text: &str, value: &Value) -> String {
    let newline = newline_of(text);
    let splice = Splice {
        text,
        unit: "  ",
        newline,
    };
    let gap = if text.is_empty() || text.ends_with('\n') {
        ""
    } else {
        newline
    };
    format!("{text}{gap}{}{newline}", splice.pretty(value, ""))
}

impl<'t> Splice<'t> {
    pub(super) fn new(text: &'t str, root: &Object<'_>) -> Self {
        let splice = Self {
            text,
            unit: "  ",
            newline: newline_of(text),
        };
        let first = root.properties.first().map(|first| first.range.start);
        let unit = first.and_then(|first| splice.indent_before(first));
        Self {
            unit: unit.filter(|unit| !unit.is_empty()).unwrap_or("  "),
            ..splice
        }
    }

    /// Adds a property after all others.
    pub(super) fn insert(&self, object: &Object<'_>, name: &str, value: &Value) -> String {
        let close = object.range.end - 1;
        let end = self.text[..close].trim_end().len();
        let last = object.properties.last();
        let is_one_line = last.is_some() && !self.text[object.range.start..close].contains('\n');
        let name = Value::from(name);
        let mut edited = self.text[..end].to_owned();
        let mut has_comma = false;
        if let Some(last) = last {
            has_comma = self.text[self.after_blanks(last.range.end)..].starts_with(',');
            if !has_comma {
                edited.insert(last.range.end, ',');
            }
        }
        if is_one_line {
            edited.push_str(&format!(" {name}: {value}"));
        } else {
            let base = self.line_indent(object.range.start);
            let first = object.properties.first();
            let indent = first.and_then(|first| self.indent_before(first.range.start));
            let indent = indent.map_or_else(|| format!("{base}{}", self.unit), str::to_owned);
            let value = self.pretty(value, &indent);
            edited.push_str(&format!("{}{indent}{name}: {value}", self.newline));
            if has_comma {
                edited.push(',');
            }
            if !self.text[end..close].contains('\n') {
                edited.push_str(self.newline);
                edited.push_str(base);
            }
        }
        edited + &self.text[end..]
    }

    /// Gives a property another value.
    pub(super) fn replace(&self, property: &ObjectProp<'_>, value: &Value) -> String {
        let (start, end) = (property.value.range().start, property.value.range().end);
        let value = match self.indent_before(property.range.start) {
            Some(indent) => self.pretty(value, indent),
            None => value.to_string(),
        };
        format!("{}{value}{}", &self.text[..start], &self.text[end..])
    }

    /// Takes a property out, with the comma that was there for its sake.
    pub(super) fn remove(&self, object: &Object<'_>, property: &ObjectProp<'_>) -> String {
        let before = &self.text[..property.range.start];
        let start = before.trim_end_matches([' ', '\t']).len();
        let start = match before[..start].strip_suffix('\n') {
            Some(line) => line.strip_suffix('\r').unwrap_or(line).len(),
            None => start,
        };
        let after = self.after_blanks(property.range.end);
        if self.text[after..].starts_with(',') {
            // What stands between value and comma is a comment of somebody's.
            let between = &self.text[property.range.end..after];
            return format!(
                "{}{between}{}",
                &self.text[..start],
                &self.text[after + 1..]
            );
        }
        let previous = object
            .properties
            .iter()
            .rfind(|other| other.range.end <= property.range.start);
        let mut kept = self.text[..start].to_owned();
        if let Some(previous) = previous {
            let comma = self.after_blanks(previous.range.end);
            if comma < kept.len() && kept[comma..].starts_with(',') {
                kept.remove(comma);
            }
        }
        kept + &self.text[property.range.end..]
    }

    /// Where the first byte stands that is neither blank nor part of a comment.
    fn after_blanks(&self, mut at: usize) -> usize {
        loop {
            let rest = &self.text[at..];
            let trimmed = rest.trim_start();
            at += rest.len() - trimmed.len();
            let length = if trimmed.starts_with("//") {
                trimmed.find('\n')
            } else if trimmed.starts_with("/*") {
                trimmed.find("*/").map(|end| end + 2)
            } else {
                return at;
            };
            at = length.map_or(self.text.len(), |length| at + length);
        }
    }

    /// The blanks before this place, if nothing else stands before it on its line.
    fn indent_before(&self, at: usize) -> Option<&'t str> {
        let line = self.line_start(at);
        let before = &self.text[line..at];
        (line > 0 && before.trim().is_empty()).then_some(before)
    }

    /// The blanks that begin the line of this place.
    fn line_indent(&self, at: usize) -> &'t str {
        let line = &self.text[self.line_start(at)..];
        &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
    }

    fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |newline| newline + 1)
    }

    /// Objects over several lines, everything else on one.
    fn pretty(&self, value: &Value, indent: &str) -> String {
        let (newline, deeper) = (self.newline, format!("{indent}{}", self.unit));
        match value {
            Value::Object(entries) if !entries.is_empty() => {
                let lines = entries.iter().map(|(name, value)| {
                    let name = Value::from(name.as_str());
                    format!("{newline}{deeper}{name}: {}", self.pretty(value, &deeper))
                });
                let lines: Vec<_> = lines.collect();
                format!("{{{}{newline}{indent}}}", lines.join(","))
            }
            Value::Array(items) => {
                let items: Vec<_> = items.iter().map(Value::to_string).collect();
                format!("[{}]", items.join(", "))
            }
            other => other.to_string(),
        }
    }
}

fn newline_of(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

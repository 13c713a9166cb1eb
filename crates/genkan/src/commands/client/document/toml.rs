//! TOML.
//!
//! The editor writes every line ending as `\n`; a file that has others throughout gets them back,
//! and one that mixes them is refused, since its own could not be kept.

use serde_json::{Map, Value};
use toml_edit::{
    Array, DocumentMut, InlineTable, Item, Table, TableLike, Value as TomlValue, value,
};

use super::{Fault, Spot};

pub(super) fn find(text: &str, spot: Spot<'_>) -> Result<Option<Value>, Fault> {
    let document = parse(text)?;
    let servers = servers(text, &document, spot)?;
    let entry = servers.and_then(|servers| servers.get(spot.name));
    Ok(entry.map(shown))
}

pub(super) fn with(text: &str, spot: Spot<'_>, entry: &Value) -> Result<String, Fault> {
    edit(text, |text, document| {
        servers(text, document, spot)?;
        let is_first = document.is_empty();
        let section = document.entry(spot.section).or_insert_with(|| {
            let mut table = Table::new();
            table.set_implicit(true);
            Item::Table(table)
        });
        let is_inline = section.is_inline_table();
        let Some(servers) = section.as_table_like_mut() else {
            return Err(not_a_table(text, document, spot));
        };
        let present = servers.get(spot.name).and_then(Item::as_table);
        let before = match present
            .and_then(|table| table.decor().prefix())
            .and_then(|prefix| prefix.as_str())
        {
            Some(before) => before.to_owned(),
            None => if is_first { "" } else { "\n" }.to_owned(),
        };
        let place = present.and_then(Table::position);
        let entries = entry.as_object().cloned().unwrap_or_default();
        let item = if is_inline {
            Item::Value(TomlValue::InlineTable(inline(&entries)))
        } else {
            let mut table = table(&entries);
            table.decor_mut().set_prefix(before);
            table.set_position(place);
            Item::Table(table)
        };
        servers.insert(spot.name, item);
        Ok(())
    })
}

pub(super) fn without(text: &str, spot: Spot<'_>) -> Result<String, Fault> {
    edit(text, |text, document| {
        servers(text, document, spot)?;
        let section = document.get_mut(spot.section);
        if let Some(servers) = section.and_then(Item::as_table_like_mut) {
            servers.remove(spot.name);
        }
        Ok(())
    })
}

fn edit(
    text: &str,
    change: impl FnOnce(&str, &mut DocumentMut) -> Result<(), Fault>,
) -> Result<String, Fault> {
    let returns = text.matches("\r\n").count();
    if returns != 0 && returns != text.matches('\n').count() {
        let first = text.find("\r\n").unwrap_or_default();
        let why = "line endings of two kinds are mixed here, and one kind would be lost";
        return Err(Fault::at(text, first, why));
    }
    let mut document = parse(text)?;
    change(text, &mut document)?;
    let edited = document.to_string();
    Ok(if returns == 0 {
        edited
    } else {
        edited.replace("\r\n", "\n").replace('\n', "\r\n")
    })
}

fn parse(text: &str) -> Result<DocumentMut, Fault> {
    text.parse::<DocumentMut>().map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        let why = format!("this is not TOML: {}", error.message().trim_end());
        Fault::at(text, offset, why)
    })
}

/// The table of servers, if there is one.
fn servers<'a>(
    text: &str,
    document: &'a DocumentMut,
    spot: Spot<'_>,
) -> Result<Option<&'a dyn TableLike>, Fault> {
    match document.get(spot.section) {
        None | Some(Item::None) => Ok(None),
        Some(section) => match section.as_table_like() {
            Some(table) => Ok(Some(table)),
            None => Err(not_a_table(text, document, spot)),
        },
    }
}

fn not_a_table(text: &str, document: &DocumentMut, spot: Spot<'_>) -> Fault {
    // An editable document has no spans: the same text is read once more for its line.
    let read = toml_edit::Document::parse(text.to_owned()).ok();
    let span = read.and_then(|read| read.get(spot.section).and_then(Item::span));
    debug_assert!(document.contains_key(spot.section));
    let why = format!("`{}` is not a table", spot.section);
    Fault::at(text, span.map_or(0, |span| span.start), why)
}

fn table(entries: &Map<String, Value>) -> Table {
    let mut table = Table::new();
    for (name, entry) in entries {
        table.insert(name, value(scalar(entry)));
    }
    table
}

fn inline(entries: &Map<String, Value>) -> InlineTable {
    let mut table = InlineTable::new();
    for (name, entry) in entries {
        table.insert(name, scalar(entry));
    }
    table
}

/// What entries of clients are made of: texts, truths, lists and small tables.
fn scalar(value: &Value) -> TomlValue {
    match value {
        Value::Bool(truth) => (*truth).into(),
        Value::String(text) => text.as_str().into(),
        Value::Array(items) => TomlValue::Array(items.iter().map(scalar).collect::<Array>()),
        Value::Object(entries) => TomlValue::InlineTable(inline(entries)),
        Value::Null | Value::Number(_) => value.to_string().into(),
    }
}

/// The entry as JSON, in which entries of all clients are compared.
fn shown(item: &Item) -> Value {
    if let Some(table) = item.as_table_like() {
        let entries = table
            .iter()
            .map(|(name, item)| (name.to_owned(), shown(item)));
        return Value::Object(entries.collect());
    }
    if let Some(items) = item.as_array() {
        let items = items.iter().map(|value| shown(&Item::Value(value.clone())));
        return Value::Array(items.collect());
    }
    match (item.as_str(), item.as_bool()) {
        (Some(text), _) => Value::String(text.to_owned()),
        (_, Some(truth)) => Value::Bool(truth),
        _ => Value::String(item.to_string().trim().to_owned()),
    }
}

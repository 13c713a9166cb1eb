//! The settings file: TOML, with the line of every key.

use std::path::Path;

use toml::de::{DeTable, DeValue};

use crate::settings::{
    reader::{Found, Origin, Problem, unknown},
    realms,
    section::Key,
    value::Raw,
};

/// What the file says, and what is wrong with it.
pub(crate) type Layer = (Vec<(String, Found)>, Vec<Problem>);

/// Reads the text of a settings file. Keys that do not exist are problems with file and line.
pub(crate) fn parse(path: &Path, text: &str, keys: &[Key]) -> Layer {
    let table = match DeTable::parse(text) {
        Ok(table) => table,
        Err(error) => return (Vec::new(), vec![syntax(path, text, &error)]),
    };
    let mut layer = Layer::default();
    for (key, value) in table.get_ref() {
        let line = line_of(text, key.span().start);
        let at = format!("{}:{line}", path.display());
        let section = key.get_ref().as_ref();
        match value.get_ref() {
            DeValue::Table(_) if !is_section(section, keys) => {
                let culprit = format!("{at}: section `[{section}]`");
                layer
                    .1
                    .push(unknown(&culprit, section, keys.iter().map(section_of)));
            }
            DeValue::Table(table) => {
                flatten(&Place { path, text, keys }, section, table, &mut layer)
            }
            _ => layer.1.push(Problem::new(
                format!("{at}: `{section}` stands outside of a section"),
                "Write it below its section, such as `[server]`.",
            )),
        }
    }
    layer
}

struct Place<'a> {
    path: &'a Path,
    text: &'a str,
    keys: &'a [Key],
}

fn flatten(place: &Place<'_>, prefix: &str, table: &DeTable<'_>, layer: &mut Layer) {
    for (key, value) in table {
        let path = format!("{prefix}.{}", key.get_ref());
        let line = line_of(place.text, key.span().start);
        match value.get_ref() {
            // What is wrong with the name of an organisation is told by its name.
            DeValue::Table(inner) if is_section(&path, place.keys) || path == realms::PREFIX => {
                flatten(place, &path, inner, layer);
            }
            value if place.keys.iter().any(|known| known.path == path) => {
                let origin = Origin::File(place.path.into(), line);
                layer.0.push((path, (raw(value), origin)));
            }
            _ => {
                let culprit = format!("{}:{line}: `{path}`", place.path.display());
                let names = place
                    .keys
                    .iter()
                    .map(|key| (key.path.as_str(), key.path.clone()));
                layer.1.push(unknown(&culprit, &path, names));
            }
        }
    }
}

fn is_section(path: &str, keys: &[Key]) -> bool {
    keys.iter().any(|key| {
        key.path
            .strip_prefix(path)
            .is_some_and(|rest| rest.starts_with('.'))
    })
}

fn section_of(key: &Key) -> (&str, String) {
    let section = key
        .path
        .rsplit_once('.')
        .map_or(key.path.as_str(), |(section, _)| section);
    (section, format!("[{section}]"))
}

fn raw(value: &DeValue<'_>) -> Raw {
    match value {
        DeValue::String(text) => Raw::String(text.clone().into_owned()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Raw::Other("a number that is too large"), Raw::Integer),
        DeValue::Boolean(truth) => Raw::Boolean(*truth),
        DeValue::Array(items) => Raw::List(items.iter().map(|item| raw(item.get_ref())).collect()),
        DeValue::Float(_) => Raw::Other("a number with a fraction"),
        DeValue::Datetime(_) => Raw::Other("a date"),
        DeValue::Table(_) => Raw::Other("a table"),
    }
}

fn syntax(path: &Path, text: &str, error: &toml::de::Error) -> Problem {
    let line = error.span().map_or(1, |span| line_of(text, span.start));
    Problem::new(
        format!(
            "{}:{line}: this is not TOML: {}",
            path.display(),
            error.message()
        ),
        "Correct the line; examples/genkan.toml shows every setting.",
    )
}

fn line_of(text: &str, offset: usize) -> usize {
    let offset = offset.min(text.len());
    text.as_bytes()[..offset]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
        + 1
}

//! JSON, with comments or without: read by a parser that tells where things are, and edited there,
//! so that no other byte can change.

mod splice;

use jsonc_parser::{
    ParseOptions,
    ast::{Object, ObjectProp, Value as Parsed},
    common::Ranged,
    errors::ParseError,
    parse_to_ast,
};
use serde_json::{Map, Value};

use super::{Fault, Spot};
use splice::Splice;

/// What the client's own parser takes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Strictness {
    /// Nothing beyond RFC 8259.
    Plain,
    /// Comments and commas at the end.
    Comments,
}

pub(super) fn find(
    strictness: Strictness,
    text: &str,
    spot: Spot<'_>,
) -> Result<Option<Value>, Fault> {
    let parsed = parse(strictness, text)?;
    let Some((_, _, Some(entry))) = look(text, parsed.as_ref(), spot)? else {
        return Ok(None);
    };
    Ok(Some(entry.value.clone().into()))
}

pub(super) fn with(
    strictness: Strictness,
    text: &str,
    spot: Spot<'_>,
    entry: &Value,
) -> Result<String, Fault> {
    let parsed = parse(strictness, text)?;
    let Some(Parsed::Object(root)) = &parsed else {
        look(text, parsed.as_ref(), spot)?;
        return Ok(splice::fresh(
            text,
            &named(spot.section, named(spot.name, entry.clone())),
        ));
    };
    let splice = Splice::new(text, root);
    Ok(match look(text, parsed.as_ref(), spot)? {
        Some((_, _, Some(present))) => splice.replace(present, entry),
        Some((_, servers, None)) => splice.insert(servers, spot.name, entry),
        None => splice.insert(root, spot.section, &named(spot.name, entry.clone())),
    })
}

pub(super) fn without(strictness: Strictness, text: &str, spot: Spot<'_>) -> Result<String, Fault> {
    let parsed = parse(strictness, text)?;
    Ok(match look(text, parsed.as_ref(), spot)? {
        Some((root, servers, Some(entry))) => Splice::new(text, root).remove(servers, entry),
        _ => text.to_owned(),
    })
}

/// The root, the object of servers, and our entry in it.
type Place<'a, 'b> = (&'b Object<'a>, &'b Object<'a>, Option<&'b ObjectProp<'a>>);

fn look<'a, 'b>(
    text: &str,
    parsed: Option<&'b Parsed<'a>>,
    spot: Spot<'_>,
) -> Result<Option<Place<'a, 'b>>, Fault> {
    let root = match parsed {
        None => return Ok(None),
        Some(Parsed::Object(root)) => root,
        Some(other) => {
            return Err(Fault::at(
                text,
                other.range().start,
                "this is not an object",
            ));
        }
    };
    let Some(section) = only(text, root, spot.section)? else {
        return Ok(None);
    };
    let Parsed::Object(servers) = &section.value else {
        let why = format!("`{}` is not an object", spot.section);
        return Err(Fault::at(text, section.range.start, why));
    };
    Ok(Some((root, servers, only(text, servers, spot.name)?)))
}

/// The property of this name. Of two the client would take one and leave the other.
fn only<'a, 'b>(
    text: &str,
    object: &'b Object<'a>,
    name: &str,
) -> Result<Option<&'b ObjectProp<'a>>, Fault> {
    let mut named = object
        .properties
        .iter()
        .filter(|property| property.name.as_str() == name);
    let first = named.next();
    match named.next() {
        Some(second) => {
            let why = format!("`{name}` stands here a second time");
            Err(Fault::at(text, second.range.start, why))
        }
        None => Ok(first),
    }
}

fn named(name: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(name.to_owned(), value)]))
}

fn parse(strictness: Strictness, text: &str) -> Result<Option<Parsed<'_>>, Fault> {
    let parsed = parse_to_ast(text, &Default::default(), &options(strictness));
    parsed
        .map(|parsed| parsed.value)
        .map_err(|error| fault(strictness, text, &error))
}

fn fault(strictness: Strictness, text: &str, error: &ParseError) -> Fault {
    let what = match strictness {
        Strictness::Plain => "JSON",
        Strictness::Comments => "JSON with comments",
    };
    let why = format!("this is not {what}: {}", error.kind());
    Fault::at(text, error.range().start, why)
}

fn options(strictness: Strictness) -> ParseOptions {
    let comments = matches!(strictness, Strictness::Comments);
    ParseOptions {
        allow_comments: comments,
        allow_trailing_commas: comments,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

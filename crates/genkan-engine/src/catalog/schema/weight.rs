//! How much work a schema can make of a value.
//!
//! A short schema can ask for the same place of a value more often than anybody can wait for: each of
//! thirty definitions names the next one twice. The weight is how often the places along one way
//! into a value are looked at, at most; the whole work is no more than that for each place. It is
//! counted along `$ref` and down to the depth that values can have.

use std::collections::HashMap;

use serde_json::{Map, Value};

/// The greatest weight. Schemas as people write them stay below a hundredth of it.
pub(super) const HEAVIEST: u64 = 10_000;
/// How deeply a value can be nested: no reader of the house lets more in.
const LEVELS: usize = 128;
/// How many schemas may lead to each other at one place of a value, as a definition that is another's
/// alias does. The validator goes as deep.
const NESTED: usize = 64;
/// How many steps the counting itself may take.
const STEPS: u64 = 2_000_000;

/// The one dialect.
pub(super) const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
/// Where the meta-schemas of the dialect are; they are known without fetching.
const META: &str = "https://json-schema.org/draft/2020-12/";
/// What the meta-schema weighs: each level is looked at by its eight vocabularies.
const META_WEIGHT: u64 = 8 * LEVELS as u64;

/// Says why the schema must not be used: it is too heavy, or names what cannot be weighed.
pub(super) fn check(schema: &Value) -> Result<(), String> {
    let mut scales = Scales {
        root: schema,
        names: HashMap::new(),
        known: HashMap::new(),
        steps: 0,
    };
    scales.read_names(schema);
    let place = Place {
        schema,
        base: schema,
    };
    scales.weigh(place, LEVELS).map(drop)
}

/// Whether `$schema` names the one dialect. Absent, it does.
pub(super) fn check_dialect(schema: &Value) -> Result<(), String> {
    match schema.get("$schema") {
        None => Ok(()),
        Some(Value::String(name)) if name.trim_end_matches('#') == DIALECT => Ok(()),
        Some(other) => {
            let shown: String = other.to_string().chars().take(200).collect();
            Err(format!(
                "its dialect {shown} is not supported; the one that is, and is meant without `$schema`, is {DIALECT}"
            ))
        }
    }
}

/// A schema within the document that its references begin in.
#[derive(Clone, Copy)]
struct Place<'s> {
    schema: &'s Value,
    base: &'s Value,
}

struct Scales<'s> {
    root: &'s Value,
    /// What `$id`, `$anchor` and `$dynamicAnchor` name.
    names: HashMap<String, Place<'s>>,
    /// What was weighed already, by where it is and how many levels were left.
    known: HashMap<(*const Value, usize), u64>,
    steps: u64,
}

/// What the schemas that stand at one place of a value say of the places below it.
#[derive(Default)]
struct Below<'s> {
    members: HashMap<&'s str, u64>,
    any_member: u64,
    positions: HashMap<usize, u64>,
    any_position: u64,
}

impl Below<'_> {
    /// No place below has both a name and a position, or two of either.
    fn heaviest(&self) -> u64 {
        let member = self.members.values().max().unwrap_or(&0);
        let position = self.positions.values().max().unwrap_or(&0);
        let members = member.saturating_add(self.any_member);
        members.max(position.saturating_add(self.any_position))
    }
}

impl<'s> Scales<'s> {
    fn read_names(&mut self, schema: &'s Value) {
        let mut open = vec![Place {
            schema,
            base: schema,
        }];
        while let Some(Place { schema, mut base }) = open.pop() {
            match schema {
                Value::Object(members) => {
                    if let Some(id) = members.get("$id").and_then(Value::as_str) {
                        base = schema;
                        let name = id.trim_end_matches('#').to_owned();
                        self.names.insert(name, Place { schema, base });
                    }
                    for keyword in ["$anchor", "$dynamicAnchor"] {
                        if let Some(name) = members.get(keyword).and_then(Value::as_str) {
                            self.names
                                .insert(format!("#{name}"), Place { schema, base });
                        }
                    }
                    open.extend(members.values().map(|schema| Place { schema, base }));
                }
                Value::Array(items) => {
                    open.extend(items.iter().map(|schema| Place { schema, base }));
                }
                _ => {}
            }
        }
    }

    /// How often the places along one way into a value are looked at.
    fn weigh(&mut self, place: Place<'s>, levels: usize) -> Result<u64, String> {
        let key = (std::ptr::from_ref(place.schema), levels);
        if let Some(weight) = self.known.get(&key) {
            return Ok(*weight);
        }
        let mut here = 0_u64;
        let mut below = Below::default();
        let mut open = vec![(place, 0)];
        while let Some((mut place, nested)) = open.pop() {
            here += 1;
            self.steps += 1;
            if here > HEAVIEST || self.steps > STEPS {
                return Err(too_heavy());
            }
            if nested > NESTED {
                let message = "schemas lead to each other at one place of a value";
                return Err(format!("more than {NESTED} {message}"));
            }
            let Value::Object(members) = place.schema else {
                continue;
            };
            check_dialect(place.schema)?;
            if members.contains_key("$id") {
                place.base = place.schema;
            }
            let mut next = Vec::new();
            here += self.follow(members, place.base, &mut next)?;
            open.extend(next.into_iter().map(|place| (place, nested + 1)));
            if let Some(levels) = levels.checked_sub(1) {
                self.descend(members, place.base, levels, &mut below)?;
            }
        }
        let weight = here.saturating_add(below.heaviest());
        if weight > HEAVIEST {
            return Err(too_heavy());
        }
        self.known.insert(key, weight);
        Ok(weight)
    }

    /// Opens what looks at the same place of the value. Returns the weight of what is not opened.
    fn follow(
        &self,
        members: &'s Map<String, Value>,
        base: &'s Value,
        open: &mut Vec<Place<'s>>,
    ) -> Result<u64, String> {
        let mut known = 0;
        for (keyword, value) in members {
            match (keyword.as_str(), value) {
                ("allOf" | "anyOf" | "oneOf", Value::Array(schemas)) => {
                    open.extend(schemas.iter().map(|schema| Place { schema, base }));
                }
                ("not" | "if" | "then" | "else", schema) => open.push(Place { schema, base }),
                ("dependentSchemas", Value::Object(schemas)) => {
                    open.extend(schemas.values().map(|schema| Place { schema, base }));
                }
                ("$ref" | "$dynamicRef", Value::String(name)) if name.starts_with(META) => {
                    known += META_WEIGHT;
                }
                ("$ref" | "$dynamicRef", Value::String(name)) => {
                    open.push(self.find(name, base).ok_or_else(|| {
                        let shown: String = name.chars().take(200).collect();
                        format!("`{keyword}` names `{shown}`, which is not within it")
                    })?);
                }
                _ => {}
            }
        }
        Ok(known)
    }

    /// Weighs what looks at the places below.
    fn descend(
        &mut self,
        members: &'s Map<String, Value>,
        base: &'s Value,
        levels: usize,
        below: &mut Below<'s>,
    ) -> Result<(), String> {
        for (keyword, value) in members {
            match (keyword.as_str(), value) {
                ("properties", Value::Object(schemas)) => {
                    for (name, schema) in schemas {
                        let weight = self.weigh(Place { schema, base }, levels)?;
                        add(below.members.entry(name).or_default(), weight);
                    }
                }
                ("patternProperties", Value::Object(schemas)) => {
                    for schema in schemas.values() {
                        let weight = self.weigh(Place { schema, base }, levels)?;
                        add(&mut below.any_member, weight);
                    }
                }
                ("additionalProperties" | "unevaluatedProperties" | "propertyNames", schema) => {
                    let weight = self.weigh(Place { schema, base }, levels)?;
                    add(&mut below.any_member, weight);
                }
                ("prefixItems", Value::Array(schemas)) => {
                    for (position, schema) in schemas.iter().enumerate() {
                        let weight = self.weigh(Place { schema, base }, levels)?;
                        add(below.positions.entry(position).or_default(), weight);
                    }
                }
                ("items" | "contains" | "unevaluatedItems", schema) => {
                    let weight = self.weigh(Place { schema, base }, levels)?;
                    add(&mut below.any_position, weight);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn find(&self, name: &str, base: &'s Value) -> Option<Place<'s>> {
        let (document, fragment) = name.split_once('#').unwrap_or((name, ""));
        let base = match document {
            "" => base,
            id => self.names.get(id)?.base,
        };
        if !fragment.is_empty() && !fragment.starts_with('/') {
            return self.names.get(&format!("#{fragment}")).copied();
        }
        let pointer = decoded(fragment)?;
        // What lies above an embedded document is not in reach of it, but does no harm either.
        let schema = base
            .pointer(&pointer)
            .or_else(|| self.root.pointer(&pointer))?;
        Some(Place { schema, base })
    }
}

/// The fragment of a reference without its `%` escapes.
fn decoded(fragment: &str) -> Option<String> {
    let mut parts = fragment.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(code, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

fn add(sum: &mut u64, weight: u64) {
    *sum = sum.saturating_add(weight);
}

fn too_heavy() -> String {
    format!(
        "it can look at one place of a value more than {HEAVIEST} times, by what its definitions name again and again"
    )
}

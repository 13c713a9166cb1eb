//! The strict JSON reader that every message passes, whichever door it came through.
//!
//! The members that JSON-RPC gives a message are told apart while they are read ([`envelope`]); only
//! what is below them becomes [`Value`]s. The reader accepts what `serde_json` accepts, less three things on which two readers of one message
//! could disagree or fall over: an object with the same member twice, nesting beyond a bound, and
//! the member names that `serde_json` gives a meaning of its own. Names are compared byte by byte.

mod envelope;
#[cfg(test)]
mod tests;

use std::{cell::RefCell, fmt};

use genkan_core::{Code, Error, Result};
use serde::{
    Deserializer,
    de::{DeserializeSeed, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value, map::Entry};

use self::envelope::TopReader;
pub(crate) use self::envelope::{Envelope, Top};

/// Member names that start like this make `serde_json` read the value in another way.
const PRIVATE: &str = "$serde_json::private::";

/// Reads one message, or a batch, of at most `depth` nested arrays and objects.
pub(crate) fn parse(bytes: &[u8], depth: usize) -> Result<Top> {
    let fault = RefCell::new(None);
    let rules = Strict {
        left: depth,
        fault: &fault,
    };
    let read = text_of(bytes)?;
    whole(read, TopReader::new(rules)).map_err(|error| refused(fault.take(), &error))
}

/// The member of this name. Most objects have a few members, and to compare a few names is quicker
/// than to hash one.
pub(crate) fn member<'v>(object: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    const FEW: usize = 8;
    match object.len() <= FEW {
        true => object
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value),
        false => object.get(name),
    }
}

/// Takes the member of this name out, if it is there.
pub(crate) fn take(object: &mut Map<String, Value>, name: &str) -> Option<Value> {
    member(object, name)?;
    object.remove(name)
}

fn text_of(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|fault| {
        let at = fault.valid_up_to();
        Error::new(
            Code::ParseError,
            format!("the message is not UTF-8: byte {at} cannot stand there"),
        )
    })
}

/// Reads exactly one JSON value.
fn whole<'de, S: DeserializeSeed<'de>>(
    text: &'de str,
    seed: S,
) -> Result<S::Value, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = seed.deserialize(&mut reader)?;
    reader.end()?;
    Ok(read)
}

fn refused(fault: Option<Fault>, error: &serde_json::Error) -> Error {
    match fault {
        Some(fault) => Error::new(Code::InvalidRequest, format!("{fault} at {}", place(error))),
        None => Error::new(
            Code::ParseError,
            format!("the message is not JSON: {error}"),
        ),
    }
}

fn place(error: &serde_json::Error) -> String {
    format!("line {} column {}", error.line(), error.column())
}

/// What is well-formed JSON and refused all the same.
enum Fault {
    Duplicate(String),
    Private(String),
    TooDeep,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Duplicate(name) => {
                write!(f, "the member `{}` stands twice in its object", brief(name))
            }
            Self::Private(name) => write!(f, "the member name `{}` is reserved", brief(name)),
            Self::TooDeep => f.write_str("arrays and objects are nested too deeply"),
        }
    }
}

/// The beginning of a name, fit for a message.
fn brief(name: &str) -> String {
    let mut shown: String = name.chars().take(64).flat_map(char::escape_debug).collect();
    if name.chars().nth(64).is_some() {
        shown.push('…');
    }
    shown
}

/// Reads one value and leaves in `fault` why it refused.
#[derive(Clone, Copy)]
struct Strict<'a> {
    /// How many more arrays and objects may be opened from here.
    left: usize,
    fault: &'a RefCell<Option<Fault>>,
}

impl Strict<'_> {
    fn refuse<T, E: serde::de::Error>(self, fault: Fault) -> Result<T, E> {
        self.fault.replace(Some(fault));
        Err(E::custom("refused"))
    }

    fn inner<E: serde::de::Error>(self) -> Result<Self, E> {
        match self.left.checked_sub(1) {
            Some(left) => Ok(Self { left, ..self }),
            None => self.refuse(Fault::TooDeep),
        }
    }

    fn check_name<E: serde::de::Error>(self, name: &str) -> Result<(), E> {
        match name.starts_with(PRIVATE) {
            true => self.refuse(Fault::Private(name.to_owned())),
            false => Ok(()),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            self.check_name(&name)?;
            // Looked up before the value is read, so that a huge second value costs nothing.
            match object.entry(name) {
                Entry::Vacant(place) => {
                    place.insert(members.next_value_seed(inner)?);
                }
                Entry::Occupied(present) => {
                    return self.refuse(Fault::Duplicate(present.key().clone()));
                }
            }
        }
        Ok(Value::Object(object))
    }
}

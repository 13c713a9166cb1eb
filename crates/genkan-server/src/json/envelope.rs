//! A message as it stands on the wire: the members of JSON-RPC 2.0, told apart while they are read.
//!
//! To read every message into a map first, and to take it apart afterwards, costs as much again as
//! to read it. The rules are those of [`Strict`], at every depth.

use std::{borrow::Cow, collections::HashSet, fmt};

use serde::{
    Deserializer,
    de::{DeserializeSeed, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;

use super::{Fault, Strict};

/// What stands at the top of a body or a line.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "nearly always it is the large one, and it is taken apart at once"
)]
pub(crate) enum Top {
    /// An object: a message.
    Object(Envelope),
    /// An array: a batch of messages.
    Array(Vec<Top>),
    /// Neither.
    Other,
}

/// The members that JSON-RPC 2.0 knows, as they stood there. Others are read and forgotten.
#[derive(Debug, Default)]
pub(crate) struct Envelope {
    pub(crate) jsonrpc: Option<Value>,
    pub(crate) id: Option<Value>,
    pub(crate) method: Option<Value>,
    pub(crate) params: Option<Value>,
    pub(crate) result: Option<Value>,
    pub(crate) error: Option<Value>,
}

impl Envelope {
    fn member(&mut self, name: &str) -> Option<&mut Option<Value>> {
        Some(match name {
            "jsonrpc" => &mut self.jsonrpc,
            "id" => &mut self.id,
            "method" => &mut self.method,
            "params" => &mut self.params,
            "result" => &mut self.result,
            "error" => &mut self.error,
            _ => return None,
        })
    }
}

/// Reads the top.
#[derive(Clone, Copy)]
pub(super) struct TopReader<'a> {
    rules: Strict<'a>,
    /// Whether an array is a batch here: batches do not hold batches.
    takes_batch: bool,
}

impl<'a> TopReader<'a> {
    pub(super) fn new(rules: Strict<'a>) -> Self {
        Self {
            rules,
            takes_batch: true,
        }
    }
}

impl<'de> DeserializeSeed<'de> for TopReader<'_> {
    type Value = Top;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Top, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for TopReader<'_> {
    type Value = Top;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Top, E> {
        Ok(Top::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Top, E> {
        Ok(Top::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Top, E> {
        Ok(Top::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Top, E> {
        Ok(Top::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Top, E> {
        Ok(Top::Other)
    }

    fn visit_str<E>(self, _: &str) -> Result<Top, E> {
        Ok(Top::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Top, A::Error> {
        if !self.takes_batch {
            return self.rules.visit_seq(items).map(|_| Top::Other);
        }
        let inner = Self {
            rules: self.rules.inner()?,
            takes_batch: false,
        };
        let mut batch = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            batch.push(item);
        }
        Ok(Top::Array(batch))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Top, A::Error> {
        let inner = self.rules.inner()?;
        let mut envelope = Envelope::default();
        let mut others = HashSet::new();
        while let Some(name) = members.next_key_seed(Name)? {
            self.rules.check_name(&name)?;
            match envelope.member(&name) {
                Some(member @ None) => *member = Some(members.next_value_seed(inner)?),
                None if others.insert(name.to_string()) => drop(members.next_value_seed(inner)?),
                _ => return self.rules.refuse(Fault::Duplicate(name.into_owned())),
            }
        }
        Ok(Top::Object(envelope))
    }
}

/// Reads a member's name, without copying it where it has no escapes.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

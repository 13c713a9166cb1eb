//! SHA-256 digests, and the canonical form of JSON that digests are taken over.

use std::fmt;

use aws_lc_rs::digest::{Context, SHA256};
use serde_json::{Map, Value};

/// A SHA-256 digest (FIPS 180-4).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let mut hasher = Hasher::new();
        hasher.update(bytes);
        hasher.finish()
    }

    /// The digest of a JSON value, the same for every order of object members.
    pub fn of_json(value: &Value) -> Self {
        let mut hasher = Hasher::new();
        hasher.json(value);
        hasher.finish()
    }

    /// The digest of a JSON object, the same as that of the value made from it.
    pub fn of_object(members: &Map<String, Value>) -> Self {
        let mut hasher = Hasher::new();
        hasher.object(members);
        hasher.finish()
    }

    /// Takes 32 bytes that are a digest.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Lower-case hexadecimal, 64 characters.
    pub fn to_hex(self) -> String {
        to_hex(&self.0)
    }

    /// Reads what [`Digest::to_hex`] wrote.
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits: Option<Vec<u8>> = text
            .chars()
            .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()))
            .collect();
        let digits = digits.filter(|d| d.len() == 64)?;
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = pair[0] << 4 | pair[1];
        }
        Some(Self(bytes))
    }
}

/// Lower-case hexadecimal, two characters for each byte.
pub fn to_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    // Every record has several of these, so it is written as bytes and checked once at the end.
    let mut text = vec![0; bytes.len() * 2];
    for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
        pair[0] = DIGITS[usize::from(byte >> 4)];
        pair[1] = DIGITS[usize::from(byte & 15)];
    }
    String::from_utf8(text).expect("BUG: digits are ASCII")
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

/// Builds a digest piece by piece. Fields are length-prefixed, so that no two sequences collide.
pub struct Hasher(Context);

impl Hasher {
    /// An empty one.
    pub fn new() -> Self {
        Self(Context::new(&SHA256))
    }

    /// Adds raw bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Adds one field: its length as eight bytes, then the bytes.
    pub fn field(&mut self, bytes: &[u8]) {
        self.0.update(&(bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    /// Ends the digest.
    pub fn finish(self) -> Digest {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.0.finish().as_ref());
        Digest(bytes)
    }

    /// Adds a JSON value with object members in the order of their names.
    fn json(&mut self, value: &Value) {
        match value {
            Value::Null => self.update(b"n"),
            Value::Bool(b) => self.update(if *b { b"t" } else { b"f" }),
            Value::Number(n) => {
                self.update(b"#");
                self.field(n.to_string().as_bytes());
            }
            Value::String(s) => {
                self.update(b"s");
                self.field(s.as_bytes());
            }
            Value::Array(items) => {
                self.update(b"[");
                self.update(&(items.len() as u64).to_be_bytes());
                items.iter().for_each(|item| self.json(item));
            }
            Value::Object(members) => self.object(members),
        }
    }

    fn object(&mut self, members: &Map<String, Value>) {
        self.update(b"{");
        self.update(&(members.len() as u64).to_be_bytes());
        let mut sorted: Vec<_> = members.iter().collect();
        sorted.sort_unstable_by_key(|(name, _)| *name);
        for (name, member) in sorted {
            self.field(name.as_bytes());
            self.json(member);
        }
    }
}

impl Default for Hasher {
    fn default() -> Self {
        Self::new()
    }
}

//! Where a call stands in somebody's trace (W3C Trace Context, W3C Baggage; SEP-414).
//!
//! It is read strictly: what is malformed is left out, and never changes how a call is served.

/// The target of spans and events that belong to traces, all of level `TRACE`. Nobody hears of them
/// unless traces are sent somewhere; then one without a parent begins a trace if it has a field
/// `otel.name`, and an event with a field `stage` begins the next part of the span around it.
pub const TARGET: &str = "genkan_trace";

/// The longest `traceparent` of a version that is not known yet.
const PARENT: usize = 256;
/// The longest `tracestate` that is carried, in characters (Trace Context §3.3.1.5).
const STATE: usize = 512;
/// The most members of a `tracestate` (Trace Context §3.3.1.1).
const STATE_MEMBERS: usize = 32;
/// The longest `baggage` that is carried, in bytes (Baggage §3.3.2).
const BAGGAGE: usize = 8_192;
/// The most members of a `baggage` (Baggage §3.3.2).
const BAGGAGE_MEMBERS: usize = 64;

/// What a caller said of its trace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// The caller's own place in the trace.
    pub parent: Option<Parent>,
    /// What vendors keep beside it, as it came.
    pub state: Option<String>,
    /// What the caller carries along, as it came. Never logged: it may be personal.
    pub baggage: Option<String>,
}

/// A `traceparent`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parent {
    text: String,
}

/// A part that was malformed, and left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// `traceparent`; without it, `tracestate` says nothing either.
    Parent,
    /// `tracestate`.
    State,
    /// `baggage`.
    Baggage,
}

impl Malformed {
    /// The name of the part.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Parent => "traceparent",
            Self::State => "tracestate",
            Self::Baggage => "baggage",
        }
    }
}

impl Trace {
    /// Reads the three parts, each of which may be absent. `None` when nothing is left of them.
    pub fn read(
        parent: Option<&str>,
        state: Option<&str>,
        baggage: Option<&str>,
        mut malformed: impl FnMut(Malformed),
    ) -> Option<Self> {
        let mut checked = |text: Option<&str>, part, holds: fn(&str) -> bool| {
            let text = text?;
            if holds(text) {
                return Some(text.to_owned());
            }
            malformed(part);
            None
        };
        let parent = checked(parent, Malformed::Parent, is_parent).map(|text| Parent { text });
        let state = checked(state, Malformed::State, is_state).filter(|_| parent.is_some());
        let baggage = checked(baggage, Malformed::Baggage, is_baggage);
        let trace = Self {
            parent,
            state,
            baggage,
        };
        (trace != Self::default()).then_some(trace)
    }
}

impl Parent {
    /// The whole value.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The id of the whole trace: 32 hexadecimal digits.
    pub fn trace_id(&self) -> &str {
        &self.text[3..35]
    }

    /// The id of the caller's span: 16 hexadecimal digits.
    pub fn span_id(&self) -> &str {
        &self.text[36..52]
    }

    /// Whether the caller may have recorded its span.
    pub fn is_sampled(&self) -> bool {
        u8::from_str_radix(&self.text[53..55], 16).is_ok_and(|flags| flags & 1 == 1)
    }
}

/// Trace Context §3.2.2. A later version may say more behind what is known.
fn is_parent(text: &str) -> bool {
    let is_hex = |part: &str| {
        part.bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    if !text.is_ascii() || text.len() < 55 || text.len() > PARENT {
        return false;
    }
    let (known, more) = text.split_at(55);
    let mut parts = known.split('-');
    let lengths = [2, 32, 16, 2];
    let parts: [&str; 4] = lengths.map(|_| parts.next().unwrap_or_default());
    let fits = parts
        .iter()
        .zip(lengths)
        .all(|(part, length)| part.len() == length && is_hex(part));
    let is_zero = |part: &str| part.bytes().all(|byte| byte == b'0');
    let is_end = match parts[0] {
        "00" => more.is_empty(),
        "ff" => false,
        _ => more.is_empty() || more.starts_with('-'),
    };
    fits && is_end && !is_zero(parts[1]) && !is_zero(parts[2])
}

/// Trace Context §3.3.1: `key=value` members, no key twice.
fn is_state(text: &str) -> bool {
    let members: Vec<&str> = text
        .split(',')
        .map(|member| member.trim_matches([' ', '\t']))
        .filter(|member| !member.is_empty())
        .collect();
    let keys: std::collections::BTreeSet<_> = members
        .iter()
        .filter_map(|member| member.split_once('='))
        .filter(|(key, value)| is_state_key(key) && is_state_value(value))
        .map(|(key, _)| key)
        .collect();
    text.len() <= STATE
        && !members.is_empty()
        && members.len() <= STATE_MEMBERS
        && keys.len() == members.len()
}

/// A simple key, or a tenant and a system with `@` between them.
fn is_state_key(key: &str) -> bool {
    let is_word = |word: &str, longest: usize, digit_first: bool| {
        let mut bytes = word.bytes();
        let first = bytes.next().is_some_and(|byte| {
            byte.is_ascii_lowercase() || (digit_first && byte.is_ascii_digit())
        });
        let rest = bytes.all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-*/".contains(&byte)
        });
        first && rest && word.len() <= longest
    };
    match key.split_once('@') {
        None => is_word(key, 256, false),
        Some((tenant, system)) => is_word(tenant, 241, true) && is_word(system, 14, false),
    }
}

fn is_state_value(value: &str) -> bool {
    let is_shown = |byte: u8| matches!(byte, 0x20..=0x7e) && byte != b',' && byte != b'=';
    !value.is_empty() && value.len() <= 256 && value.bytes().all(is_shown) && !value.ends_with(' ')
}

/// Baggage §3.3.1: `key=value` members with properties behind semicolons.
fn is_baggage(text: &str) -> bool {
    let members: Vec<&str> = text.split(',').collect();
    text.len() <= BAGGAGE
        && members.len() <= BAGGAGE_MEMBERS
        && members.iter().all(|member| {
            let mut parts = member.split(';');
            let is_pair = parts.next().is_some_and(|pair| {
                pair.split_once('=')
                    .is_some_and(|(key, value)| is_token(key) && is_baggage_value(value))
            });
            is_pair
                && parts.all(|property| match property.split_once('=') {
                    None => is_token(property),
                    Some((key, value)) => is_token(key) && is_baggage_value(value),
                })
        })
}

/// RFC 9110 §5.6.2, with white space around it.
fn is_token(text: &str) -> bool {
    let token = text.trim_matches([' ', '\t']);
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !token.is_empty() && token.bytes().all(is_part)
}

fn is_baggage_value(text: &str) -> bool {
    let value = text.trim_matches([' ', '\t']);
    let is_part =
        |byte: u8| matches!(byte, 0x21 | 0x23..=0x2b | 0x2d..=0x3a | 0x3c..=0x5b | 0x5d..=0x7e);
    value.bytes().all(is_part)
}

#[cfg(test)]
mod tests;

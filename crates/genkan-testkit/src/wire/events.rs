//! The messages of a stream of server-sent events, as they come in pieces.

use serde_json::Value;

/// What is not yet a whole event.
#[derive(Default)]
pub struct Events {
    held: Vec<u8>,
}

impl Events {
    /// Takes a piece; returns name, id and data of the events that it completes. An event without
    /// data says nothing.
    pub fn take(&mut self, piece: &[u8]) -> Vec<Event> {
        self.held.extend_from_slice(piece);
        let mut events = Vec::new();
        while let Some(end) = self.held.windows(2).position(|pair| pair == b"\n\n") {
            let rest = self.held.split_off(end + 2);
            let text = String::from_utf8(std::mem::replace(&mut self.held, rest)).unwrap();
            events.extend(Event::read(&text));
        }
        events
    }
}

/// One event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// `message` where none is named.
    pub name: String,
    /// By which a client resumes.
    pub id: Option<String>,
    /// All of its data.
    pub data: String,
}

impl Event {
    fn read(text: &str) -> Option<Self> {
        let field = |name: &str| {
            let lines = text.lines().filter_map(move |line| line.strip_prefix(name));
            let values: Vec<_> = lines
                .filter_map(|rest| rest.strip_prefix(':'))
                .map(|value| value.strip_prefix(' ').unwrap_or(value))
                .collect();
            (!values.is_empty()).then(|| values.join("\n"))
        };
        Some(Self {
            name: field("event").unwrap_or_else(|| "message".to_owned()),
            id: field("id"),
            data: field("data").filter(|data| !data.is_empty())?,
        })
    }

    /// The message that it brings, if it brings one.
    pub fn message(&self) -> Option<Value> {
        (self.name == "message").then(|| {
            serde_json::from_str(&self.data).unwrap_or_else(|_| panic!("no JSON: {}", self.data))
        })
    }
}

//! Narrows: which messages a reader asks for.

use serde_json::Value;

use super::{
    realm::{Generation, Message, Realm, Recipient},
    refusal::Refusal,
};

/// One condition.
struct Term {
    operator: String,
    operand: Value,
    is_negated: bool,
}

/// Reads a narrow: objects, or pairs as older clients write them.
pub(super) struct Narrow(Vec<Term>);

impl Narrow {
    pub(super) fn read(value: Option<Value>, generation: Generation) -> Result<Self, Refusal> {
        let terms = match value {
            None => Vec::new(),
            Some(Value::Array(terms)) => terms,
            Some(_) => return Err(Refusal::bad("narrow is not a list")),
        };
        let mut read = Vec::new();
        for term in terms {
            let (operator, operand) = match &term {
                Value::Array(pair) if pair.len() == 2 => (pair[0].as_str(), pair[1].clone()),
                term => (term["operator"].as_str(), term["operand"].clone()),
            };
            let operator = operator.ok_or_else(|| Refusal::bad("elem[\"operator\"] is missing"))?;
            let known = [
                "stream", "topic", "sender", "search", "is", "has", "id", "dm", "pm-with",
            ];
            let is_known = known.contains(&operator)
                || (operator == "channel" && generation >= Generation::Ten);
            if !is_known {
                let message = format!("Invalid narrow operator: unknown {operator} operator");
                return Err(Refusal::new(400, "BAD_NARROW", message)
                    .with("desc", format!("unknown {operator} operator")));
            }
            read.push(Term {
                operator: operator.to_owned(),
                operand,
                is_negated: term["negated"].as_bool().unwrap_or(false),
            });
        }
        Ok(Self(read))
    }

    /// Whether a message that the reader may see fits.
    pub(super) fn fits(&self, realm: &Realm, message: &Message, reader: u64) -> bool {
        self.0
            .iter()
            .all(|term| term.holds(realm, message, reader) != term.is_negated)
    }
}

impl Term {
    fn holds(&self, realm: &Realm, message: &Message, reader: u64) -> bool {
        let text = self.operand.as_str().unwrap_or_default().to_lowercase();
        let number = self.operand.as_u64().or_else(|| text.parse().ok());
        let has_flag = |flag: &str| {
            let flags = message.flags.get(&reader);
            flags.is_some_and(|flags| flags.contains(flag))
        };
        match self.operator.as_str() {
            "stream" | "channel" => match &message.recipient {
                Recipient::Channel(id, _) => {
                    let named = realm.channel_by_name(&text).map(|channel| channel.id);
                    Some(*id) == named || (named.is_none() && Some(*id) == number)
                }
                Recipient::Direct(_) => false,
            },
            "topic" => {
                matches!(&message.recipient, Recipient::Channel(_, topic) if topic.to_lowercase() == text)
            }
            "sender" => {
                let sender = realm.user(message.sender);
                sender.email.to_lowercase() == text || Some(sender.id) == number
            }
            "search" => {
                let content = message.content.to_lowercase();
                text.split_whitespace().all(|word| content.contains(word))
            }
            "id" => Some(message.id) == number,
            "has" => match text.as_str() {
                "link" => message.content.contains("://"),
                "attachment" | "image" => message.content.contains("/user_uploads/"),
                "reaction" => !message.reactions.is_empty(),
                _ => false,
            },
            "is" => match text.as_str() {
                "dm" | "private" => matches!(message.recipient, Recipient::Direct(_)),
                "unread" => !has_flag("read"),
                flag => has_flag(flag),
            },
            // dm, pm-with
            _ => matches!(&message.recipient, Recipient::Direct(people) if {
                let asked: Vec<_> = match &self.operand {
                    Value::Array(ids) => ids.iter().filter_map(Value::as_u64).collect(),
                    _ => text
                        .split(',')
                        .filter_map(|email| realm.users.iter().find(|user| user.email == email))
                        .map(|user| user.id)
                        .collect(),
                };
                people.iter().all(|id| *id == reader || asked.contains(id))
                    && asked.iter().all(|id| people.contains(id))
            }),
        }
    }
}

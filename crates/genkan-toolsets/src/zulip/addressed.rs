//! To whom something goes that is not sent yet, in the words of answers.

use genkan_core::Result;
use serde_json::Value;

use super::acting::Acting;

/// A channel, or people, by name.
pub(super) enum Addressed {
    Channel(String),
    People(Vec<String>),
}

impl Addressed {
    /// The channel, if it is one.
    pub(super) fn channel(&self) -> Option<String> {
        match self {
            Self::Channel(name) => Some(name.clone()),
            Self::People(_) => None,
        }
    }

    /// The people, if there are any.
    pub(super) fn people(self) -> Vec<String> {
        match self {
            Self::Channel(_) => Vec::new(),
            Self::People(people) => people,
        }
    }
}

impl Acting {
    /// Names what Zulip tells by ids: `kind` is `stream` or something else, and `to` one id or several.
    pub(super) async fn addressed(&self, kind: &Value, to: &Value) -> Result<Addressed> {
        let one = to.as_u64().into_iter();
        let ids = one.chain(
            to.as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_u64),
        );
        let ids: Vec<u64> = ids.collect();
        // Whoever or whatever is not in the lists keeps its number.
        let number = |id: u64| format!("id {id}");
        if kind == "stream" {
            let known = self.channels().await?;
            let id = ids.first().copied().unwrap_or_default();
            let found = known.all.iter().find(|channel| channel.id == id);
            let name = found.map_or_else(|| number(id), |channel| channel.name.clone());
            return Ok(Addressed::Channel(name));
        }
        let known = self.users().await?;
        let name = |id: u64| {
            let found = known.all.iter().find(|user| user.id == id);
            found.map_or_else(|| number(id), |user| user.name.clone())
        };
        Ok(Addressed::People(ids.into_iter().map(name).collect()))
    }
}

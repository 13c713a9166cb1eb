//! The Zulip that a whole way is walked on: the double, or a real server that the environment names.
//!
//! With `GENKAN_TEST_ZULIP_SITE`, and `_EMAIL`, `_API_KEY`, `_BOT_EMAIL`, `_BOT_API_KEY`,
//! `_OTHER_EMAIL` and `_OTHER_API_KEY` beside it, tests go to that server. They make channels of
//! their own there and leave others alone.

use std::time::{SystemTime, UNIX_EPOCH};

use genkan_core::{Secret, id::TenantId};
use genkan_toolsets::zulip::{Access, client::Identity};

use serde_json::{Value, json};

use super::{Options, Zulip};

/// What the names of all variables begin with.
const PREFIX: &str = "GENKAN_TEST_ZULIP_";

/// A server, and the three that act there.
pub struct Site {
    /// Its address.
    pub address: String,
    /// Who acts.
    pub user: Identity,
    /// The bot.
    pub bot: Identity,
    /// Somebody who looks on.
    pub other: Identity,
    double: Option<Zulip>,
}

impl Site {
    /// What the environment of this process names.
    pub async fn of_environment() -> Self {
        Self::named(|name| std::env::var(name).ok()).await
    }

    /// What these variables name; without an address, a double that sets hardly any limit.
    pub async fn named(variable: impl Fn(&str) -> Option<String>) -> Self {
        let read = |name: &str| variable(&format!("{PREFIX}{name}"));
        let get = |name: &str| read(name).unwrap_or_else(|| panic!("{PREFIX}{name} is not set"));
        let identity = |who: &str| Identity {
            email: get(&format!("{who}EMAIL")),
            key: Secret::new(get(&format!("{who}API_KEY"))),
        };
        match read("SITE") {
            Some(address) => Self {
                address,
                user: identity(""),
                bot: identity("BOT_"),
                other: identity("OTHER_"),
                double: None,
            },
            None => {
                let limit = 100_000;
                let double = Zulip::start_with(Options {
                    limit,
                    ..Options::default()
                });
                Self::of_double(double.await)
            }
        }
    }

    fn of_double(double: Zulip) -> Self {
        let Access { user, bot, .. } = double.access("hamlet");
        Self {
            address: double.site.clone(),
            user,
            bot: bot.expect("the double has one"),
            other: double.access("cordelia").user,
            double: Some(double),
        }
    }

    /// The keys of the user and the bot.
    pub fn access(&self) -> Access {
        Access {
            tenant: TenantId::default_tenant(),
            site: self.address.clone(),
            user: self.user.clone(),
            bot: Some(self.bot.clone()),
        }
    }

    /// The keys of the one who looks on.
    pub fn access_of_other(&self) -> Access {
        Access {
            user: self.other.clone(),
            bot: None,
            ..self.access()
        }
    }

    /// Whether it is somebody's server, which lets only so much be done in a minute.
    pub fn is_real(&self) -> bool {
        self.double.is_none()
    }

    /// The topics of the only channel of a summary, and how many messages there are in all: without
    /// what a real server writes into a new channel by itself.
    pub fn without_its_own(&self, summary: &Value) -> (Value, u64) {
        let total = summary["total"].as_u64().unwrap();
        let topics = summary["channels"][0]["topics"].as_array().unwrap();
        let is_its_own = |topic: &&Value| {
            let name = topic["topic"].as_str().unwrap();
            self.is_real() && ["channel events", "stream events"].contains(&name)
        };
        let (its_own, topics): (Vec<&Value>, Vec<&Value>) = topics.iter().partition(is_its_own);
        let its_own: u64 = its_own
            .iter()
            .map(|one| one["messages"].as_u64().unwrap())
            .sum();
        (json!(topics), total - its_own)
    }

    /// A name that no channel there has yet.
    pub fn fresh_name(&self) -> String {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        format!("genkan test {}", since.as_nanos())
    }
}

//! The toolset's own client, pointed at a site that is played, or at none.

use std::sync::Arc;

use genkan_core::{
    Lifecycle, Network, Secret, clock::SystemClock, id::TenantId, random::SystemRandom,
};
use genkan_http::{Client, Guard, Options};
use genkan_toolsets::zulip::{
    Access, Chat,
    client::{Identity, Zulip as Api},
};

use super::Zulip;

/// A chat with these keys, which may go to this machine.
pub fn chat(access: Access) -> Chat {
    let options = Options {
        guard: Guard::new(vec![Network::check("127.0.0.1").unwrap()]),
        ..Options::default()
    };
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    let http = Client::new(options, clock.clone(), random.clone(), &Lifecycle::new()).unwrap();
    Chat::new(Api::new(http, clock, random, &access.site).unwrap(), access)
}

/// A chat that nobody is behind, to see what the toolset says of itself.
pub fn nowhere() -> Chat {
    let user = Identity {
        email: "me@chat.example.org".to_owned(),
        key: Secret::new("0".repeat(32)),
    };
    chat(Access {
        tenant: TenantId::default_tenant(),
        site: "https://chat.example.org".to_owned(),
        user,
        bot: None,
    })
}

impl Zulip {
    /// The keys of this user and of the bot.
    pub fn access(&self, user: &str) -> Access {
        let identity = |name: &str| {
            let user = self.user(name);
            Identity {
                email: user.email,
                key: Secret::new(user.key),
            }
        };
        Access {
            tenant: TenantId::default_tenant(),
            site: self.site.clone(),
            user: identity(user),
            bot: Some(identity("bot")),
        }
    }
}

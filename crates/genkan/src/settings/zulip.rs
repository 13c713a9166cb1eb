//! Section `zulip`: the team's chat, and whose keys are used there.

use genkan_core::{Secret, id::TenantId};
use genkan_toolsets::zulip::{Access, client::Identity};

use crate::settings::section::section;

section! {
    /// The team's chat: one organisation of Zulip, and whose keys are used there. Without a site, an
    /// address and a key there are no `zulip` tools.
    Zulip "zulip" {
        /// The address of the organisation, such as https://chat.example.org.
        site: Option<String> = None;
        /// The e-mail address of the user in whose name the tools act.
        email: Option<String> = None, AtOnce;
        /// The API key of that user, which Zulip shows in its settings.
        api_key: Option<Secret<String>> = None, AtOnce;
        /// The e-mail address of a bot, for calls that ask for `identity: bot`.
        bot_email: Option<String> = None, AtOnce;
        /// The API key of the bot.
        bot_api_key: Option<Secret<String>> = None, AtOnce;
    }
}

/// What there is to begin with.
pub(crate) enum Standing {
    /// Nobody said anything of Zulip.
    Absent,
    /// Something is missing; these keys are.
    Incomplete(Vec<String>),
    /// All that is needed.
    Complete(Access),
}

impl Zulip {
    /// Whether the keys are the same.
    pub(crate) fn has_keys_of(&self, other: &Self) -> bool {
        self.email == other.email
            && self.bot_email == other.bot_email
            && same(self.api_key.as_ref(), other.api_key.as_ref())
            && same(self.bot_api_key.as_ref(), other.bot_api_key.as_ref())
    }

    /// Who acts where, if all of it is said in this section.
    pub(crate) fn standing(&self, section: &str) -> Standing {
        let said = [
            ("site", self.site.is_some()),
            ("email", self.email.is_some()),
            ("api_key", self.api_key.is_some()),
        ];
        let bot = [
            ("bot_email", self.bot_email.is_some()),
            ("bot_api_key", self.bot_api_key.is_some()),
        ];
        let missing = |keys: &[(&'static str, bool)]| -> Vec<_> {
            let missing = keys.iter().filter(|(_, is_said)| !is_said);
            missing.map(|(key, _)| format!("{section}.{key}")).collect()
        };
        let (lacking, bot_lacking) = (missing(&said), missing(&bot));
        match (&self.site, &self.email, &self.api_key) {
            (None, None, None) if bot_lacking.len() == bot.len() => Standing::Absent,
            (Some(site), Some(email), Some(key)) if bot_lacking.len() != 1 => {
                Standing::Complete(Access {
                    tenant: TenantId::default_tenant(),
                    site: site.clone(),
                    user: identity(email, key),
                    bot: self
                        .bot_email
                        .as_deref()
                        .zip(self.bot_api_key.as_ref())
                        .map(|(email, key)| identity(email, key)),
                })
            }
            (Some(_), Some(_), Some(_)) => Standing::Incomplete(bot_lacking),
            _ => Standing::Incomplete(lacking),
        }
    }
}

impl Standing {
    /// Tells the log why there are no tools, where somebody began to set them up.
    pub(crate) fn tell(&self) {
        if let Self::Incomplete(missing) = self {
            let missing = missing.join(", ");
            tracing::warn!(
                "an organisation of Zulip is left out, since these are not set: {missing}"
            );
        }
    }

    /// Who acts where, if all of it is said.
    pub(crate) fn access(self) -> Option<Access> {
        match self {
            Self::Complete(access) => Some(access),
            Self::Absent | Self::Incomplete(_) => None,
        }
    }
}

fn same(one: Option<&Secret<String>>, other: Option<&Secret<String>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.matches(other.expose().as_bytes()),
        (one, other) => one.is_none() && other.is_none(),
    }
}

fn identity(email: &str, key: &Secret<String>) -> Identity {
    Identity {
        email: email.to_owned(),
        key: key.clone(),
    }
}

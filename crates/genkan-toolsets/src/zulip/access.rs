//! Who acts where: the keys that calls go out with, for one tenant alone.

use genkan_core::{Result, id::TenantId};

use super::client::{Identity, Zulip};

/// The keys of one organisation.
#[derive(Clone, Debug)]
pub struct Access {
    /// Whose keys these are; for other tenants there is no Zulip.
    pub tenant: TenantId,
    /// The address of the organisation.
    pub site: String,
    /// In whose name calls go out.
    pub user: Identity,
    /// In whose name they go out when a bot is asked for.
    pub bot: Option<Identity>,
}

impl Access {
    /// Who each key belongs to, by name.
    ///
    /// Error: one of them opens nothing, or the server cannot be reached.
    pub async fn names(&self, zulip: &Zulip) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for identity in [Some(&self.user), self.bot.as_ref()].into_iter().flatten() {
            let told = zulip.own_user(identity).await?;
            let name = told["full_name"].as_str().unwrap_or(&identity.email);
            names.push(name.to_owned());
        }
        Ok(names)
    }
}

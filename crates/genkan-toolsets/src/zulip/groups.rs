//! Groups of users, by id or by name.

use genkan_core::{Code, Error, Result};
use serde::Deserialize;

use super::{acting::Acting, client::Form, lists, named::Named};

/// A group as Zulip tells of it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Group {
    pub(super) id: u64,
    pub(super) name: String,
    #[serde(default)]
    pub(super) description: String,
    #[serde(default)]
    pub(super) members: Vec<u64>,
    /// Zulip's own, such as all administrators.
    #[serde(default)]
    pub(super) is_system_group: bool,
}

impl Acting {
    /// Every group, by name.
    pub(super) async fn groups(&self) -> Result<Vec<Group>> {
        let told = self.get(&["user_groups"], Form::new()).await?;
        let mut groups: Vec<Group> = lists::read(&told["user_groups"])?;
        groups.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(groups)
    }

    /// The group of this id or name, in either case of its letters, with or without `@` before it.
    pub(super) async fn group(&self, named: &Named) -> Result<Group> {
        let groups = self.groups().await?;
        let found = groups.into_iter().find(|group| match named {
            Named::Id(id) => group.id == *id,
            Named::Name(name) => {
                let (name, own) = (name.trim().to_lowercase(), group.name.to_lowercase());
                // `@` may be part of the name.
                own == name || name.strip_prefix('@') == Some(&own)
            }
        });
        found.ok_or_else(|| {
            let message = "there is no such group of users";
            Error::new(Code::NoSuchItem, message)
                .hint("List the groups with zulip_get_user_groups.")
        })
    }
}

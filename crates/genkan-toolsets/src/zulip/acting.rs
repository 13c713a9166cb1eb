//! One call at Zulip: in whose name it acts, and for which call of ours.

use std::sync::Arc;

use genkan_core::{CallContext, Code, Error, Live, Result};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Access,
    client::{Form, Identity, Zulip},
    lists::Lists,
};

/// In whose name a call goes out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(super) enum Who {
    #[default]
    User,
    Bot,
}

/// The chat with its keys. Clones share everything; the keys can be replaced under open calls.
#[derive(Clone)]
pub struct Chat {
    zulip: Zulip,
    access: Live<Access>,
    lists: Arc<Lists>,
}

impl Chat {
    /// The chat behind this client, with these keys.
    pub fn new(zulip: Zulip, access: Access) -> Self {
        Self {
            zulip,
            access: Live::new(access),
            lists: Arc::default(),
        }
    }

    /// Takes other keys of the same site, once they have shown that they open it; else the old ones
    /// stay.
    pub async fn swap(&self, access: Access) -> Result<()> {
        access.names(&self.zulip).await?;
        self.access.set(access);
        Ok(())
    }

    /// Asks for the lists that calls ask for first, so that they need not.
    pub async fn warm(&self) -> Result<()> {
        let identity = self.access.get().user.clone();
        let acting = Acting {
            zulip: self.zulip.clone(),
            identity,
            lists: Arc::clone(&self.lists),
        };
        acting.channels().await?;
        acting.users().await?;
        Ok(())
    }

    /// Begins a call in the name of the user or the bot.
    pub(super) fn acting(&self, ctx: &CallContext, who: Who) -> Result<Acting> {
        let access = self.access.get();
        if access.tenant != *ctx.tenant() {
            let message = "there is no Zulip for this tenant";
            return Err(Error::new(Code::NoSuchItem, message)
                .hint("The keys in the settings are those of tenant `default`."));
        }
        let identity = match who {
            Who::User => access.user.clone(),
            Who::Bot => access.bot.clone().ok_or_else(|| {
                Error::new(Code::InvalidArguments, "no bot is set up for Zulip")
                    .hint("Set `zulip.bot_email` and `zulip.bot_api_key`, or act as the user.")
            })?,
        };
        Ok(Acting {
            zulip: self.zulip.caused_by(&ctx.correlation_id, ctx.trace.clone()),
            identity,
            lists: Arc::clone(&self.lists),
        })
    }
}

/// A call under way.
pub(super) struct Acting {
    pub(super) zulip: Zulip,
    pub(super) identity: Identity,
    pub(super) lists: Arc<Lists>,
}

impl Acting {
    /// Reads.
    pub(super) async fn get(&self, path: &[&str], query: Form) -> Result<Value> {
        self.zulip.get(&self.identity, path, query).await
    }

    /// Changes something, once.
    pub(super) async fn change(&self, method: Method, path: &[&str], form: Form) -> Result<Value> {
        self.zulip.change(&self.identity, method, path, form).await
    }
}

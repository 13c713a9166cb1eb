//! `admin_setting_set`, `admin_setting_unset`: settings that every instance on the store has in common.
//!
//! They belong to the house and not to a tenant, so only its local user may change them. What a setting
//! is only the program knows: it judges each change before anything is kept.

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use genkan_store::{Store, StoredSetting};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::typed::{About, TypedTool};

/// A change of what is stored.
pub struct SettingChange<'a> {
    /// `section.key`.
    pub key: &'a str,
    /// The new value as text; none is to be stored any longer.
    pub value: Option<&'a str>,
    /// What is stored now.
    pub stored: &'a [StoredSetting],
}

/// What holds in this process once the change is kept.
#[derive(Serialize, JsonSchema)]
pub struct SettingInForce {
    /// The key.
    pub key: String,
    /// The value that is stored from now on, if one is.
    pub stored: Option<String>,
    /// Where this instance has its value from: `stored`, `default`, or what is stronger.
    pub origin: String,
    /// `at once` (within two seconds) or `at the next start`.
    pub applies: String,
}

/// Refuses a change that would not hold, else says what comes of it.
pub type JudgeSetting = Arc<dyn Fn(&SettingChange<'_>) -> Result<SettingInForce> + Send + Sync>;

/// What both tools share.
#[derive(Clone)]
pub(super) struct Settings {
    pub(super) store: Store,
    pub(super) judge: Option<JudgeSetting>,
}

impl Settings {
    async fn change(
        &self,
        ctx: &CallContext,
        key: String,
        value: Option<String>,
    ) -> Result<SettingInForce> {
        if !ctx.principal.is_local() {
            let message = "the settings of the house are for its local user";
            return Err(Error::new(Code::Forbidden, message)
                .hint("Run `genkan config set` on a machine of the server."));
        }
        let Some(judge) = &self.judge else {
            let message = "this process has no settings that could be stored";
            return Err(Error::new(Code::ServerUnreachable, message));
        };
        let judge = Arc::clone(judge);
        // Judged where nobody else can change what it was judged beside.
        let write = self.store.write_of_house(ctx, move |tx| {
            let (key, value, judge) = (key.clone(), value.clone(), Arc::clone(&judge));
            Box::pin(async move {
                let stored = tx.stored_setting_list_to_change().await?;
                let in_force = judge(&SettingChange {
                    key: &key,
                    value: value.as_deref(),
                    stored: &stored,
                })?;
                match value {
                    Some(value) => tx.stored_setting_set(&StoredSetting { key, value }).await?,
                    None => drop(tx.stored_setting_unset(&key).await?),
                }
                Ok(in_force)
            })
        });
        write.await
    }
}

/// `admin_setting_set`.
pub(super) struct SettingSet(pub(super) Settings);

/// Which, and what.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetArguments {
    /// The key, such as `limits.calls_per_minute`.
    key: String,
    /// The value as text, as a variable of the environment would have it.
    #[schemars(length(max = 4096))]
    value: String,
}

#[async_trait]
impl TypedTool for SettingSet {
    const ABOUT: About = about(
        "admin_setting_set",
        "Store a setting",
        "Stores a setting for all instances on this store; file and environment of an instance win over it. \
         For the local user alone.",
    );
    /// Somebody may take a secret for a setting that can be stored.
    const HIDES: &'static [&'static str] = &["value"];
    type Arguments = SetArguments;
    type Answer = SettingInForce;

    async fn run(
        &self,
        ctx: &CallContext,
        arguments: SetArguments,
    ) -> Result<SettingInForce, Stop> {
        let SetArguments { key, value } = arguments;
        Ok(self.0.change(ctx, key, Some(value)).await?)
    }
}

/// `admin_setting_unset`.
pub(super) struct SettingUnset(pub(super) Settings);

/// Which.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UnsetArguments {
    /// The key.
    key: String,
}

#[async_trait]
impl TypedTool for SettingUnset {
    const ABOUT: About = about(
        "admin_setting_unset",
        "Forget a stored setting",
        "Forgets a stored setting, so that its default holds again where nothing else sets it. For the local \
         user alone.",
    );
    type Arguments = UnsetArguments;
    type Answer = SettingInForce;

    async fn run(
        &self,
        ctx: &CallContext,
        arguments: UnsetArguments,
    ) -> Result<SettingInForce, Stop> {
        Ok(self.0.change(ctx, arguments.key, None).await?)
    }
}

/// What both say of themselves: they ask nothing, and a second time changes nothing.
const fn about(name: &'static str, title: &'static str, description: &'static str) -> About {
    About {
        name,
        title,
        description,
        effect: Effect::Changes,
        idempotent: true,
        asks: false,
        permission: ("settings", Action::Manage),
    }
}

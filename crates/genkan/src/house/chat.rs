//! The team's chat as the house reaches it: Zulip's API over the house's HTTP client.

use std::sync::Arc;

use genkan_core::{Clock, Lifecycle, Random, Result};
use genkan_http::Client;
use genkan_toolsets::zulip::{Chat, Realm, Realms, client::Zulip};
use tracing::{info, warn};

use crate::settings::{Settings, ZulipStanding};

/// The API at this site. Its connections are tasks of this lifecycle.
pub(crate) fn client(
    settings: &Settings,
    site: &str,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    lifecycle: &Lifecycle,
) -> Result<Zulip> {
    let options = settings.http.options()?;
    let http = Client::new(options, Arc::clone(&clock), Arc::clone(&random), lifecycle)?;
    Zulip::new(http, clock, random, site)
}

/// The chat of every organisation that is set up, by name.
pub(super) fn open(
    settings: &Settings,
    clock: &Arc<dyn Clock>,
    random: &Arc<dyn Random>,
    lifecycle: &Lifecycle,
) -> Result<Vec<Realm>> {
    let mut realms = Vec::new();
    for (name, standing) in settings.organisations() {
        if let ZulipStanding::Complete(access) = standing {
            let (clock, random) = (Arc::clone(clock), Arc::clone(random));
            let zulip = client(settings, &access.site, clock, random, lifecycle)?;
            realms.push(Realm {
                name: name.to_owned(),
                chat: Chat::new(zulip, access),
            });
        }
    }
    Ok(realms)
}

/// What the toolset is made from. Only where one organisation alone is spoken of need no call name it:
/// when a second one lacks a key, what is meant for it must not go to the first.
pub(super) fn offered(settings: &Settings, realms: &[Realm]) -> Option<Realms> {
    match (realms, settings.organisations().len()) {
        ([], _) => None,
        ([one], 1) => Some(one.chat.clone().into()),
        (realms, _) => Some(Realms::Several(realms.to_vec())),
    }
}

/// Asks for the lists that everybody asks for first, while nobody waits for them.
pub(crate) fn warm(realm: Realm, lifecycle: &Lifecycle) {
    let stop = lifecycle.soft_stop().clone();
    lifecycle.start("zulip lists", async move {
        let Realm { name, chat } = realm;
        match Box::pin(stop.run_until_cancelled(chat.warm())).await {
            Some(Ok(())) => info!("the channels and users of Zulip's `{name}` are known"),
            Some(Err(error)) => warn!(
                code = error.code().as_str(),
                hint = error.hint_text(),
                "Zulip's `{name}` cannot be asked yet: {error}"
            ),
            None => {}
        }
    });
}

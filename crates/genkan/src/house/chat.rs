//! The team's chat as the house reaches it: Zulip's API over the house's HTTP client.

use std::sync::Arc;

use genkan_core::{Clock, Lifecycle, Random, Result};
use genkan_http::Client;
use genkan_toolsets::zulip::{Chat, client::Zulip};
use tracing::{info, warn};

use crate::settings::Settings;

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

/// The chat, if it is set up.
pub(super) fn open(
    settings: &Settings,
    clock: &Arc<dyn Clock>,
    random: &Arc<dyn Random>,
    lifecycle: &Lifecycle,
) -> Result<Option<Chat>> {
    let Some(access) = settings.zulip.standing().access() else {
        return Ok(None);
    };
    let (clock, random) = (Arc::clone(clock), Arc::clone(random));
    let zulip = client(settings, &access.site, clock, random, lifecycle)?;
    Ok(Some(Chat::new(zulip, access)))
}

/// Asks for the lists that everybody asks for first, while nobody waits for them.
pub(crate) fn warm(chat: Chat, lifecycle: &Lifecycle) {
    let stop = lifecycle.soft_stop().clone();
    lifecycle.start("zulip lists", async move {
        match Box::pin(stop.run_until_cancelled(chat.warm())).await {
            Some(Ok(())) => info!("Zulip's channels and users are known"),
            Some(Err(error)) => warn!(
                code = error.code().as_str(),
                hint = error.hint_text(),
                "Zulip cannot be asked yet: {error}"
            ),
            None => {}
        }
    });
}

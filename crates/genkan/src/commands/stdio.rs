//! `genkan stdio`: MCP over standard input and output, as the local user.
//!
//! Through the live server of the data folder where there is one, else in a house of its own. A
//! server that goes away in the middle of a dialogue is replaced in the same way. A house of its own
//! follows its settings, as a server does. Only MCP is ever written to standard output.

use std::{sync::Arc, time::Duration};

use genkan_core::{Error, Live, Result, id::ProfileName, lifecycle::Lifecycle};
use tracing::{debug, error, info};

use crate::{
    commands::text::profile,
    data_folder::DataFolder,
    house::{ForAdmins, House, reload::Reload},
    local::{Door, Hello, Indoors, Lines, Link, Pipes, StreamDoor, connect, relay},
    platform::{
        service::Service,
        signals::{Hangups, Signals},
    },
    settings::{Settings, Watch, tell_of_here},
    surroundings::Surroundings,
    telemetry::log::{self, Audience, Log},
};

/// Serve MCP over standard input and output, as the local user
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The profile to show
    #[arg(long, value_name = "NAME", default_value = "default", value_parser = profile)]
    profile: ProfileName,
}

pub(crate) async fn run(arguments: Arguments, surroundings: &Surroundings) -> Result<()> {
    let surroundings = &surroundings.anywhere();
    let folder = surroundings.folder()?;
    let settings = surroundings.settings(&folder, Vec::new())?;
    settings.log.check_beside_mcp()?;
    let log = log::start(&settings, &surroundings.environment, Audience::Operator)?;
    settings.tell_remarks();
    tell_of_here(false);
    let signals = Signals::listen().map_err(Error::internal)?;
    let profile = arguments.profile;
    let hello = Hello::new(&profile, Door::Stdio);
    let home = Home {
        surroundings,
        folder: &folder,
        log,
    };
    match connect(&folder, &hello).await? {
        Some(link) => {
            debug!("going through the server on this data folder");
            Box::pin(through_server(
                link,
                &settings,
                home,
                (hello, profile),
                signals,
            ))
            .await
        }
        None => Box::pin(alone(home, profile, signals)).await,
    }
}

/// Where a house of this process's own would stand.
struct Home<'a> {
    surroundings: &'a Surroundings,
    folder: &'a DataFolder,
    log: Log,
}

impl Home<'_> {
    /// How the house follows its settings. A hangup is no request here: the client is gone.
    fn reload(&self, watch: Watch) -> Reload {
        Reload {
            surroundings: self.surroundings.clone(),
            folder: self.folder.clone(),
            flags: Vec::new(),
            log: self.log.clone(),
            hangups: Hangups::none(),
            watch,
            service: Arc::new(Service::of(&self.surroundings.environment)),
        }
    }

    /// Opens it with the settings of now, or with those that held before if these are wrong.
    async fn open(&self, before: &Settings, profile: &ProfileName) -> Result<(Indoors, Link)> {
        let watch = Watch::new(self.surroundings.look(self.folder, before));
        let now = self.surroundings.settings_to_start(self.folder, Vec::new());
        let settings = now.await.unwrap_or_else(|_| before.clone());
        let judge = self.surroundings.judge(self.folder, Vec::new());
        let opening = Indoors::open(&settings, self.folder, profile, Door::Stdio, judge);
        let (indoors, link) = opening.await?;
        indoors.follow(self.reload(watch), settings);
        Ok((indoors, link))
    }
}

/// In a house of this process's own.
async fn alone(home: Home<'_>, profile: ProfileName, mut signals: Signals) -> Result<()> {
    let watched = home.surroundings.watched_settings(home.folder, Vec::new());
    let (settings, watch) = watched.await?;
    home.log.set_level(&settings)?;
    settings.tell_stored();
    let lifecycle = Lifecycle::new();
    let admins = ForAdmins {
        judge: Some(home.surroundings.judge(home.folder, Vec::new())),
        ..ForAdmins::default()
    };
    let house = House::open(&settings, home.folder, &lifecycle, admins).await?;
    let parts = house.parts(&settings, &lifecycle);
    let settings = Live::new(settings);
    let doors = parts.settings.clone();
    let door = StreamDoor::new(parts);
    let admitted = door.admit(&profile);
    if admitted.is_ok() {
        let reload = home.reload(watch);
        reload.start(&house, settings.clone(), doors, &lifecycle);
        let (read, write) = (Box::new(tokio::io::stdin()), Box::new(tokio::io::stdout()));
        let mut serving = Box::pin(door.serve(read, write, profile, Door::Stdio));
        tokio::select! {
            () = &mut serving => {}
            () = house.failed() => error!("the store failed; the dialogue ends"),
            signal = signals.next() => {
                info!("{signal}: no new calls; what runs may finish");
                lifecycle.soft_stop().cancel();
                tokio::select! {
                    () = serving => {}
                    signal = signals.next() => info!("{signal} again: ending at once"),
                }
            }
        }
    }
    let drain = Duration::from_secs(settings.get().server.drain_seconds.get());
    lifecycle.stop(drain).await;
    house.close().await;
    admitted
}

/// Through a live server, and whatever can replace it.
async fn through_server(
    first: Link,
    settings: &Settings,
    home: Home<'_>,
    (hello, profile): (Hello, ProfileName),
    mut signals: Signals,
) -> Result<()> {
    let longest = settings.for_doors().body_bytes;
    let pipes = Pipes {
        read: Lines::new(Box::new(tokio::io::stdin()), longest),
        write: Box::new(tokio::io::stdout()),
    };
    let mut own: Option<Indoors> = None;
    let again = async || {
        if let Some(old) = own.take() {
            old.close().await;
        }
        if let Some(link) = connect(home.folder, &hello).await? {
            return Ok(link);
        }
        let (indoors, link) = Box::pin(home.open(settings, &profile)).await?;
        own = Some(indoors);
        Ok(link)
    };
    let result = tokio::select! {
        result = Box::pin(relay(pipes, first, again)) => result,
        signal = signals.next() => {
            info!("{signal}: ending");
            Ok(())
        }
    };
    if let Some(own) = own {
        own.close().await;
    }
    result
}

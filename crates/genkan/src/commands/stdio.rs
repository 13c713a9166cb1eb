//! `genkan stdio`: MCP over standard input and output, as the local user.
//!
//! Through the live server of the data folder where there is one, else in a house of its own. A
//! server that goes away in the middle of a dialogue is replaced in the same way. Only MCP is ever
//! written to standard output.

use std::time::Duration;

use genkan_core::{Error, Result, id::ProfileName, lifecycle::Lifecycle};
use tracing::{debug, error, info};

use crate::{
    commands::text::profile,
    data_folder::DataFolder,
    house::House,
    local::{Door, Hello, Indoors, Lines, Link, Pipes, StreamDoor, connect, relay},
    platform::signals::Signals,
    settings::Settings,
    surroundings::Surroundings,
    telemetry::log::{self, Audience},
};

/// Serve MCP over standard input and output, as the local user
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The profile to show
    #[arg(long, value_name = "NAME", default_value = "default", value_parser = profile)]
    profile: ProfileName,
}

pub(crate) async fn run(arguments: Arguments, surroundings: &Surroundings) -> Result<()> {
    let folder = surroundings.folder()?;
    let settings = surroundings.settings(&folder, Vec::new())?;
    log::start(&settings, &surroundings.environment, Audience::Operator)?;
    settings.tell_remarks();
    let signals = Signals::listen().map_err(Error::internal)?;
    let profile = arguments.profile;
    let hello = Hello::new(&profile, Door::Stdio);
    match connect(&folder, &hello).await? {
        Some(link) => {
            debug!("going through the server on this data folder");
            Box::pin(through_server(
                link,
                &settings,
                &folder,
                (hello, profile),
                signals,
            ))
            .await
        }
        None => Box::pin(alone(&settings, &folder, profile, signals)).await,
    }
}

/// In a house of this process's own.
async fn alone(
    settings: &Settings,
    folder: &DataFolder,
    profile: ProfileName,
    mut signals: Signals,
) -> Result<()> {
    let lifecycle = Lifecycle::new();
    let house = House::open(settings, folder, &lifecycle, None).await?;
    let door = StreamDoor::new(house.parts(settings, &lifecycle));
    let admitted = door.admit(&profile);
    if admitted.is_ok() {
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
    lifecycle
        .stop(Duration::from_secs(settings.server.drain_seconds.get()))
        .await;
    house.close().await;
    admitted
}

/// Through a live server, and whatever can replace it.
async fn through_server(
    first: Link,
    settings: &Settings,
    folder: &DataFolder,
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
        if let Some(link) = connect(folder, &hello).await? {
            return Ok(link);
        }
        let (indoors, link) =
            Box::pin(Indoors::open(settings, folder, &profile, Door::Stdio)).await?;
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

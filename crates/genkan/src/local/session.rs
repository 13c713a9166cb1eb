//! What a command does with the house: through a live server, else in a house of its own.

use std::time::Duration;

use genkan_core::{Live, Result, id::ProfileName, lifecycle::Lifecycle};
use genkan_server::LiveSettings;
use genkan_toolsets::admin::JudgeSetting;
use serde_json::Value;

use crate::{
    data_folder::DataFolder,
    house::{ForAdmins, House, reload::Reload},
    local::{
        client::Client,
        hello::{Door, Hello},
        lines::Lines,
        link::{Link, connect},
        stream_door::StreamDoor,
    },
    settings::Settings,
    surroundings::Surroundings,
    telemetry::log::{self, Audience},
};

/// How much may wait in a pipe within this process.
const PIPE_BYTES: usize = 64 * 1024;
/// How long tasks of a house may take to end when its only client is gone.
const DRAIN: Duration = Duration::from_secs(5);

/// A house within this process, with a pipe into it.
pub(crate) struct Indoors {
    house: House,
    doors: LiveSettings,
    lifecycle: Lifecycle,
}

impl Indoors {
    /// Opens the house and a pipe that shows the profile.
    pub(crate) async fn open(
        settings: &Settings,
        folder: &DataFolder,
        profile: &ProfileName,
        door: Door,
        judge: JudgeSetting,
    ) -> Result<(Self, Link)> {
        let lifecycle = Lifecycle::new();
        let admins = ForAdmins {
            judge: Some(judge),
            ..ForAdmins::default()
        };
        let house = House::open(settings, folder, &lifecycle, admins).await?;
        let parts = house.parts(settings, &lifecycle);
        let doors = parts.settings.clone();
        let stream = StreamDoor::new(parts);
        let indoors = Self {
            house,
            doors,
            lifecycle,
        };
        if let Err(error) = stream.admit(profile) {
            indoors.close().await;
            return Err(error);
        }
        let (ours, theirs) = tokio::io::duplex(PIPE_BYTES);
        let (read, write) = tokio::io::split(ours);
        let (their_read, their_write) = tokio::io::split(theirs);
        let serving = stream.serve(
            Box::new(their_read),
            Box::new(their_write),
            profile.clone(),
            door,
        );
        indoors.lifecycle.start("in-process stream", serving);
        let link = Link {
            read: Lines::new(Box::new(read), usize::MAX),
            write: Box::new(write),
        };
        Ok((indoors, link))
    }

    /// Lets the house follow its settings for as long as it is open.
    pub(crate) fn follow(&self, reload: Reload, settings: Settings) {
        let doors = self.doors.clone();
        reload.start(&self.house, Live::new(settings), doors, &self.lifecycle);
    }

    /// Closes the house. The link is dropped by now.
    pub(crate) async fn close(self) {
        self.lifecycle.stop(DRAIN).await;
        self.house.close().await;
    }
}

/// A client of the house, for one command.
pub(crate) struct Session {
    client: Client,
    indoors: Option<Indoors>,
}

impl Session {
    /// Finds the way to the house, and starts the log for a person.
    pub(crate) async fn open(surroundings: &Surroundings, profile: &ProfileName) -> Result<Self> {
        let folder = surroundings.folder()?;
        let settings = surroundings.settings(&folder, Vec::new())?;
        log::start(&settings, &surroundings.environment, Audience::Person)?;
        let (indoors, link) = match connect(&folder, &Hello::new(profile, Door::Cli)).await? {
            Some(link) => (None, link),
            None => {
                let settings = surroundings.settings_to_start(&folder, Vec::new()).await?;
                settings.tell_stored();
                let judge = surroundings.judge(&folder, Vec::new());
                let opening = Indoors::open(&settings, &folder, profile, Door::Cli, judge);
                let (indoors, link) = Box::pin(opening).await?;
                (Some(indoors), link)
            }
        };
        Ok(Self {
            client: Client::new(link),
            indoors,
        })
    }

    /// Calls one tool of toolset `admin` and returns its structured answer.
    pub(crate) async fn ask_admin(
        surroundings: &Surroundings,
        tool: &str,
        arguments: Value,
    ) -> Result<Value> {
        let mut session = Self::open(surroundings, &admin_profile()).await?;
        let answer = session.client.ask(tool, arguments).await;
        session.close().await;
        answer
    }

    /// The client.
    pub(crate) fn client(&mut self) -> &mut Client {
        &mut self.client
    }

    /// Leaves the house, and closes it if it was opened for this.
    pub(crate) async fn close(self) {
        drop(self.client);
        if let Some(indoors) = self.indoors {
            indoors.close().await;
        }
    }
}

/// The profile that shows toolset `admin`.
pub(crate) fn admin_profile() -> ProfileName {
    ProfileName::parse("admin").expect("BUG: `admin` is a profile name")
}

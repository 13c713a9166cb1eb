//! The door through which streams enter a house: standard input and output, the local socket, and
//! pipes within this process. Whoever comes this way is the local user.

use genkan_core::{Code, Error, Result, call::Credential, id::ProfileName};
use genkan_server::{Parts, stream};
use tracing::debug;

use crate::{
    local::hello::Door,
    platform::socket::{ReadHalf, WriteHalf},
};

/// Serves one stream after another in one house.
#[derive(Clone)]
pub(crate) struct StreamDoor(Parts);

impl StreamDoor {
    /// A door into this house.
    pub(crate) fn new(parts: Parts) -> Self {
        Self(parts)
    }

    /// Refuses a profile that does not exist.
    pub(crate) fn admit(&self, profile: &ProfileName) -> Result<()> {
        if self.0.engine.profile(profile).is_some() {
            return Ok(());
        }
        Err(Error::new(
            Code::NotFound,
            format!("there is no profile `{}`", profile.as_str()),
        )
        .hint("`default`, `admin` and the name of each toolset are profiles."))
    }

    /// Serves MCP on a stream until it ends.
    pub(crate) async fn serve(
        self,
        read: ReadHalf,
        write: WriteHalf,
        profile: ProfileName,
        door: Door,
    ) {
        let peer = stream::Peer {
            profile,
            door: door.into(),
            credential: Credential::Local,
            source: "local".into(),
        };
        if let Err(error) = stream::serve(&self.0, peer, read, write).await {
            debug!("a local stream broke: {error}");
        }
    }
}

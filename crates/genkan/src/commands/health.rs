//! `genkan health`: whether the server on this data folder serves, for the health checks of containers.
//!
//! It greets the server over the local socket and leaves. No settings are read, no call is made or
//! recorded, and the database may be away: whether requests should come, `/ready` says.

use genkan_core::{Code, Error, Result, id::ProfileName};
use serde_json::json;

use crate::{
    data_folder::Notice,
    local::{Door, Hello, connect},
    surroundings::Surroundings,
};

pub(crate) async fn run(surroundings: &Surroundings) -> Result<()> {
    let folder = surroundings.folder()?;
    let away = |why: &str| {
        let message = format!("{why} `{}`", folder.path().display());
        Error::new(Code::ServerUnreachable, message)
    };
    let Some(notice) = folder.notice() else {
        return Err(away("no server runs on"));
    };
    if notice.socket.is_none() {
        let without = away("there is no local socket beside");
        return Err(without.hint("Ask the server itself: `/health` is open to everybody."));
    }
    let hello = Hello::new(&ProfileName::default_profile(), Door::Cli);
    if connect(&folder, &hello).await?.is_none() {
        return Err(away("no server answers any more on"));
    }
    let Notice {
        pid, version, url, ..
    } = notice;
    let result = json!({ "status": "healthy", "pid": pid, "version": version, "url": url });
    surroundings
        .output
        .result(&result, || format!("Genkan {version} serves {url}."));
    Ok(())
}

//! What a server tells when it listens: other processes by `server.json`, people by what to do next.

use std::{net::SocketAddr, path::Path};

use tracing::info;

use genkan_core::Result;

use crate::{
    data_folder::{DataFolder, Notice},
    house::House,
    output::Output,
    platform::socket,
    settings::Settings,
};

/// What `server.json` will hold.
pub(super) fn notice(
    settings: &Settings,
    folder: &DataFolder,
    address: SocketAddr,
    socket: Option<&socket::Listener>,
) -> Result<Notice> {
    let base = match &settings.server.public_url {
        Some(url) => url.to_string(),
        None => format!("{}://{address}", scheme(settings)),
    };
    let location = settings.store.location(&folder.database())?;
    Ok(Notice {
        pid: std::process::id(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        address,
        url: format!("{base}/mcp"),
        socket: socket.map(|socket| socket.path().to_owned()),
        store: Some(location.place()?),
    })
}

fn scheme(settings: &Settings) -> &'static str {
    match settings.tls.cert {
        Some(_) => "https",
        None => "http",
    }
}

/// Where the server is and where its key is. Never the key.
pub(super) struct Listening<'a> {
    notice: &'a Notice,
    folder: &'a Path,
    key_file: Option<String>,
    ops: Option<SocketAddr>,
}

impl<'a> Listening<'a> {
    /// What is to be told.
    pub(super) fn new(
        folder: &'a DataFolder,
        house: &House,
        notice: &'a Notice,
        ops: Option<SocketAddr>,
    ) -> Self {
        let key = house.admin_key.as_ref();
        Self {
            notice,
            folder: folder.path(),
            key_file: key.map(|path| path.display().to_string()),
            ops,
        }
    }

    /// Tells it on standard output, and what to do next.
    pub(super) fn tell(&self, output: Output) {
        let json = serde_json::json!({
            "event": "listening",
            "address": self.notice.address,
            "url": self.notice.url,
            "ops": self.ops,
            "data_dir": self.folder,
            "admin_key_file": self.key_file,
            "version": self.notice.version,
        });
        output.result(&json, || self.text());
    }

    /// Tells it in the log, where standard output belongs to that.
    pub(super) fn log(&self) {
        info!(
            event = "listening",
            address = %self.notice.address,
            url = self.notice.url,
            ops = self.ops.map(display),
            data_dir = %self.folder.display(),
            admin_key_file = self.key_file,
            version = self.notice.version,
            "serving {}",
            self.notice.url
        );
    }

    fn text(&self) -> String {
        let Notice { version, url, .. } = self.notice;
        let folder = self.folder.display();
        let (key_line, key_source) = match &self.key_file {
            Some(path) => (format!("admin key    {path}\n"), format!("$(cat '{path}')")),
            None => (String::new(), "<key>".to_owned()),
        };
        let ops_line = self.ops.map_or_else(String::new, |ops| {
            format!("operators    http://{ops}/metrics\n")
        });
        format!(
            "Genkan {version} is listening.\n\
             \n\
             endpoint     {url}\n\
             {ops_line}\
             data folder  {folder}\n\
             {key_line}\
             \n\
             Next, connect a client:\n\
             \n  \
             claude mcp add --transport http genkan {url} --header \"Authorization: Bearer {key_source}\"\n\
             \n\
             Clients on this computer need no key: let them start `genkan stdio`. A key for someone else:\n\
             \n  \
             genkan key create NAME --role user\n\
             \n\
             Ctrl-C ends the server.\n"
        )
    }
}

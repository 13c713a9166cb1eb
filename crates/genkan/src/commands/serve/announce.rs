//! What a server tells when it listens: other processes by `server.json`, people by what to do next.

use std::net::SocketAddr;

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
    address: SocketAddr,
    socket: Option<&socket::Listener>,
) -> Notice {
    let base = match &settings.server.public_url {
        Some(url) => url.to_string(),
        None => format!("{}://{address}", scheme(settings)),
    };
    Notice {
        pid: std::process::id(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        address,
        url: format!("{base}/mcp"),
        socket: socket.map(|socket| socket.path().to_owned()),
    }
}

fn scheme(settings: &Settings) -> &'static str {
    match settings.tls.cert {
        Some(_) => "https",
        None => "http",
    }
}

/// Tells where the server is, where its key is, and what to do next. Never the key.
pub(super) fn tell(
    output: Output,
    folder: &DataFolder,
    house: &House,
    notice: &Notice,
    ops: Option<SocketAddr>,
) {
    let key = house
        .admin_key
        .as_ref()
        .map(|path| path.display().to_string());
    let json = serde_json::json!({
        "event": "listening",
        "address": notice.address,
        "url": notice.url,
        "ops": ops,
        "data_dir": folder.path(),
        "admin_key_file": key,
        "version": notice.version,
    });
    output.result(&json, || text(folder, notice, key.as_deref(), ops));
}

fn text(
    folder: &DataFolder,
    notice: &Notice,
    key: Option<&str>,
    ops: Option<SocketAddr>,
) -> String {
    let Notice { version, url, .. } = notice;
    let folder = folder.path().display();
    let (key_line, key_source) = match key {
        Some(path) => (format!("admin key    {path}\n"), format!("$(cat '{path}')")),
        None => (String::new(), "<key>".to_owned()),
    };
    let ops_line = ops.map_or_else(String::new, |ops| {
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

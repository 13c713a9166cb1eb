//! Nothing here reaches beyond this machine: the load would be an attack, and the figures those of a
//! network.

use std::net::IpAddr;

use anyhow::{Context, Result, ensure};

/// Refuses the database of `GENKAN_TEST_POSTGRES` if it is not on this machine.
pub fn check_database() -> Result<()> {
    match std::env::var("GENKAN_TEST_POSTGRES") {
        Ok(url) => check_url(&url),
        Err(_) => Ok(()),
    }
}

fn check_url(url: &str) -> Result<()> {
    let (_, rest) = url
        .split_once("://")
        .context("the address of the database has no `://`")?;
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inner, _)) => inner,
        None => host.split(':').next().unwrap_or_default(),
    };
    let address = host.parse::<IpAddr>();
    let is_loopback = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    ensure!(
        is_loopback,
        "the database at `{host}` is not on a loopback address; start one with `cargo xtask env`"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check_url;

    #[test]
    fn only_databases_of_this_machine_are_taken() {
        let table = [
            ("postgres://postgres@127.0.0.1:5432/postgres", true),
            ("postgres://u:p@localhost/x", true),
            ("postgres://u:p@[::1]:5432/x", true),
            ("postgres://u:p@db.example.org/x", false),
            ("postgres://10.0.0.1:5432/x", false),
            ("postgres://127.0.0.1@10.0.0.1/x", false),
            ("nonsense", false),
            ("postgres:///x?host=10.0.0.1", false),
        ];
        for (url, is_taken) in table {
            assert_eq!(check_url(url).is_ok(), is_taken, "{url}");
        }
    }
}

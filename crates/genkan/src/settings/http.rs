//! Section `http`: what Genkan asks of others, and where it may go for that.

use std::{
    fs,
    num::{NonZeroU32, NonZeroU64},
    time::Duration,
};

use genkan_core::{Code, Error, Network, Result, Secret};
use genkan_http::{Guard, Options, Proxy};

use crate::settings::{for_crates::size, section::section, value::ListItem};

section! {
    /// What Genkan asks of others, and where it may go for that.
    Http "http" {
        /// Addresses and networks outside the public internet that may be reached, such as an
        /// address of this machine or of the company's network. All others of that kind are refused.
        allow_networks: Vec<Network> = None;
        /// The proxy through which others are reached, `http://user:password@host:port`.
        proxy: Option<Secret<String>> = None;
        /// Hosts that are reached straight, with all below them.
        no_proxy: Vec<String> = None;
        /// A file of certificates (PEM) of authorities that are trusted beside the public ones.
        ca_file: Option<String> = None;
        /// How long a connection may take to be ready, in seconds.
        connect_seconds: NonZeroU64 = Some("10");
        /// How long an answer may be silent, in seconds.
        read_seconds: NonZeroU64 = Some("30");
        /// How long a request may take with all its repeats and redirects, in seconds.
        total_seconds: NonZeroU64 = Some("60");
        /// The largest answer, in bytes, where the one who asks sets no limit of its own.
        body_bytes: NonZeroU32 = Some("16777216");
        /// Connections per host, and requests to it at once.
        connections_per_host: NonZeroU32 = Some("16");
        /// How often a request is tried that may be repeated.
        attempts: NonZeroU32 = Some("3");
    }
}

impl Http {
    /// The same in the words of the client.
    pub(crate) fn options(&self) -> Result<Options> {
        let invalid = |message: String| Error::new(Code::ConfigInvalid, message);
        let proxy = self.proxy.as_ref().map(|address| {
            Proxy::new(address, self.no_proxy.clone()).map_err(|_| {
                invalid("`http.proxy` is no address of a proxy".to_owned())
                    .hint("Write it as http://host:port, or http://user:password@host:port.")
            })
        });
        let extra_roots = match &self.ca_file {
            None => Vec::new(),
            Some(path) => fs::read(path).map_err(|error| {
                invalid(format!("`http.ca_file`, {path}, cannot be read: {error}"))
                    .hint("Name a file that exists, and let this user read it.")
            })?,
        };
        Ok(Options {
            guard: Guard::new(self.allow_networks.clone()),
            proxy: proxy.transpose()?,
            extra_roots,
            connect_limit: Duration::from_secs(self.connect_seconds.get()),
            read_limit: Duration::from_secs(self.read_seconds.get()),
            total_limit: Duration::from_secs(self.total_seconds.get()),
            body_limit: self.body_bytes.get().into(),
            connections_per_host: size(self.connections_per_host),
            attempts: self.attempts.get(),
            ..Options::default()
        })
    }
}

impl ListItem for String {
    const LIST: &'static str = "a list of names such as example.org";
}

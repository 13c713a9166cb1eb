//! Section `tls`: the certificate that the HTTP door shows.

use std::path::{Path, PathBuf};

use genkan_core::{Code, Error, Result};

use crate::settings::section::section;

section! {
    /// The certificate that the server shows. The files are read again when they change; a new pair
    /// that is wrong leaves the old one in use. Only TLS 1.2 and 1.3 are spoken, with HTTP/2 or 1.1.
    Tls "tls" {
        /// The file of the certificate chain in PEM, the server's own certificate first.
        cert: Option<String> = None;
        /// The file of its private key in PEM.
        key: Option<String> = None;
    }
}

/// Where certificate and key lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Files {
    /// The chain.
    pub(crate) cert: PathBuf,
    /// The key.
    pub(crate) key: PathBuf,
}

impl Tls {
    /// Both files, or neither.
    pub(crate) fn files(&self) -> Result<Option<Files>> {
        let path = |text: &str| Path::new(text).to_owned();
        match (&self.cert, &self.key) {
            (Some(cert), Some(key)) => Ok(Some(Files {
                cert: path(cert),
                key: path(key),
            })),
            (None, None) => Ok(None),
            (Some(_), None) => Err(alone("tls.cert", "tls.key")),
            (None, Some(_)) => Err(alone("tls.key", "tls.cert")),
        }
    }
}

fn alone(set: &str, missing: &str) -> Error {
    let message = format!("`{set}` is set, but `{missing}` is not");
    Error::new(Code::ConfigInvalid, message).hint("Set both, or neither.")
}
